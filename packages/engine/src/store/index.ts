export type { EventFilter, EventSelection, StoredEvent } from './events.ts';
export { defaultMacPoolId } from './migrations.ts';
export * from './schema.ts';
export * from './store.ts';
