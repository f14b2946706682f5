/** The agent's side: channels to engines that another, unprivileged process keeps open. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Channel, Credentials, OpenChannel } from '../link/channel.ts';
import { EnrolRefused } from '../link/enrol-refused.ts';
import type { Join } from '../link/keep-identity.ts';
import type { Identity } from '../persist/identity.ts';
import type { Ends } from '../transaction/parts.ts';
import { News, type Order } from './messages.ts';

/** Users that own nothing, in order of preference. */
const USERS = ['patchbay', 'nobody'];

interface Opening {
  hear(frame: string): void;
  opened(channel: Channel): void;
  failed(error: Error): void;
}

interface Open {
  hear(frame: string): void;
  over(): void;
}

export class Dialler {
  readonly #command: readonly [program: string, ...args: string[]];
  readonly #opening = new Map<number, Opening>();
  readonly #open = new Map<number, Open>();
  #process: ChildProcess | null = null;
  #next = 1;
  #enrolling: { done(identity: Identity): void; failed(error: Error): void } | null = null;

  /** @param command starts a dialler */
  constructor(command: readonly [program: string, ...args: string[]]) {
    this.#command = command;
  }

  /** Begins to start it: it takes a moment, and the first channel should not wait for that. */
  start(): void {
    this.#running();
  }

  close(): void {
    this.#process?.disconnect();
    this.#process = null;
  }

  /** @param credentials what is shown to the engine, asked for at every dial */
  channels(credentials: () => Credentials): OpenChannel {
    return (url, hear, timeout, { signal, from } = {}) => {
      const channel = this.#next++;
      const giveUp = (): void => this.#tell({ kind: 'give up', channel });
      signal?.addEventListener('abort', giveUp);
      return new Promise<Channel>((opened, failed) => {
        this.#opening.set(channel, { hear, opened, failed });
        const { key, certificate, ca } = credentials();
        const shown = { key, certificate, ca };
        this.#tell({
          kind: 'open',
          channel,
          url,
          timeout,
          ...(from === undefined ? {} : { from }),
          credentials: shown,
        });
        if (signal?.aborted) giveUp();
      }).finally(() => signal?.removeEventListener('abort', giveUp));
    };
  }

  /** Has the engine asked for an identity. One at a time. @throws EnrolRefused, or another error when it may be tried again */
  enrol(join: Join, machineId: string): Promise<Identity> {
    return new Promise<Identity>((done, failed) => {
      this.#enrolling = { done, failed };
      this.#tell({ kind: 'enrol', join, machineId });
    }).finally(() => {
      this.#enrolling = null;
    });
  }

  #hear(message: unknown): void {
    const news = z.parse(News, message);
    switch (news.kind) {
      case 'opened':
        this.#opened(news.channel, news.ends);
        break;
      case 'failed':
        this.#opening.get(news.channel)?.failed(new Error(news.reason));
        this.#opening.delete(news.channel);
        break;
      case 'frame':
        (this.#open.get(news.channel) ?? this.#opening.get(news.channel))?.hear(news.text);
        break;
      case 'closed':
        this.#open.get(news.channel)?.over();
        break;
      case 'enrolled':
        this.#enrolling?.done(news.identity);
        break;
      case 'not enrolled':
        this.#enrolling?.failed(news.refused ? new EnrolRefused(news.reason) : new Error(news.reason));
    }
  }

  #opened(channel: number, ends: Ends): void {
    const opening = this.#opening.get(channel);
    if (opening === undefined) return;
    this.#opening.delete(channel);
    let over = (): void => {};
    const closed = new Promise<void>((resolve) => {
      over = () => {
        this.#open.delete(channel);
        resolve();
      };
    });
    this.#open.set(channel, { hear: opening.hear, over });
    opening.opened({
      ends,
      closed,
      isOpen: () => this.#open.has(channel),
      send: (text) => this.#tell({ kind: 'frame', channel, text }),
      close: () => this.#tell({ kind: 'close', channel }),
    });
  }

  #tell(order: Order): void {
    const running = this.#running();
    // When it has just ended, its end says so.
    if (running.connected) running.send(order, () => {});
  }

  #running(): ChildProcess {
    if (this.#process !== null) return this.#process;
    const [program, ...args] = this.#command;
    const started = spawn(program, args, {
      ...unprivileged(),
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    started.on('message', (message) => this.#hear(message));
    started.on('error', (error) => this.#lost(started, error));
    started.once('exit', (code, signal) => this.#lost(started, new Error(`The dialler ended: ${signal ?? code}.`)));
    this.#process = started;
    return started;
  }

  /** Every channel is over with the process that held it; the next one starts another. */
  #lost(process: ChildProcess, error: Error): void {
    if (this.#process !== process && this.#process !== null) return;
    this.#process = null;
    for (const { failed } of this.#opening.values()) failed(error);
    this.#opening.clear();
    this.#enrolling?.failed(error);
    for (const { over } of [...this.#open.values()]) over();
  }
}

/** The user to be; as ourselves where we could be no other. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of USERS) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`There is no user for the process that speaks with the network: make one of ${USERS.join(', ')}.`);
}
