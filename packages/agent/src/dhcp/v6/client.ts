/**
 * A DHCPv6 client for one address of one network (RFC 8415 §18.2). It only keeps a binding and tells of it; addresses are not its
 * business. What it is leaves no trace in it: identity and what was known come from outside, so that they can go with a network to
 * another device.
 */
import {
  ADVERTISE,
  type Answer,
  CONFIRM,
  DECLINE,
  decode,
  encode,
  FOR_EVER,
  NO_BINDING,
  NOT_ON_LINK,
  REBIND,
  RELEASE,
  RENEW,
  REPLY,
  REQUEST,
  SOLICIT,
  SUCCESS,
} from './message.ts';

export interface Identity6 {
  /** DUID, hex. */
  duid: string;
  /** 4 bytes, hex. */
  iaid: string;
}

/** What a server has promised. Times are milliseconds on the boot-time clock. */
export interface Binding {
  address: string;
  /** DUID of the server, hex. */
  server: string;
  nameservers: string[];
  renewAt: number;
  rebindAt: number;
  until: number;
}

/** What the client needs of the world. */
export interface Ports {
  /** Sends to every server and relay of the link. */
  send(message: Buffer): void;
  /** Milliseconds since boot. */
  now(): number;
  /** Resolves after so many milliseconds, at once when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

/** How a question is repeated, milliseconds: RFC 8415 §15. */
interface Retry {
  first: number;
  longest: number;
  /** 0 for any number. */
  times: number;
  /** End of all tries on the boot-time clock. */
  until: number;
}

type Judgement = 'take' | 'note' | 'no';

/** Milliseconds by which the first question is put off at random, so that hosts which start together do not ask together. */
const FIRST_DELAY = 1000;
/** Milliseconds to the next attempt where a server has answered and promised nothing. */
const REFUSED_PAUSE = 10_000;
/** Two weeks, in seconds: a promise without an end would outlive every trace of us. */
const LONGEST = 14 * 24 * 3600;
const NEVER = Number.POSITIVE_INFINITY;

export class Client6 {
  readonly #identity: Identity6;
  readonly #ports: Ports;
  #listener: (answer: Answer) => void = () => {};
  #interrupted = new AbortController();
  #holds = false;
  /** Of the pause between solicitations, which a server may set. */
  #longestPause = 3_600_000;

  constructor(identity: Identity6, ports: Ports) {
    this.#identity = identity;
    this.#ports = ports;
  }

