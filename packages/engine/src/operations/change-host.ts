/**
 * The one door through which every host change goes: lock → settle what is open → judge → host config → send → store.
 * What is judged can as well be previewed (`preview-change.ts`). Nothing is stored before the host has succeeded.
 */
import { createHash } from 'node:crypto';
import { type Completed, completedChangeSet, type HostState, toStored } from '@patchbay/model';
import {
  type AgentProblem,
  type HostConfig,
  RpcError,
  type TransactionResult,
  VIRTUAL_FUNCTIONS_PATIENCE,
} from '@patchbay/protocol';
import { fromViolations, hostFailed, notConnected, notFound, Problem } from '../problem.ts';
import type { Actor, Engine } from './engine.ts';
import { finishChange, type PendingChange } from './finish-change.ts';
import { holdHost } from './hold-host.ts';
import { beginJob, startSteps } from './jobs/jobs.ts';
import { noAnswer, notCarriedOut } from './jobs/not-carried-out.ts';
import { asksHost, type Build, configsOf, goneMeanwhile, type Judged, judgeChange } from './judge-change.ts';
import { loadHost } from './load-host.ts';
import { note } from './note.ts';
import { readAnew } from './record-between-changes.ts';
import { settleFormer } from './settle-former.ts';

const callTimeout = 20_000;

export interface HostChange {
  /** The host after the change. */
  state: HostState;
  /** Null when the steps of another job ended with it. */
  jobId: string | null;
}

export interface ChangeOptions {
  /** For our own follow-ups, which may also act on a host that is being installed. */
  internal?: boolean;
  /**
   * Steps that the change carries out, asked for after `build`. They end when it succeeds and when the host refuses it; when it
   * does not come to that, they are left to the caller (`notCarriedOut`). Without it, the change is a job of its own.
   */
  steps?: () => readonly string[];
  /** Whether the host tries the change in a scratch network namespace first; as it is set when absent. */
  rehearse?: boolean;
  /** How long to wait for the host's lock, in milliseconds; the engine's patience when absent. */
  patience?: number;
}

/**
 * Changes one host.
 * @param description for job and event: what is being done, without the host's name
 */
export async function changeHost(
  engine: Engine,
  hostId: string,
  actor: Actor,
  description: string,
  build: Build,
  options: ChangeOptions = {},
): Promise<HostChange | Problem> {
  const host = await engine.store.get('host', hostId);
  if (host === undefined) return notFound('host', hostId);
  return holdHost(
    engine,
    host,
    async () => {
      // What a change rests on must have its end in the store before the state is read.
      const former = await settleFormer(engine, host);
      if (former !== null) return former;
      const judged = await judgeChange(engine, hostId, build, options.internal ?? false);
      if (judged instanceof Problem) return judged;
      if (judged.violations.length > 0) return fromViolations(judged.violations);
      return carryOut(engine, judged, actor, description, options);
    },
    options.patience,
  );
}

async function carryOut(
  engine: Engine,
  { completed, warnings }: Judged,
  actor: Actor,
  description: string,
  { steps, rehearse }: ChangeOptions,
): Promise<HostChange | Problem> {
  const { host } = completed.state;
  const { before, after: config } = await configsOf(engine, completed);
  const change = {
    stored: toStored(completed, { newId: engine.newId }),
    description,
    actor,
    revision: completed.nothingToDo ? null : { changeSet: completedChangeSet(completed), before, after: config },
  };
  const job = await engine.store.write(async (tx) => {
    for (const { event, message } of warnings) await note(tx, engine, actor, event, message, { host });
    return steps === undefined ? beginJob(tx, engine, actor, `${description} on host ${host.name}`, host.id) : null;
  });
  const pending: PendingChange = { ...change, steps: job?.steps ?? steps?.() ?? [] };
  const result = asksHost(completed) ? await send(engine, completed, pending, config, rehearse) : null;
  if (result instanceof Problem) {
    if (job !== null) await engine.store.write((tx) => notCarriedOut(tx, engine, actor, job.steps, result));
    return result;
  }
  if (result === null) await finishChange(engine, host.id, pending, null);
  const after = await loadHost(engine.store, host.id);
  return after === undefined ? notFound('host', host.id) : { state: after, jobId: job?.jobId ?? null };
}

