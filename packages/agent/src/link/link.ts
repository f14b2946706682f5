/**
 * This host's link to its engines. There is one at a time; it is dialled again when it ends, and replaced by a new one for
 * every confirm, since only a connection opened after a change proves that the host can still be reached.
 */
import { createHash } from 'node:crypto';
import {
  type HostEvent,
  type HostReport,
  PROTOCOL_VERSION,
  type RepairClass,
  type TransactionResult,
} from '@patchbay/protocol';
import type { Outcomes } from '../persist/outcomes.ts';
import type { Ends, Log, Question } from '../transaction/parts.ts';
import { pause } from '../transaction/pause.ts';
import { type Arrival, anywhere } from './arrival.ts';
import type { OpenChannel } from './channel.ts';
import { type AgentHandlers, type Connection, dial } from './dial.ts';
import { openFresh } from './fresh.ts';

/** Milliseconds. */
const DIAL_TIMEOUT = 10_000;
const HELLO_TIMEOUT = 10_000;
const CONFIRM_TIMEOUT = 5_000;
const TELL_TIMEOUT = 30_000;
const ASK_AGAIN = 500;
const TELL_AGAIN = 5_000;
/** A link that has lived as long is one to rely on. */
const SETTLED = 10_000;
/** The pause after such a link has ended is drawn as after so many failures: all hosts may have lost the same engine. */
const SPREAD = 4;

export interface LinkParts {
  /** `wss://address:port` candidates, tried in turn before each pause. */
  engines: readonly string[];
  open: OpenChannel;
  agentVersion: string;
  bootId: string;
  handlers: AgentHandlers;
  outcomes: Outcomes;
  /** Id of the transaction that waits for its confirm, or null. */
  awaiting(): string | null;
  /** Highest epoch of any engine that changed this host. */
  epoch(): Promise<number>;
  report(): Promise<HostReport>;
  /** Over which connections a confirm counts; over any when absent. */
  arrival?: Arrival;
  /** Called when an engine has answered a hello. @param repair what may be put right without being asked */
  welcomed(repair: readonly RepairClass[]): void;
  /** Called when an engine has taken a report with a hello, or with the end of a change. */
  reported(stateVersion: number): void;
  /** Milliseconds between which the pause before dialling again is drawn. */
  pause: { least: number; most: number };
  log: Log;
}

export class Link {
  readonly #parts: LinkParts;
  readonly #stopped = new AbortController();
  readonly #greeted = deferred();
  #current: Connection | null = null;
  #confirming: Promise<unknown> | null = null;
  #telling: Promise<void> | null = null;
  #next = 0;
  #ends: Ends | null = null;
  /** Whether a change was not confirmed, and no engine has been greeted since. */
  #unconfirmed = false;
  /** Ends the pause before dialling again. */
  #hurry = new AbortController();
  /** When the link was made; milliseconds on the clock of this process. */
  #since = 0;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** The last connection to an engine. */
  ends(): Ends | null {
    return this.#ends;
  }

  /** Resolves when an engine has answered for the first time. */
  greeted(): Promise<void> {
    return this.#greeted.promise;
  }

