/** What works on a host while no agent does, in its place: it has the agent's claim, and talks to nobody. */
import { askKernel } from './ask-kernel.ts';
import { MirroredKernel } from './mirror/mirrored-kernel.ts';
import { takeClaim } from './persist/claim.ts';
import { Counters } from './persist/counters.ts';
import { makeFolder } from './persist/disk.ts';
import { Outcomes } from './persist/outcomes.ts';
import type { Log, TransactionParts } from './transaction/parts.ts';
import { openRestorer } from './transaction/restorer.ts';
import { takeTurns } from './transaction/turn.ts';
import { unread } from './transaction/unread.ts';
import { untilWritten } from './transaction/until-written.ts';
import { unwritten } from './transaction/unwritten.ts';

export interface Alone {
  /** Without what each has its own of. */
  parts: Omit<TransactionParts, 'guards' | 'confirm' | 'rehearse' | 'handBack'>;
  counters: Counters;
  /** Whether nothing has restored the committed config in this boot. */
  firstOfBoot: boolean;
  /** Not started. */
  mirrored: MirroredKernel;
}

/**
 * @param stateDirectory absolute
 * @returns null when an agent is at work
 */
export async function openAlone(stateDirectory: string, log: Log): Promise<Alone | null> {
  const restorer = await openRestorer(stateDirectory, 'kill-at', log);
  const { disk, self } = restorer;
  await makeFolder(disk, `${stateDirectory}/agent`);
  if (!(await takeClaim(disk, `${stateDirectory}/agent`, self, unwritten(log, 'the claim')))) return null;
  // A boot may be the first with its kernel, or with a module of it.
  await askKernel(restorer);
  const counters = new Counters(disk, stateDirectory, unread(log));
  const { firstOfBoot } = await counters.countStart(self.bootId, unwritten(log, 'the count of starts'));
  const mirrored = new MirroredKernel(restorer.bare, () => {}, log);
  const parts: Alone['parts'] = {
    ...restorer,
    live: restorer.owned(mirrored),
    outcomes: await Outcomes.open(disk, stateDirectory, unread(log)),
    management: () => null,
    connection: () => null,
    rescueReboot: false,
    watchdog: null,
    insist: untilWritten(log),
    turn: takeTurns(),
    settle: (milliseconds) => mirrored.settle(milliseconds),
  };
  return { parts, counters, firstOfBoot, mirrored };
}
