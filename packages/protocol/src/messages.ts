/**
 * JSON-RPC 2.0 messages over one WebSocket per host. The agent dials; the newest connection of a host is its link.
 * Times on the wire are durations in milliseconds, never clock readings, so clocks need not agree.
 */
import * as z from 'zod/mini';
import { HostEvent, MOST_EVENTS, RepairClass } from './drift.ts';
import { HostConfig } from './host-config.ts';
import { HostReport } from './host-report.ts';
import { LldpNeighbours } from './lldp.ts';
import { ManagerName } from './managers.ts';
import { PlanSummary } from './plan.ts';
import { AgentProblem } from './problem.ts';
import { HostStatistics } from './statistics.ts';

/** The engine accepts this version and the one before it. */
export const PROTOCOL_VERSION = 1;

/** How a transaction ended. `unchanged`: refused before the first kernel operation. */
export const Outcome = z.enum(['committed', 'reverted', 'unchanged', 'revert-failed']);
export type Outcome = z.infer<typeof Outcome>;

export const TransactionResult = z.object({
  transaction: z.string(),
  outcome: Outcome,
  /** Set when the outcome is not `committed`. */
  problem: z.nullable(AgentProblem),
  /** False when nothing had to be done. */
  changed: z.boolean(),
  /** Milliseconds per phase: observe, plan, rehearse, arm, execute, verify, confirm, commit. */
  timings: z.record(z.string(), z.number()),
  /** What was done, when something was and it was kept. */
  plan: z.optional(PlanSummary),
  report: HostReport,
});
export type TransactionResult = z.infer<typeof TransactionResult>;

/** Everything that Patchbay has on the host goes to another manager, as it stands; the config is then one of nothing. */
export const HandBackWish = z.object({
  /** Null: the one that there is. */
  manager: z.nullable(ManagerName),
});
export type HandBackWish = z.infer<typeof HandBackWish>;

export const ApplyRequest = z.object({
  transaction: z.string(),
  /** Rises with each claim of the host by an engine; an older one is refused with ERR_EPOCH. */
  epoch: z.int(),
  config: HostConfig,
  /** SHA-256, hex, of the nonce that the engine reveals in its answer to `confirm`. */
  nonceHash: z.string(),
  checkConnectivity: z.boolean(),
  /** Milliseconds from the end of the apply until an unconfirmed change is taken back; the agent takes more where its plan needs it. */
  confirmTimeout: z.int(),
  /** Whether the next boot restores this config. */
  commit: z.boolean(),
  /** Go on where a step may reset the nic by which the engine is reached. */
  force: z.optional(z.boolean()),
  /** False: the plan is carried out without having been tried in a scratch network namespace first. */
  rehearse: z.optional(z.boolean()),
  handBack: z.optional(HandBackWish),
});
export type ApplyRequest = z.infer<typeof ApplyRequest>;

/** What a host may take over a change besides its steps themselves, in milliseconds. An engine has to wait longer than that. */
export const Patience = z.object({
  /** For other programs to do their part of a step, the way back included; absent where no step waits for one. */
  others: z.optional(z.int()),
  /** Until the kernel is what was asked for. */
  verify: z.int(),
  /** Then until an unconfirmed change is taken back: the request's, or more where the plan needs it; 0 when none is asked for. */
  confirm: z.int(),
});
export type Patience = z.infer<typeof Patience>;

/** A config as it comes: the agent reads it by {@link HostConfig} itself, so that what is wrong with it has a code. */
const Unread = z.object({ config: z.unknown() });

/** Calls that the engine makes of an agent, by method name. */
export const agentMethods = {
  /** Answered as soon as the change is accepted and planned; its end arrives as the engine method `ended`. */
  apply: {
    params: z.extend(ApplyRequest, Unread.shape),
    result: z.object({
      accepted: z.boolean(),
      problem: z.nullable(AgentProblem),
      /** Absent when nothing will be waited for, and from agents that do not say. */
      patience: z.optional(Patience),
    }),
  },
  /** Makes the running config the one that the next boot restores. */
  commit: { params: z.object({}), result: z.object({ report: HostReport }) },
  report: { params: z.object({}), result: z.object({ report: HostReport }) },
  statistics: { params: z.object({}), result: HostStatistics },
  lldp: { params: z.object({}), result: LldpNeighbours },
  /** The plan for a config against the kernel as it is now, rehearsed when asked; changes nothing. */
  plan: {
    params: z.extend(Unread, {
      force: z.optional(z.boolean()),
      rehearse: z.optional(z.boolean()),
      handBack: z.optional(HandBackWish),
    }),
    result: z.object({ plan: PlanSummary }),
  },
  /** How a transaction ended; null when it is unknown or still running. */
  outcome: {
    params: z.object({ transaction: z.string() }),
    result: z.object({ state: z.enum(['unknown', 'running', 'ended']), result: z.nullable(TransactionResult) }),
  },
} as const;

/** Calls that an agent makes of the engine. */
export const engineMethods = {
  /** First call on every connection. */
  hello: {
    params: z.object({
      protocol: z.int(),
      agentVersion: z.string(),
      bootId: z.string(),
      /** Id of a transaction that waits for its confirm, or null. */
      awaiting: z.nullable(z.string()),
      /** Highest epoch of any engine that changed the host; absent from agents that do not say. */
      epoch: z.optional(z.int()),
      report: HostReport,
    }),
    result: z.object({
      engine: z.string(),
      protocol: z.int(),
      /** What the host may put right without being asked; nothing when absent. */
      repair: z.optional(z.array(RepairClass)),
    }),
  },
  /** Only valid on a connection opened after the apply. The engine reveals the nonce when it still wants the change. */
  confirm: {
    params: z.object({ transaction: z.string() }),
    result: z.object({ nonce: z.nullable(z.string()) }),
  },
  ended: { params: TransactionResult, result: z.object({}) },
  /** The kernel changed by itself or by another hand. Events happened in the order in which they stand. */
  changed: {
    params: z.object({ report: HostReport, events: z.optional(z.array(HostEvent).check(z.maxLength(MOST_EVENTS))) }),
    result: z.object({}),
  },
  /** A certificate for another key of the host, before the one by which it speaks has ended. */
  renew: {
    params: z.object({
      /** PEM, SubjectPublicKeyInfo. */
      publicKey: z.string(),
    }),
    result: z.object({
      /** PEM. */
      certificate: z.string(),
    }),
  },
} as const;

export type AgentMethod = keyof typeof agentMethods;
export type EngineMethod = keyof typeof engineMethods;

/** `POST /patchbay/enrol` on the API listener: a join token buys a client certificate. */
export const EnrolRequest = z.object({ token: z.string(), name: z.string(), machineId: z.string(), csr: z.string() });
export const EnrolAnswer = z.object({
  hostId: z.string(),
  /** PEM. */
  certificate: z.string(),
  /** PEM of the engine's own CA; its SHA-256 fingerprint is part of the token. */
  ca: z.string(),
  /** `wss://address:port` candidates of the agents' listener. */
  engines: z.array(z.string()),
});
export type EnrolRequest = z.infer<typeof EnrolRequest>;
export type EnrolAnswer = z.infer<typeof EnrolAnswer>;
