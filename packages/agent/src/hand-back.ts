/**
 * `agent.mjs hand-back`: the network of this host to another manager, as it stands and for good. It needs no engine, since whoever
 * takes Patchbay off a host may have none any more; it is a transaction with a guard all the same.
 */
import { randomUUID } from 'node:crypto';
import type { ManagerName, PlanSummary } from '@patchbay/protocol';
import { openAlone } from './alone.ts';
import { summarise } from './execute/summarise.ts';
import type { GuardLauncher } from './guard/launch.ts';
import { GuardPost } from './guard/post.ts';
import { clientIds } from './managers/hand-back/client-ids.ts';
import { planHandBack } from './managers/hand-back/plan-hand-back.ts';
import type { Ended } from './persist/outcomes.ts';
import { bootRestore } from './transaction/boot-restore.ts';
import type { Log, TransactionParts } from './transaction/parts.ts';
import { Transactions } from './transaction/transactions.ts';

export interface HandBackOptions {
  /** Absolute. */
  stateDirectory: string;
  /** Null: the one that there is. */
  manager: ManagerName | null;
  /** The guard's program, and who starts it. */
  guard: { script: string; launcher: GuardLauncher };
  log: Log;
}

export interface HandingBack {
  /** What would be done, and changes nothing. @throws with what is in the way */
  preview(): Promise<PlanSummary>;
  run(): Promise<Ended>;
  close(): void;
}

/** @throws when an agent is at work here, which has to be stopped first */
export async function openHandBack({ stateDirectory, manager, guard, log }: HandBackOptions): Promise<HandingBack> {
  const alone = await openAlone(stateDirectory, log);
  if (alone === null) {
    throw new Error(`An agent is running on ${stateDirectory}: stop it first, it would go on setting this host up.`);
  }
  const { mirrored, counters, firstOfBoot } = alone;
  const { disk, documents, kernel, self } = alone.parts;
  mirrored.start();
  const handBack: TransactionParts['handBack'] = (state, running, wish) =>
    planHandBack(state, running, wish, clientIds(stateDirectory));
  const parts: TransactionParts = {
    ...alone.parts,
    handBack,
    rehearse: async () => ({ verdict: 'impossible', reason: 'There is nothing to rehearse.' }),
    guards: new GuardPost(disk, stateDirectory, guard.script, guard.launcher),
    confirm: async () => false,
  };
  const transactions = new Transactions(parts, counters, () => {});
  // What was under way ends first: only what is decided is handed back.
  await transactions.resume();
  await transactions.idle();
  if (firstOfBoot) {
    await bootRestore(parts);
    await counters.setRestored(self.bootId);
  }
  return {
    async preview() {
      const planned = handBack(await kernel.observe(), await documents.running(), { manager });
      if (!planned.ok) throw new Error(planned.problem.message);
      return summarise(planned.value);
    },
    async run() {
      const transaction = `hand-back-${randomUUID()}`;
      const { accepted, problem } = await transactions.apply({
        transaction,
        epoch: await counters.epoch(),
        config: { bonds: {}, networks: {} },
        handBack: { manager },
        nonceHash: '',
        // The other manager has proven that it keeps every address; nobody is there to ask for more.
        checkConnectivity: false,
        confirmTimeout: 0,
        commit: true,
        rehearse: false,
      });
      if (!accepted) throw new Error(problem?.message);
      await transactions.idle();
      const { ended } = await transactions.outcome(transaction);
      if (ended === null) throw new Error('Nothing was handed back, for nothing could be written down.');
      return ended;
    },
    close: () => mirrored.close(),
  };
}
