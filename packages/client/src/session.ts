/** Who is signed in: gets the token when it is first needed, and once more when the engine no longer takes it. */
import { ConnectionError, SignInError } from './errors.ts';

export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
  /** Told every new token, so that it can be kept. */
  readonly onToken: ((token: string) => void) | undefined;
}

export class Session {
  readonly #credentials: Credentials;
  readonly #fetch: typeof fetch;
  /** Where tokens are given and taken back: `https://engine/ovirt-engine`. */
  readonly #root: string;
  #token: string | undefined;
  /** Requests that find the token missing or stale at the same time sign in once. */
  #signingIn: Promise<string> | undefined;

  constructor(root: string, credentials: Credentials, fetcher: typeof fetch) {
    this.#root = root;
    this.#credentials = credentials;
    this.#fetch = fetcher;
    this.#token = credentials.token;
  }

  /** @throws SignInError, ConnectionError */
  async token(): Promise<string> {
    return this.#token ?? (await this.signIn());
  }

  /**
   * After the engine refused a token: another one.
   * @returns undefined when there is no way to get one
   * @throws SignInError, ConnectionError
   */
  async renewed(refused: string): Promise<string | undefined> {
    if (this.#token !== undefined && this.#token !== refused) return this.#token;
    const { user, password } = this.#credentials;
    if (user === undefined || password === undefined) return undefined;
    this.#token = undefined;
    return this.signIn();
  }

  /** @throws SignInError, ConnectionError */
  signIn(): Promise<string> {
    this.#signingIn ??= this.#getToken().finally(() => {
      this.#signingIn = undefined;
    });
    return this.#signingIn;
  }

  async #getToken(): Promise<string> {
    const { user, password, onToken } = this.#credentials;
    if (user === undefined || password === undefined) {
      throw new SignInError('invalid_request', 'Nobody is signed in: give user and password, or a token.');
    }
    const form = { grant_type: 'password', scope: 'ovirt-app-api', username: user, password };
    const answer = await this.#post('/sso/oauth/token', form);
    const { access_token: token, error, error_code: code, error_description: description } = answer;
    if (typeof token !== 'string') {
      throw new SignInError(String(code ?? error ?? 'server_error'), String(description ?? error ?? 'No token came.'));
    }
    this.#token = token;
    onToken?.(token);
    return token;
  }

  /** Takes the token back; without one it does nothing. @throws ConnectionError */
  async signOut(): Promise<void> {
    const token = this.#token;
    this.#token = undefined;
    if (token !== undefined) await this.#post('/services/sso-logout', { token, scope: 'ovirt-app-api' });
  }

  async #post(path: string, form: Record<string, string>): Promise<Record<string, unknown>> {
    const url = this.#root + path;
    try {
      const response = await this.#fetch(url, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
        credentials: 'omit',
        redirect: 'error',
      });
      return (await response.json()) as Record<string, unknown>;
    } catch (cause) {
      throw new ConnectionError(`Cannot sign in at ${url}: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** What went wrong below, in words: the interesting ones are those of the cause. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error & { code?: string; errors?: Error[] } };
  return cause?.message || cause?.errors?.[0]?.message || cause?.code || message || String(error);
}
