/**
 * Carries jobs to hosts, wave after wave. What is to be done is in the store; here is only what is under way, so an engine that
 * starts anew goes on where the last one ended. Hosts that are away wait, without holding up the others, and have their turn
 * when they are back.
 */
import type { HostStatus } from '@patchbay/model';
import type { Job, Step } from '../../store/index.ts';
import type { Engine } from '../engine.ts';
import { endSteps, isOpen } from '../jobs/jobs.ts';
import { note } from '../note.ts';
import { actorOfJob, followOnHost } from './follow-on-host.ts';

/** Milliseconds until a rollout that something kept from going on is looked at again. */
const lookAgain = 30_000;

/** In which a host's networks may be changed (HOST-02). */
const fit: readonly HostStatus[] = ['up', 'maintenance', 'non_operational'];

export class Rollouts {
  readonly #engine: () => Engine;
  /** Jobs being carried out, and whether something happened meanwhile that calls for another look. */
  readonly #running = new Map<string, { again: boolean; ended: Promise<void> }>();
  #stopped = false;

  /** @param engine late, because the engine holds its rollouts */
  constructor(engine: () => Engine) {
    this.#engine = engine;
  }

  /** Goes on with every job that is not over. */
  async start(): Promise<void> {
    for (const job of await this.#engine().store.list('job')) {
      if (job.rollout !== null && job.status === 'started') this.wake(job.id);
    }
  }

  /** There may be something to do for a job. */
  wake(jobId: string): void {
    if (this.#stopped) return;
    const running = this.#running.get(jobId);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const entry = { again: false, ended: Promise.resolve() };
    this.#running.set(jobId, entry);
    entry.ended = this.#carryOut(jobId, entry)
      .catch((error: unknown) => {
        if (this.#stopped) return;
        this.#engine().log.error({ err: error, jobId }, 'a rollout could not go on, and is looked at again');
        setTimeout(() => this.wake(jobId), lookAgain).unref();
      })
      .finally(() => this.#running.delete(jobId));
  }

  /** A host is back, or has ended what it was busy with. */
  async wakeHost(hostId: string): Promise<void> {
    const { store } = this.#engine();
    for (const { id } of await store.list('errand', hostId)) {
      const step = await store.get('step', id);
      if (step?.status === 'waiting') this.wake(step.jobId);
    }
  }

  /** Begins nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#running.values()].map((one) => one.ended));
  }

  async #carryOut(jobId: string, entry: { again: boolean }): Promise<void> {
    do {
      entry.again = false;
      await this.#waves(jobId);
    } while (entry.again && !this.#stopped);
  }

  async #waves(jobId: string): Promise<void> {
    const { store } = this.#engine();
    // A host that could not take its turn gets the next one when something has happened, not at once.
    const tried = new Set<string>();
    while (!this.#stopped) {
      const job = await store.get('job', jobId);
      if (job?.rollout == null || job.status !== 'started') return;
      const waiting = (await store.list('step', jobId)).filter((step) => step.status === 'waiting');
      const { width, stopOnFailure } = job.rollout;
      // Stopping it may be what could not be written down.
      if (stopOnFailure && job.steps.failed > 0 && waiting.length > 0) return this.#stopJob(job);
      const wave = await this.#firstFit(waiting, tried, width);
      if (wave.length === 0) return;
      for (const step of wave) tried.add(step.id);
      const turns = await Promise.allSettled(wave.map((step) => followOnHost(this.#engine(), job, step)));
      const failed = turns.some((turn) => turn.status === 'rejected' || turn.value === 'failed');
      if (stopOnFailure && failed) return this.#stopJob(job);
      // How this host's turn ended could not be written down.
      const broken = turns.find((turn) => turn.status === 'rejected');
      if (broken !== undefined) throw broken.reason;
    }
  }

  async #firstFit(waiting: readonly Step[], tried: ReadonlySet<string>, width: number): Promise<Step[]> {
    const { store, hosts } = this.#engine();
    const wave: Step[] = [];
    for (const step of waiting) {
      if (wave.length >= width) break;
      const { hostId } = step;
      if (hostId === null || tried.has(step.id) || !hosts.connected(hostId)) continue;
      const host = await store.get('host', hostId);
      if (host !== undefined && fit.includes(host.status)) wave.push(step);
    }
    return wave;
  }

  async #stopJob(job: Job): Promise<void> {
    const engine = this.#engine();
    const actor = await actorOfJob(engine, job);
    await engine.store.write(async (tx) => {
      const steps = (await tx.list('step', job.id)).filter((step) => isOpen(step) && step.status === 'waiting');
      const ids = steps.map((step) => step.id);
      await note(
        tx,
        engine,
        actor,
        'ROLLOUT_STOPPED',
        `${job.description}: stopped after a host failed; ${ids.length} more were not begun. Resume the job to go on.`,
      );
      await endSteps(tx, engine, actor, ids, 'aborted', 'Another host failed first.');
    });
  }
}
