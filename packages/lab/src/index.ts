export type { ExecOptions, Lab, LabOptions, Running } from './guests/lab.ts';
export { startLab } from './guests/start.ts';
export { type MemoryHost, MemoryKernel, type MemoryLease, type MemoryNic } from './kernel-in-memory/memory-kernel.ts';