/** Sends the whole wanted config and waits for the end. The outcome is stored by whoever receives it, also without us. */
async function send(
  engine: Engine,
  completed: Completed,
  pending: PendingChange,
  config: HostConfig,
  rehearse: boolean | undefined,
): Promise<TransactionResult | Problem> {
  const { host, settings } = completed.state;
  const task = await beginTask(engine, host, pending);
  if (task instanceof Problem) return task;
  const { checkConnectivity, connectivityTimeout, commitOnSuccess, force } = completed.request;
  const confirmTimeout = connectivityTimeout * 1000;
  const request = {
    transaction: task.id,
    epoch: task.epoch,
    config,
    nonceHash: createHash('sha256').update(task.nonce).digest('hex'),
    checkConnectivity,
    confirmTimeout,
    commit: commitOnSuccess,
    ...(force ? { force } : {}),
    rehearse: rehearse ?? settings.changesRehearsed,
  };
  let refusal = null as Problem | null;
  const offer = async (): Promise<void> => {
    try {
      const { accepted, problem, patience } = await engine.hosts.call(host.id, 'apply', request, callTimeout);
      // The host knows its plan: where a bond or a server may need long to settle, it gives the confirm more time than was asked.
      if (patience !== undefined) {
        const confirm = Math.max(patience.confirm, confirmTimeout);
        engine.outcomes.extend(
          task.id,
          applyBudget(completed, config) + (patience.others ?? 0) + patience.verify + confirm,
        );
      }
      if (accepted) return;
      refusal = refused(host.name, problem);
      engine.outcomes.give(task.id);
    } catch (error) {
      // The request may have arrived all the same: only the host knows, and says so by transaction id.
      if (!(error instanceof RpcError)) throw error;
      engine.log.warn({ host: host.name, transaction: task.id }, error.message);
    }
  };
  const outcome = engine.outcomes.wait(task.id, applyBudget(completed, config) + confirmTimeout, offer);
  await offer();
  const result = await outcome;
  if (refusal !== null) {
    const problem = refusal;
    // In one write: a step that has been started always has a running task that ends it.
    await engine.store.write(async (tx) => {
      await tx.endTask(task.id, 'failed');
      await notCarriedOut(tx, engine, pending.actor, pending.steps, problem);
    });
    await readAnew(engine, host.id);
    return problem;
  }
  if (result?.outcome === 'committed') return result;
  return result === null ? await unanswered(engine, host, pending) : failure(host.name, result);
}

function refused(host: string, problem: AgentProblem | null): Problem {
  const why = problem === null ? 'it gave no reason.' : `${problem.message} (${problem.code})`;
  return hostFailed(502, problem?.code ?? 'REFUSED', `Host ${host} refused the change: ${why} Nothing was changed.`);
}

function failure(host: string, { outcome, problem }: TransactionResult): Problem {
  const why = problem === null ? '' : ` ${problem.message}`;
  const state = {
    reverted: 'The host has taken the change back and is as it was before.',
    unchanged: 'Nothing was changed on the host.',
    'revert-failed': 'The host could NOT take the change back completely; look at it before anything else.',
    committed: '',
  }[outcome];
  const code = problem?.code ?? 'HOST';
  // A host that was cut off and came back counts as one that did not answer in time.
  return hostFailed(
    code === 'ERR_LOST_CONNECTION' ? 504 : 502,
    code,
    `Host ${host} did not keep the change.${why} ${state} (${code})`,
  );
}

/** A link that stayed silent for so long is taken for dead; over the next one the host is asked how the change ended. */
async function unanswered(engine: Engine, host: HostState['host'], pending: PendingChange): Promise<Problem> {
  engine.hosts.drop(host.id);
  return engine.store.write(async (tx) => {
    if ((await tx.get('host', host.id)) === undefined) return goneMeanwhile(host.name);
    await note(
      tx,
      engine,
      pending.actor,
      'HOST_NETWORKS_CHANGE_TIMEOUT',
      `Host ${host.name} did not say how ${pending.description} ended.`,
      { host },
    );
    return hostFailed(
      504,
      noAnswer,
      `Host ${host.name} did not answer in time. Unless it confirmed the change, it takes it back by itself; its state is shown as soon as it is reachable again.`,
    );
  });
}

/** Execution and revert both cost about 40 ms per removed device, and the host must have been told before we give up. */
function applyBudget({ virtualFunctions }: Completed, config: HostConfig): number {
  // To none, to the new number, and both again should it be taken back.
  const drivers = 4 * VIRTUAL_FUNCTIONS_PATIENCE * virtualFunctions.filter(({ count }) => count !== null).length;
  return 20_000 + 100 * (Object.keys(config.networks).length + Object.keys(config.bonds).length) + drivers;
}

async function beginTask(engine: Engine, { id: hostId, name }: HostState['host'], pending: PendingChange) {
  if (!engine.hosts.connected(hostId)) return notConnected(name);
  const nonce = engine.newSecret();
  return engine.store.write(async (tx) => {
    if ((await tx.get('host', hostId)) === undefined) return goneMeanwhile(name);
    const identity = await tx.get('host_identity', hostId);
    const epoch = (identity?.epoch ?? 0) + 1;
    if (identity !== undefined) await tx.put('host_identity', { ...identity, epoch });
    const task = { id: engine.newId(), host_id: hostId, epoch, nonce, created: engine.now() };
    await tx.addTask({ ...task, state: 'running', pending: JSON.stringify(pending) });
    await startSteps(tx, engine, pending.actor, pending.steps);
    return task;
  });
}
