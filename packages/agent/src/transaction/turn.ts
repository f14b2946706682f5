/** One after the other: who changes the kernel has it alone from its observation to its last step. */

/** @returns runs the work given to it in the order in which it was given, each after the end of the one before */
export function takeTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}
