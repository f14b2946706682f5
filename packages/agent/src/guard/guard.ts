/**
 * The guard's mind. It holds one armed transaction and the lifelines to agents. While an agent lives it only watches the
 * clock; when the agent is gone it does what the journal's state asks (host.md §4.5 rules 2 and 8).
 */
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AgentProblem } from '@patchbay/protocol';
import { Journal } from '../persist/journal.ts';
import { isAlive, kill } from '../persist/process-id.ts';
import { at } from '../transaction/boot-clock.ts';
import type { Restorer } from '../transaction/parts.ts';
import { revert } from '../transaction/revert.ts';
import { listen, say, type ToGuard } from './lines.ts';

/** Name of the socket in the transaction's folder over which a restarted agent takes over. */
export const SOCKET = 'guard.sock';

interface Armed {
  journal: Journal;
  server: Server;
  cancel: () => void;
}

export class Guard {
  readonly #parts: Restorer;
  readonly #exit: () => void;
  readonly #lifelines = new Set<Duplex>();
  #armed: Armed | null = null;
  /** Messages and deaths are dealt with one after the other. */
  #turn: Promise<void> = Promise.resolve();

  /** @param exit called when there is nothing left to guard */
  constructor(parts: Restorer, exit: () => void) {
    this.#parts = parts;
    this.#exit = exit;
  }

  /** Whether a transaction depends on this process. */
  get armed(): boolean {
    return this.#armed !== null;
  }

  /** Takes a connection of an agent; its end is the agent's death. */
  serve(lifeline: Duplex): void {
    this.#lifelines.add(lifeline);
    listen<ToGuard>(
      lifeline,
      (message) => this.#next(() => this.#hear(lifeline, message)),
      () =>
        this.#next(async () => {
          this.#lifelines.delete(lifeline);
          if (this.#lifelines.size === 0) await this.#orphaned();
        }),
    );
  }

  #next(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#parts.log('error', 'guard', { reason: String(error) });
    });
  }

  async #hear(lifeline: Duplex, message: ToGuard): Promise<void> {
    switch (message.do) {
      case 'arm': {
        const journal = await Journal.open(this.#parts.disk, this.#parts.stateDirectory, message.transaction);
        if (journal === null || this.#armed !== null) return say(lifeline, { armed: false });
        // Read now, so that a snapshot that cannot be read is known before the first change.
        await journal.snapshot();
        this.#armed = { journal, server: await this.#open(journal), cancel: () => {} };
        this.#watch(message.until);
        return say(lifeline, { armed: true });
      }
      case 'adopt': {
        await this.#armed?.journal.reload();
        const held = this.#armed !== null && (await this.#armed.journal.state()) === 'AWAITING';
        if (held) this.#watch(message.until);
        return say(lifeline, { armed: held });
      }
      case 'watch':
        return this.#watch(message.until);
      case 'disarm':
        return this.#disarm();
    }
  }

  async #open(journal: Journal): Promise<Server> {
    // Relative to the folder: the name of a socket has at most 107 bytes, unix(7).
    process.chdir(journal.folder);
    await rm(SOCKET, { force: true });
    const server = createServer((socket) => this.serve(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(SOCKET, resolve);
    });
    return server;
  }

  #watch(until: number): void {
    if (this.#armed === null) return;
    this.#armed.cancel();
    this.#armed.cancel = at(until, () => this.#next(() => this.#overdue()));
  }

  #disarm(): void {
    this.#armed?.cancel();
    this.#armed?.server.close();
    this.#armed = null;
    process.chdir('/');
  }

  /** No agent is left. */
  async #orphaned(): Promise<void> {
    if (this.#armed === null) return this.#exit();
    const { journal } = this.#armed;
    await journal.reload();
    const state = await journal.state();
    this.#parts.log('warn', 'agent gone', { transaction: journal.id, state });
    const { deadline } = journal.record;
    if (state === 'AWAITING' && deadline !== null) return this.#watch(deadline);
    if (state === 'APPLYING' || state === 'APPLIED' || state === 'REVERTING') {
      await this.#takeBack({
        code: 'ERR_INTERRUPTED',
        message: 'The agent ended during the transaction, so its guard took the change back.',
      });
    }
    // Else nothing was done yet, or the decision to keep it is on disk: the next agent finishes that.
    this.#exit();
  }

  /** The time is over, and whoever should have acted did not. */
  async #overdue(): Promise<void> {
    if (this.#armed === null) return;
    const { journal } = this.#armed;
    await journal.reload();
    const state = await journal.state();
    if (state !== 'APPLYING' && state !== 'APPLIED' && state !== 'REVERTING' && state !== 'AWAITING') return;
    const { agent } = journal.record;
    // An agent that is stuck must not wake up in the middle of the revert.
    if (isAlive(agent)) {
      this.#parts.log('error', 'agent is stuck', { transaction: journal.id, state, pid: agent.pid });
      kill(agent);
    }
    await this.#takeBack(
      state === 'AWAITING'
        ? { code: 'ERR_LOST_CONNECTION', message: 'No engine confirmed the change in time, so its guard took it back.' }
        : { code: 'ERR_INTERRUPTED', message: 'The agent did not finish in time, so its guard took the change back.' },
    );
    this.#exit();
  }

  async #takeBack(problem: AgentProblem): Promise<void> {
    if (this.#armed === null) return;
    const { journal } = this.#armed;
    this.#parts.checkpoints.begin();
    const end = await revert(this.#parts, journal, problem);
    this.#parts.checkpoints.end();
    this.#parts.log('warn', 'taken back', { transaction: journal.id, end });
  }
}
