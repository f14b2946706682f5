export type { EventFilter, EventSelection, StoredEvent } from './events.ts';
export * from './schema.ts';
export * from './store.ts';
