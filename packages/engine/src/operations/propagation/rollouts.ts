/**
 * Carries jobs to hosts, wave after wave. What is to be done is in the store; here is only what is under way, so an engine that
 * starts anew goes on where the last one ended. Hosts that are away wait, without holding up the others, and have their turn
 * when they are back.
 */
import type { HostStatus } from '@patchbay/model';
import type { Job } from '../../store/index.ts';
import type { Engine } from '../engine.ts';
import { endSteps } from '../jobs/jobs.ts';
import { note } from '../note.ts';
import { actorOfJob, followOnHost, type Turn } from './follow-on-host.ts';

/** Milliseconds until a rollout that something kept from going on is looked at again. */
const lookAgain = 30_000;

/** In which a host's networks may be changed (HOST-02). */
const fit: readonly HostStatus[] = ['up', 'maintenance', 'non_operational'];

/** What of a job is to be looked at: all that waits, or these steps. */
interface Look {
  all: boolean;
  turns: Turn[];
}

export class Rollouts {
  readonly #engine: () => Engine;
  /** Jobs being carried out, with what has come up meanwhile. */
  readonly #running = new Map<string, Look & { ended: Promise<void> }>();
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
    this.#look(jobId, { all: true, turns: [] });
  }

  /** A host is back, or has ended what it was busy with. */
  async wakeHost(hostId: string): Promise<void> {
    const { store } = this.#engine();
    for (const { id } of await store.list('errand', hostId)) {
      const step = await store.get('step', id);
      if (step?.status === 'waiting') this.#look(step.jobId, { all: false, turns: [{ id, hostId }] });
    }
  }

  #look(jobId: string, { all, turns }: Look): void {
    if (this.#stopped) return;
    const running = this.#running.get(jobId);
    if (running !== undefined) {
      running.all ||= all;
      running.turns.push(...turns);
      return;
    }
    const entry = { all, turns, ended: Promise.resolve() };
    this.#running.set(jobId, entry);
    entry.ended = this.#carryOut(jobId, entry).catch((error: unknown) => {
      if (this.#stopped) return;
      this.#engine().log.error({ err: error, jobId }, 'a rollout could not go on, and is looked at again');
      setTimeout(() => this.wake(jobId), lookAgain).unref();
    });
  }

  /** Begins nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#running.values()].map((one) => one.ended));
  }

  async #carryOut(jobId: string, entry: Look): Promise<void> {
    try {
      while ((entry.all || entry.turns.length > 0) && !this.#stopped) {
        const turns = entry.turns.splice(0);
        if (entry.all) {
          entry.all = false;
          turns.push(...(await this.#waiting(jobId)));
        }
        await this.#waves(jobId, turns, entry);
      }
    } finally {
      this.#running.delete(jobId);
    }
  }

  /** Of a job with ten thousand steps, what is needed of those that wait: they are listed once, not for each wave. */
  async #waiting(jobId: string): Promise<Turn[]> {
    const steps = await this.#engine().store.list('step', jobId);
    return steps.flatMap(({ id, hostId, status }) => (status === 'waiting' ? { id, hostId } : []));
  }

  /** Each gets one turn. A host that cannot take it now has the next one when something happens to it. */
  async #waves(jobId: string, turns: readonly Turn[], meanwhile: Look): Promise<void> {
    const { store } = this.#engine();
    const rest = turns.values();
    while (!this.#stopped) {
      const job = await store.get('job', jobId);
      if (job?.rollout == null || job.status !== 'started') return;
      const { width, stopOnFailure } = job.rollout;
      // Stopping it may be what could not be written down.
      if (stopOnFailure && job.steps.failed > 0) return this.#stopJob(job);
      const wave = await this.#nextWave(rest, meanwhile.turns, width);
      if (wave.length === 0) return;
      const ends = await Promise.allSettled(wave.map((turn) => followOnHost(this.#engine(), job, turn)));
      const failed = ends.some((end) => end.status === 'rejected' || end.value === 'failed');
      if (stopOnFailure && failed) return this.#stopJob(job);
      // How this host's turn ended could not be written down.
      const broken = ends.find((end) => end.status === 'rejected');
      if (broken !== undefined) throw broken.reason;
    }
  }

  /** @param back turns of hosts to which something has happened meanwhile: they wait for no whole round more */
  async #nextWave(rest: Iterator<Turn, undefined>, back: Turn[], width: number): Promise<Turn[]> {
    const wave: Turn[] = [];
    while (wave.length < width) {
      const turn = back.shift() ?? rest.next().value;
      if (turn === undefined) break;
      if (!wave.some(({ id }) => id === turn.id) && (await this.#canBegin(turn))) wave.push(turn);
    }
    return wave;
  }

  async #canBegin({ id, hostId }: Turn): Promise<boolean> {
    const { store, hosts } = this.#engine();
    if (hostId === null || !hosts.connected(hostId)) return false;
    const host = await store.get('host', hostId);
    if (host === undefined || !fit.includes(host.status)) return false;
    return (await store.get('step', id))?.status === 'waiting';
  }

  async #stopJob(job: Job): Promise<void> {
    const engine = this.#engine();
    const actor = await actorOfJob(engine, job);
    await engine.store.write(async (tx) => {
      const steps = (await tx.list('step', job.id)).filter((step) => step.status === 'waiting');
      if (steps.length === 0) return;
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
