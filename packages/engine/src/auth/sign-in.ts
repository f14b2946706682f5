/** Who is calling: Basic and Bearer credentials, and the tokens behind the OAuth endpoint. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Problem } from '../problem.ts';
import type { Store, Token, User } from '../store/index.ts';
import { hashPassword, verifyPassword } from './password.ts';

const idleLimit = 30 * 60_000;
const absoluteLimit = 360_000_000;
const rememberFor = 60_000;
/** Wrong passwords for one name from one address, then nothing is verified for so long. */
const mostTries = 10;
const shutFor = 30_000;

const busy = new Problem(
  503,
  'SIGN_IN_BUSY',
  'Service Unavailable',
  'So many passwords are being verified that this one was not looked at; try again in a few seconds, or use a token.',
);

export interface Session {
  user: User;
}

/** Signs people in. Holds no state that cannot be lost: tokens are stored by hash, the cache is only a saving. */
export class SignIn {
  readonly #store: Store;
  readonly #now: () => number;
  /** Basic sends the password with each request; a verified one is remembered by a keyed hash for a minute. */
  readonly #cacheKey = randomBytes(32);
  readonly #verified = new Map<string, { userId: string; until: number }>();
  /** By fingerprint. */
  readonly #verifying = new Map<string, Promise<boolean | null>>();
  /** By name and address: of a name alone, anybody could shut its owner out. */
  readonly #tries = new Map<string, Tries>();
  /** Verified for unknown users, so that a missing name takes as long as a wrong password. */
  readonly #decoy = hashPassword(randomBytes(16).toString('hex'));

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /**
   * @param header value of `Authorization`; the scheme is case-sensitive, as oVirt has it
   * @param from as for {@link password}
   * @returns as {@link password}
   */
  async fromHeader(header: string | undefined, from: string): Promise<Session | Problem | null> {
    if (header?.startsWith('Basic ')) {
      const text = Buffer.from(header.slice(6), 'base64').toString('utf8');
      const colon = text.indexOf(':');
      return colon < 0 ? null : this.password(text.slice(0, colon), text.slice(colon + 1), from);
    }
    if (header?.startsWith('Bearer ')) return this.token(header.slice(7).trim());
    return null;
  }

  /**
   * @param name `user@profile`
   * @param from address of the client
   * @returns null when nobody can sign in so; a problem when it cannot be said now
   */
  async password(name: string, password: string, from: string): Promise<Session | Problem | null> {
    const user = await this.#store.named('app_user', null, name);
    const fingerprint = createHmac('sha256', this.#cacheKey)
      .update(`${name}\0${password}\0${user?.password ?? ''}`)
      .digest('base64');
    const known = this.#verified.get(fingerprint);
    if (user !== undefined && known !== undefined && known.until > this.#now()) return { user };
    // Clients of one user often begin together: the same password is verified, and counted, once.
    let verdict = this.#verifying.get(fingerprint);
    if (verdict === undefined) {
      verdict = this.#verify(password, user, `${from} ${name}`).finally(() => this.#verifying.delete(fingerprint));
      this.#verifying.set(fingerprint, verdict);
    }
    const right = await verdict;
    if (right === null) return busy;
    if (user === undefined || !right) return null;
    if (this.#verified.size > 1000) this.#verified.clear();
    this.#verified.set(fingerprint, { userId: user.id, until: this.#now() + rememberFor });
    return { user };
  }

  /** A new token for a user. @returns what the client holds; only its hash is stored */
  async issue(user: User): Promise<string> {
    const secret = randomBytes(32).toString('base64url');
    const created = this.#now();
    await this.#store.write((tx) => tx.put('token', { id: digest(secret), userId: user.id, created, used: created }));
    return secret;
  }

  async token(secret: string): Promise<Session | null> {
    const now = this.#now();
    const token = await this.#store.get('token', digest(secret));
    if (token === undefined || isOver(token, now)) return null;
    const user = await this.#store.get('app_user', token.userId);
    if (user === undefined) return null;
    // The idle clock need not be exact, and a write for each request would be dear.
    if (now - token.used > idleLimit / 10) await this.#store.write((tx) => tx.put('token', { ...token, used: now }));
    return { user };
  }

  /** Unknown and empty tokens are fine. */
  async revoke(secret: string): Promise<void> {
    await this.#store.write((tx) => tx.remove('token', digest(secret)));
  }

  /** Creates the user, or gives an existing one this password. */
  async setPassword(user: Omit<User, 'password'>, password: string): Promise<void> {
    const hash = await hashPassword(password);
    await this.#store.write((tx) => tx.put('app_user', { ...user, password: hash }));
    this.#verified.clear();
  }

  /** @returns null when it was not looked at */
  async #verify(password: string, user: User | undefined, who: string): Promise<boolean | null> {
    const tries = this.#triesOf(who);
    if (tries.count >= mostTries) return false;
    // Counted before it is known to be wrong: of guesses that come together no more are verified than one after the other.
    tries.count += 1;
    tries.until = this.#now() + shutFor;
    const right = await verifyPassword(password, user?.password ?? (await this.#decoy));
    if (right === null) tries.count -= 1;
    if (right) this.#tries.delete(who);
    return right;
  }

  #triesOf(who: string): Tries {
    const last = this.#tries.get(who);
    if (last !== undefined && last.until > this.#now()) return last;
    if (this.#tries.size > 10_000) this.#tries.clear();
    const tries = { count: 0, until: 0 };
    this.#tries.set(who, tries);
    return tries;
  }
}

interface Tries {
  count: number;
  /** Epoch milliseconds. */
  until: number;
}

/** Whether nobody can sign in with it any more. @param now epoch milliseconds */
export function isOver({ used, created }: Pick<Token, 'used' | 'created'>, now: number): boolean {
  return now - used > idleLimit || now - created > absoluteLimit;
}

export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
