/**
 * Flags with which Node runs the agent, which works in bursts of some hundred milliseconds and is idle for days in between.
 * - What an optimizing compiler gains in a burst is not earned back, while its threads take the processor from the change.
 * - The room for young objects, in MB, would shrink when nothing happens. To let it grow again in a burst means to fetch memory and to
 *   copy what has survived, for tens of milliseconds at once. As large as this a change clears it four or five times, and with a quarter
 *   of it eighteen times, for a tenth of its time.
 * - Code that has not run for a while would be thrown away, and the next change would wait until it is compiled again.
 */
export const NODE_FLAGS: readonly string[] = [
  '--no-opt',
  '--min-semi-space-size=4',
  '--max-semi-space-size=4',
  '--no-flush-bytecode',
];
