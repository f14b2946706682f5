export { describe } from './execute/describe.ts';
export { type DhcpClients, LinuxKernel, type LinuxKernelParts, type Resolver } from './execute/linux-kernel.ts';
export { type Executor, type Run, runsOf } from './execute/runs.ts';
export type { Execution, Kernel, KernelState } from './kernel.ts';
export * from './observe/ownership.ts';
export { applyOp } from './plan/apply-op.ts';
export { chainBelow } from './plan/chain.ts';
export { type Planned, planFor, planRestore } from './plan/plan-for.ts';
export { World } from './plan/world.ts';
