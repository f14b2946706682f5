export { type ControlRequest, control, serveControl } from './guests/control.ts';
export type { ExecOptions, Lab, LabOptions, Running } from './guests/lab.ts';
export { startLldpd, unpackLldpd } from './guests/lldpd.ts';
export { missingPrerequisites, type Prerequisite } from './guests/prerequisites.ts';
export { runInside } from './guests/run-inside.ts';
export { startLab } from './guests/start.ts';
export { type MemoryHost, MemoryKernel, type MemoryLease, type MemoryNic } from './kernel-in-memory/memory-kernel.ts';
export { type MemoryHostOptions, type RunningMemoryHost, startMemoryHost } from './memory-host.ts';
