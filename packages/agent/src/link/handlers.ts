/** What an engine may ask of this agent. */

import type { HostReport, HostStatistics } from '@patchbay/protocol';
import { summarise } from '../execute/summarise.ts';
import type { Kernel } from '../kernel.ts';
import { closerLook, ethtoolOf } from '../observe/ethtool.ts';
import type { Log, Planner, TransactionParts } from '../transaction/parts.ts';
import { planOf } from '../transaction/plan-of.ts';
import { rehearsed } from '../transaction/rehearsed.ts';
import type { Transactions } from '../transaction/transactions.ts';
import type { AgentHandlers } from './dial.ts';

export interface HandlerParts {
  transactions: Transactions;
  kernel: Kernel;
  planner: Planner;
  handBack: TransactionParts['handBack'];
  rehearse: TransactionParts['rehearse'];
  log: Log;
  management(): string | null;
  report(): Promise<HostReport>;
  statistics(): HostStatistics;
}

export function agentHandlers({
  transactions,
  kernel,
  planner,
  handBack,
  rehearse,
  log,
  management,
  report,
  statistics,
}: HandlerParts): AgentHandlers {
  return {
    apply: (request) => transactions.apply(request),
    commit: async () => {
      await transactions.commitRunning();
      return { report: await report() };
    },
    report: async () => ({ report: await report() }),
    statistics: async () => statistics(),
    plan: async ({ rehearse: wanted, ...request }) => {
      const now = await kernel.observe(closerLook(ethtoolOf(request.config)));
      const planned = planOf({ planner, handBack, management }, now, await transactions.configInForce(), request);
      const problem = planned.ok
        ? wanted === true
          ? await rehearsed({ rehearse, log }, now, planned.value)
          : null
        : planned.problem;
      if (!planned.ok || problem !== null) throw new Error(`${problem?.code}: ${problem?.message}`);
      return { plan: summarise(planned.value) };
    },
    outcome: async ({ transaction }) => {
      const { state, ended } = await transactions.outcome(transaction);
      return { state, result: ended === null ? null : { ...ended, report: await report() } };
    },
  };
}
