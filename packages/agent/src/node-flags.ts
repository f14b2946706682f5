/**
 * Flags with which Node runs the agent. It works in bursts of some hundred milliseconds, in which what an optimizing compiler gains is
 * not earned back, while its threads take the processor from the change that is being made.
 */
export const NODE_FLAGS: readonly string[] = ['--no-opt'];
