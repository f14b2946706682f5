/** What an engine may ask of this agent. */

import type { HostReport, HostStatistics } from '@patchbay/protocol';
import { summarise } from '../execute/summarise.ts';
import type { Kernel } from '../kernel.ts';
import { closerLook, ethtoolOf } from '../observe/ethtool.ts';
import type { Planner } from '../transaction/parts.ts';
import type { Transactions } from '../transaction/transactions.ts';
import type { AgentHandlers } from './dial.ts';

export interface HandlerParts {
  transactions: Transactions;
  kernel: Kernel;
  planner: Planner;
  management(): string | null;
  report(): Promise<HostReport>;
  statistics(): HostStatistics;
}

export function agentHandlers({
  transactions,
  kernel,
  planner,
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
    plan: async ({ config }) => {
      const planned = planner.forward(await kernel.observe(closerLook(ethtoolOf(config))), config, management());
      if (!planned.ok) throw new Error(`${planned.problem.code}: ${planned.problem.message}`);
      return { plan: summarise(planned.value) };
    },
    outcome: async ({ transaction }) => {
      const { state, ended } = await transactions.outcome(transaction);
      return { state, result: ended === null ? null : { ...ended, report: await report() } };
    },
  };
}
