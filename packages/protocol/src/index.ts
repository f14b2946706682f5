export * from './host-config.ts';
export * from './host-report.ts';
export * from './messages.ts';
export * from './plan.ts';
export * from './problem.ts';
export * from './rpc.ts';
export * from './shaping.ts';
export * from './statistics.ts';