  /** Bytes that came from the net. */
  hear(bytes: Buffer): void {
    const answer = decode(bytes, this.#identity.iaid);
    if (answer !== null && answer.client === this.#identity.duid) this.#listener(answer);
  }

  /** The address that is held belongs to another machine: tells the server, and asks for another. */
  decline(): void {
    if (this.#holds) this.#interrupted.abort();
  }

  /**
   * Holds a binding for ever, or asks for one.
   * @param held binding that needs no asking; @param known binding from another device or another time, to be asked for again
   * @param tell called with each new binding, and with null when there is none any more; waited for
   */
  async run(
    held: Binding | null,
    known: Binding | null,
    tell: (binding: Binding | null) => Promise<void>,
  ): Promise<never> {
    let binding = held ?? (known === null || known.until <= this.#ports.now() ? null : await this.#confirm(known));
    let wish = known?.address ?? null;
    for (;;) {
      if (binding === null) await this.#pause(this.#ports.random() * FIRST_DELAY);
      while (binding === null) binding = await this.#acquire(wish);
      await tell(binding);
      wish = binding.address;
      this.#holds = true;
      const next: Binding | null = await this.#hold(binding);
      this.#holds = false;
      if (next === null) await tell(null);
      if (this.#interrupted.signal.aborted) {
        this.#interrupted = new AbortController();
        await this.#farewell(DECLINE, binding);
        wish = null;
      }
      binding = next;
    }
  }

  /** Tells the server that the address is free. */
  release(binding: Binding): Promise<void> {
    return this.#farewell(RELEASE, binding);
  }

  /** Asks whether an address from before still fits. Nobody who knows better means that it does. */
  async #confirm(known: Binding): Promise<Binding | null> {
    await this.#pause(this.#ports.random() * FIRST_DELAY);
    const until = this.#ports.now() + 10_000;
    const retry = { first: 1000, longest: 4000, times: 0, until };
    const answer = await this.#ask({ type: CONFIRM, server: null, address: known.address }, retry, isReply);
    return answer !== null && answer.status !== SUCCESS ? null : known;
  }

  async #acquire(wish: string | null): Promise<Binding | null> {
    const offers: Answer[] = [];
    const judge = (answer: Answer): Judgement => {
      if (answer.type !== ADVERTISE) return 'no';
      if (answer.longestPause !== null && answer.longestPause >= 60 && answer.longestPause <= 86_400) {
        this.#longestPause = answer.longestPause * 1000;
      }
      if (!answer.association?.addresses.length) return 'no';
      offers.push(answer);
      return answer.preference === 255 ? 'take' : 'note';
    };
    const retry = { first: 1000, longest: this.#longestPause, times: 0, until: NEVER };
    await this.#ask({ type: SOLICIT, server: null, address: wish }, retry, judge);
    const best = offers.reduce<Answer | null>((a, b) => (a === null || b.preference > a.preference ? b : a), null);
    return best === null ? null : this.#request(best.server, best.association?.addresses[0]?.address ?? wish);
  }

  async #request(server: string, address: string | null): Promise<Binding | null> {
    const retry = { first: 1000, longest: 30_000, times: 10, until: NEVER };
    const answer = await this.#ask({ type: REQUEST, server, address }, retry, isReply);
    const binding = answer === null ? null : this.#bindingOf(answer, address);
    if (binding === null && answer !== null) await this.#pause(REFUSED_PAUSE);
    return binding;
  }

  /** Until the binding is renewed or lost, or somebody wants something else. */
  async #hold(binding: Binding): Promise<Binding | null> {
    const { now } = this.#ports;
    await this.#pause(binding.renewAt - now());
    if (this.#interrupted.signal.aborted) return null;
    const { address, server } = binding;
    const renew = { first: 10_000, longest: 600_000, times: 0, until: binding.rebindAt };
    const rebind = { first: 10_000, longest: 600_000, times: 0, until: binding.until };
    const answer =
      (await this.#ask({ type: RENEW, server, address }, renew, isReply)) ??
      (await this.#ask({ type: REBIND, server: null, address }, rebind, isReply));
    if (answer === null || answer.status === NOT_ON_LINK) return null;
    if (answer.status === NO_BINDING) return this.#request(answer.server, address);
    const renewed = this.#bindingOf(answer, address);
    const withdrawn = answer.status === SUCCESS && answer.association?.addresses.length === 0;
    if (renewed !== null || withdrawn) return renewed;
    // An answer that says nothing of the address changes nothing; it is asked again.
    return { ...binding, renewAt: Math.min(now() + REFUSED_PAUSE, binding.until) };
  }

  async #farewell(type: number, { address, server }: Binding): Promise<void> {
    await this.#ask({ type, server, address }, { first: 1000, longest: NEVER, times: 4, until: NEVER }, isReply);
  }

  #bindingOf({ status, association, server, nameservers }: Answer, wish: string | null): Binding | null {
    if (status !== SUCCESS || association === null) return null;
    const { addresses, renew, rebind } = association;
    const chosen = addresses.find(({ address }) => address === wish) ?? addresses[0];
    if (chosen === undefined) return null;
    const valid = Math.min(chosen.valid, LONGEST);
    const preferred = Math.min(chosen.preferred === 0 ? valid : chosen.preferred, valid);
    const t1 = renew > 0 && renew !== FOR_EVER ? Math.min(renew, valid) : preferred * 0.5;
    const t2 = rebind > t1 && rebind !== FOR_EVER ? Math.min(rebind, valid) : Math.max(t1, preferred * 0.8);
    const at = (seconds: number): number => Math.round(this.#ports.now() + seconds * 1000);
    return { address: chosen.address, server, nameservers, renewAt: at(t1), rebindAt: at(t2), until: at(valid) };
  }

  /**
   * Asks until somebody answers.
   * @param judge of each answer: the one to take, one to take when the time for others is over, or none
   * @returns the answer, null when the tries are over or somebody wants something else
   */
  async #ask(
    question: { type: number; server: string | null; address: string | null },
    retry: Retry,
    judge: (answer: Answer) => Judgement,
  ): Promise<Answer | null> {
    const { now, random, send } = this.#ports;
    const { duid: client, iaid } = this.#identity;
    const transaction = Math.floor(random() * 0x1000000) & 0xffffff;
    const start = now();
    let wait = retry.first;
    for (let tries = 1; now() < retry.until && !this.#interruptedIn(question.type); tries++) {
      const jitter = random() * 0.2 - 0.1;
      wait = tries === 1 ? retry.first * (1 + Math.abs(jitter)) : wait * (2 + jitter);
      if (wait > retry.longest) wait = retry.longest * (1 + jitter);
      const answer = this.#listen(Math.min(wait, retry.until - now()), (heard) =>
        heard.transaction === transaction ? judge(heard) : 'no',
      );
      send(encode({ ...question, transaction, client, iaid, elapsed: now() - start }));
      const taken = await answer;
      if (taken !== null) return taken;
      if (tries === retry.times) return null;
    }
    return null;
  }

  /** What is told of an address that belongs to somebody else is not broken off by it. */
  #interruptedIn(type: number): boolean {
    return this.#interrupted.signal.aborted && type !== DECLINE && type !== RELEASE;
  }

  async #listen(milliseconds: number, judge: (answer: Answer) => Judgement): Promise<Answer | null> {
    const taken = new AbortController();
    let found: Answer | null = null;
    this.#listener = (answer) => {
      const judgement = judge(answer);
      if (judgement === 'no') return;
      found = answer;
      if (judgement === 'take') taken.abort();
    };
    await this.#ports.sleep(milliseconds, AbortSignal.any([taken.signal, this.#interrupted.signal]));
    this.#listener = () => {};
    return found;
  }

  #pause(milliseconds: number): Promise<void> {
    return this.#ports.sleep(Math.max(0, milliseconds), this.#interrupted.signal);
  }
}

function isReply({ type }: Answer): Judgement {
  return type === REPLY ? 'take' : 'no';
}