  /** Dials until it is stopped. Resolves when nothing that an engine said is still to be written down. */
  async run(): Promise<void> {
    const stopped = aborted(this.#stopped.signal);
    for (let failures = 0; !this.#stopped.signal.aborted; ) {
      if (this.#current !== null || this.#confirming !== null) {
        await Promise.race([this.#current?.closed ?? this.#confirming?.catch(() => {}), stopped]);
        if (this.#current !== null) continue;
        // Of two machines with one identity each takes the link from the other: not as fast as they can, at least.
        const held = performance.now() - this.#since > SETTLED;
        // After a change it is this host alone that comes back, and its end is waited for.
        const awaited = this.#confirming !== null || this.#unconfirmed;
        failures = held || awaited ? 0 : failures + 1;
        if (!awaited) await this.#rest(held ? SPREAD : failures);
        continue;
      }
      await this.#dialInTurn();
      if (this.#current !== null || this.#confirming !== null) continue;
      failures += 1;
      await this.#rest(failures);
    }
    await this.#telling;
  }

  /** Makes a link over the first candidate that has an engine, from the last such on. Leaves it to a confirm that begins meanwhile. */
  async #dialInTurn(): Promise<void> {
    const { engines, log } = this.#parts;
    for (let tried = 0; tried < engines.length && !this.#stopped.signal.aborted; tried += 1) {
      try {
        const connection = await this.#dial(0, DIAL_TIMEOUT, this.#stopped.signal);
        // A confirm opens its own, later one.
        if (this.#current !== null || this.#confirming !== null) connection.close();
        else await this.#greet(connection, this.#parts.report());
        return;
      } catch (error) {
        log('warn', 'no link to an engine', { engine: this.#engine(0), reason: String(error) });
        this.#next += 1;
      }
    }
  }

  /** @param failures how many in a row */
  #rest(failures: number): Promise<void> {
    const { least, most } = this.#parts.pause;
    // Full jitter: after an outage ten thousand hosts must not all come at the same moment.
    const longest = Math.min(most, least * 2 ** failures);
    const over = AbortSignal.any([this.#stopped.signal, this.#hurry.signal]);
    return pause(least + Math.random() * (longest - least), over);
  }

  stop(): void {
    this.#stopped.abort();
    this.#current?.close();
  }

  /**
   * Asks an engine for the nonce, over connections opened after this call, until it is there or the signal comes. A link that
   * is stopped asks no more and still answers only at the signal: until then the next agent may take the confirm.
   * @returns whether the nonce is the one whose SHA-256 was given
   */
  confirm(question: Question, signal: AbortSignal): Promise<boolean> {
    const ask = this.#ask(question, AbortSignal.any([signal, this.#stopped.signal]));
    const confirming = ask
      .then(async (confirmed) => {
        if (confirmed) return true;
        await aborted(signal);
        this.#unconfirmed = true;
        return false;
      })
      .finally(() => {
        if (this.#confirming === confirming) this.#confirming = null;
      });
    this.#confirming = confirming;
    this.#hurry.abort();
    this.#hurry = new AbortController();
    return confirming;
  }

  /**
   * Tells an engine every outcome that none has acknowledged; what cannot be told now is told on the next connection.
   * @returns resolves when nothing is left to tell now
   */
  async tellEnded(): Promise<void> {
    if (this.#telling === null && this.#current !== null) {
      this.#telling = this.#tell().finally(() => {
        this.#telling = null;
      });
    }
    await this.#telling;
  }

  /**
   * Tells the engine that the kernel changed. The next hello carries a report as well, but no events.
   * @returns false when no engine has heard it
   */
  async tellChanged(report: HostReport, events: HostEvent[]): Promise<boolean> {
    try {
      if (this.#current === null) return false;
      await this.#current.peer.call('changed', { report, events }, TELL_TIMEOUT);
      return true;
    } catch (error) {
      this.#parts.log('warn', 'change not told', { reason: String(error) });
      return false;
    }
  }

  /** Asks the engine for a certificate for another key of this host. @param publicKey PEM @returns PEM @throws when there is no answer */
  async renew(publicKey: string): Promise<string> {
    if (this.#current === null) throw new Error('There is no link to an engine.');
    return (await this.#current.peer.call('renew', { publicKey }, TELL_TIMEOUT)).certificate;
  }

  async #ask({ transaction, nonceHash, northbound }: Question, signal: AbortSignal): Promise<boolean> {
    const { arrival = anywhere } = this.#parts;
    const report = this.#parts.report();
    // Waited for below; a failure before that must not count as unhandled.
    report.catch(() => {});
    const over = aborted(signal).then(() => null);
    while (!signal.aborted) {
      const connection = await openFresh((attempt, timeout, end) => {
        const from = arrival.addressFor(northbound, this.#engine(attempt));
        return this.#dial(attempt, timeout, end, from);
      }, signal);
      if (connection === null) {
        // The older one may seem alive for a long time yet, and keep what the engine says next in its queue.
        this.#current?.close();
        return false;
      }
      try {
        const objection = arrival.objection(northbound, connection.ends);
        if (objection !== null) throw new Error(objection);
        await Promise.race([this.#greet(connection, report), over]);
        while (!signal.aborted && connection.isOpen()) {
          const call = connection.peer.call('confirm', { transaction }, CONFIRM_TIMEOUT);
          const answer = await Promise.race([call, over]);
          if (answer === null) call.catch(() => {});
          else if (answer.nonce !== null && sha256(answer.nonce) === nonceHash) return true;
          await pause(ASK_AGAIN, signal);
        }
      } catch (error) {
        this.#parts.log('warn', 'not confirmed yet', { transaction, reason: String(error) });
        connection.close();
        await pause(ASK_AGAIN, signal);
      }
    }
    return false;
  }

  /** Makes a connection the link: says hello over it, and lets the former one go. */
  async #greet(connection: Connection, report: Promise<HostReport>): Promise<void> {
    const { agentVersion, bootId, awaiting, epoch, welcomed, reported, log } = this.#parts;
    let told: () => void;
    try {
      const said = await report;
      const { repair = [] } = await connection.peer.call(
        'hello',
        {
          ...{ protocol: PROTOCOL_VERSION, agentVersion, bootId },
          ...{ awaiting: awaiting(), epoch: await epoch(), report: said },
        },
        HELLO_TIMEOUT,
      );
      told = () => {
        welcomed(repair);
        reported(said.stateVersion);
      };
    } catch (error) {
      connection.close();
      throw error;
    }
    const former = this.#current;
    this.#current = connection;
    this.#since = performance.now();
    this.#unconfirmed = false;
    this.#ends = connection.ends;
    former?.close();
    this.#greeted.resolve();
    log('info', 'linked to an engine', { ...connection.ends });
    void connection.closed.then(() => {
      if (this.#current === connection) this.#current = null;
    });
    void this.tellEnded();
    told();
  }

  async #tell(): Promise<void> {
    const { outcomes, report, log } = this.#parts;
    for (let waiting = outcomes.unacknowledged(); waiting[0] !== undefined; waiting = outcomes.unacknowledged()) {
      const link = this.#current;
      if (link === null) return;
      try {
        const ended = await outcomes.of(waiting[0]);
        if (ended === null) return;
        const { request: _, ...rest } = ended;
        const result: TransactionResult = { ...rest, report: await report() };
        await link.peer.call('ended', result, TELL_TIMEOUT);
        await outcomes.acknowledge(ended.transaction);
        this.#parts.reported(result.report.stateVersion);
      } catch (error) {
        log('warn', 'outcome not acknowledged', { transaction: waiting[0], reason: String(error) });
        if (!link.isOpen()) return;
        await pause(TELL_AGAIN, this.#stopped.signal);
        if (this.#stopped.signal.aborted) return;
      }
    }
  }

  #dial(attempt: number, timeout: number, signal: AbortSignal, from?: string): Promise<Connection> {
    const { open, handlers } = this.#parts;
    return dial(open, this.#engine(attempt), handlers, timeout, { signal, from });
  }

  #engine(attempt: number): string {
    const { engines } = this.#parts;
    const engine = engines[(this.#next + attempt) % engines.length];
    if (engine === undefined) throw new Error('No engine is known.');
    return engine;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Resolves when the signal comes. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
