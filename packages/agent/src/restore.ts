/**
 * `agent.mjs restore`: the committed config after a boot, before anything that needs a network begins. It talks to nobody, and
 * leaves what is not there yet to the agent.
 */
import { openAlone } from './alone.ts';
import { bootTime } from './transaction/boot-clock.ts';
import { bootRestore, missingNics } from './transaction/boot-restore.ts';
import type { Log, TransactionParts } from './transaction/parts.ts';
import { openJournals, resume } from './transaction/resume.ts';
import { once } from './transaction/until-written.ts';
import { unwritten } from './transaction/unwritten.ts';

export interface RestoreOptions {
  /** Absolute. */
  stateDirectory: string;
  /** Milliseconds for nics to appear that the config names. */
  patience: number;
  log: Log;
}

/**
 * Does nothing when it was done in this boot already, or an agent is at work, which does it itself. What of its bookkeeping cannot be
 * written is told, and costs the host nothing.
 */
export async function restoreAfterBoot({ stateDirectory, patience, log }: RestoreOptions): Promise<void> {
  const alone = await openAlone(stateDirectory, log);
  if (alone === null || !alone.firstOfBoot) return;
  const { mirrored, counters } = alone;
  mirrored.start();
  const parts: TransactionParts = {
    ...alone.parts,
    guards: { arm: none, adopt: async () => null, gone: async () => {} },
    confirm: none,
    // The network waits for nothing that is to be written: the agent writes it.
    insist: once,
    rehearse: none,
    handBack: () => ({ ok: false, problem: { code: 'ERR_BUSY', message: NOTHING_YET } }),
  };
  const { documents, kernel, self } = parts;
  await endFormer(parts).catch(unwritten(log, 'how a former change ended'));
  const committed = await documents.committed();
  for (const end = bootTime() + patience; bootTime() < end; await mirrored.settle(end - bootTime())) {
    if (missingNics((await kernel.observe()).links, committed).length === 0) break;
  }
  const lacking = await bootRestore(parts);
  mirrored.close();
  log(lacking === null ? 'info' : 'error', 'restored the committed config after a boot', { lacking });
  await counters.setRestored(self.bootId).catch(unwritten(log, 'that this boot is restored'));
}

/** What was under way when the host went down ends here, for the decision to keep it may be the last thing that was written. */
async function endFormer(parts: TransactionParts): Promise<void> {
  for (const journal of await openJournals(parts)) {
    if (journal.record.bootId !== parts.self.bootId) await resume(parts, journal);
  }
}

const NOTHING_YET = 'Nothing is changed while a boot is restored.';

function none(): Promise<never> {
  return Promise.reject(new Error(NOTHING_YET));
}
