export * from './change-set.ts';
export * from './entities.ts';
export * from './host-state.ts';
export * from './observed.ts';
export * from './violation.ts';
