/** What an engine may ask of this agent. */

import {
  type AgentProblem,
  type HostReport,
  type HostStatistics,
  type LldpNeighbours,
  Refusal,
} from '@patchbay/protocol';
import { summarise } from '../execute/summarise.ts';
import type { Kernel } from '../kernel.ts';
import { closerLookFor } from '../observe/ethtool.ts';
import type { Log, Planner, TransactionParts } from '../transaction/parts.ts';
import { planOf } from '../transaction/plan-of.ts';
import { rehearsed } from '../transaction/rehearsed.ts';
import type { Transactions } from '../transaction/transactions.ts';
import type { AgentHandlers } from './dial.ts';
import { readConfig } from './read-config.ts';

export interface HandlerParts {
  transactions: Transactions;
  kernel: Kernel;
  planner: Planner;
  documents: TransactionParts['documents'];
  handBack: TransactionParts['handBack'];
  rehearse: TransactionParts['rehearse'];
  log: Log;
  management(): string | null;
  report(): Promise<HostReport>;
  statistics(): HostStatistics;
  lldp(): Promise<LldpNeighbours>;
}

export function agentHandlers({
  transactions,
  kernel,
  planner,
  documents,
  handBack,
  rehearse,
  log,
  management,
  report,
  statistics,
  lldp,
}: HandlerParts): AgentHandlers {
  return coded({
    apply: async (request) => {
      const read = readConfig(request.config);
      if (!read.ok) return { accepted: false, problem: read.problem };
      return transactions.apply({ ...request, config: read.config });
    },
    commit: async () => {
      await transactions.commitRunning();
      return { report: await report() };
    },
    report: async () => ({ report: await report() }),
    statistics: async () => statistics(),
    lldp: () => lldp(),
    plan: async ({ config: raw, rehearse: wanted, ...request }) => {
      const read = readConfig(raw);
      if (!read.ok) throw new Refusal(read.problem);
      const { config } = read;
      const now = await kernel.observe(closerLookFor(config));
      const running = await transactions.configInForce();
      const planned = await planOf({ planner, documents, handBack, management }, now, running, { ...request, config });
      if (!planned.ok) throw new Refusal({ ...planned.problem, outcome: 'unchanged' });
      const problem = wanted === true ? await rehearsed({ rehearse, log }, now, planned.value) : null;
      if (problem !== null) throw new Refusal({ ...problem, outcome: 'unchanged' });
      return { plan: summarise(planned.value) };
    },
    outcome: async ({ transaction }) => {
      const { state, ended } = await transactions.outcome(transaction);
      return { state, result: ended === null ? null : { ...ended, report: await report() } };
    },
  });
}

/** Whatever goes wrong in a call that changes nothing is told with a code, and that it changed nothing. */
function coded(handlers: AgentHandlers): AgentHandlers {
  const inCode = (error: unknown): AgentProblem => ({
    code: 'ERR_INTERNAL',
    message: error instanceof Error ? error.message : String(error),
    outcome: 'unchanged',
  });
  const wrapped = Object.entries(handlers).map(([name, handler]) => {
    const call = (params: never) =>
      (handler as (params: never) => Promise<unknown>)(params).catch((error: unknown) => {
        throw error instanceof Refusal ? error : new Refusal(inCode(error));
      });
    return [name, call] as const;
  });
  return Object.fromEntries(wrapped) as unknown as AgentHandlers;
}
