/** Finds out what the kernel of this host offers, before anything is decided by it. */
import { probe } from './observe/probe/probe.ts';
import type { OpenRestorer } from './transaction/restorer.ts';
import { strayMark } from './transaction/strays.ts';

/** Where it cannot be asked, it is taken to be as documented. */
export async function askKernel({ offers, stateDirectory, log }: OpenRestorer): Promise<void> {
  await offers
    .find(() => probe(strayMark(stateDirectory)))
    .catch((error) => log('warn', 'the kernel is taken to be as documented', { reason: `${error}` }));
}
