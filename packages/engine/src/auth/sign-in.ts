/** Who is calling: Basic and Bearer credentials, and the tokens behind the OAuth endpoint. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Store, Token, User } from '../store/index.ts';
import { hashPassword, verifyPassword } from './password.ts';

const idleLimit = 30 * 60_000;
const absoluteLimit = 360_000_000;
const rememberFor = 60_000;

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
  readonly #failures = new Map<string, { count: number; until: number }>();
  /** Verified for unknown users, so that a missing name takes as long as a wrong password. */
  readonly #decoy = hashPassword(randomBytes(16).toString('hex'));

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** @param header value of `Authorization`; the scheme is case-sensitive, as oVirt has it */
  async fromHeader(header: string | undefined): Promise<Session | null> {
    if (header?.startsWith('Basic ')) {
      const text = Buffer.from(header.slice(6), 'base64').toString('utf8');
      const colon = text.indexOf(':');
      return colon < 0 ? null : this.password(text.slice(0, colon), text.slice(colon + 1));
    }
    if (header?.startsWith('Bearer ')) return this.token(header.slice(7).trim());
    return null;
  }

  /** @param name `user@profile` */
  async password(name: string, password: string): Promise<Session | null> {
    const user = await this.#store.named('app_user', null, name);
    const fingerprint = createHmac('sha256', this.#cacheKey)
      .update(`${name}\0${password}\0${user?.password ?? ''}`)
      .digest('base64');
    const known = this.#verified.get(fingerprint);
    if (user !== undefined && known !== undefined && known.until > this.#now()) return { user };
    const failures = this.#failures.get(name);
    if (failures !== undefined && failures.until > this.#now() && failures.count >= 10) return null;
    const right = await verifyPassword(password, user?.password ?? (await this.#decoy));
    if (user === undefined || !right) {
      this.#noteFailure(name);
      return null;
    }
    this.#failures.delete(name);
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

  #noteFailure(name: string): void {
    const last = this.#failures.get(name);
    const count = last !== undefined && last.until > this.#now() ? last.count + 1 : 1;
    if (this.#failures.size > 10_000) this.#failures.clear();
    this.#failures.set(name, { count, until: this.#now() + 30_000 });
  }
}

/** Whether nobody can sign in with it any more. @param now epoch milliseconds */
export function isOver({ used, created }: Pick<Token, 'used' | 'created'>, now: number): boolean {
  return now - used > idleLimit || now - created > absoluteLimit;
}

export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
