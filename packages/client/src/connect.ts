/** Where a client begins. */
import { services } from '@patchbay/wire/client';
import type { Client } from './client.ts';
import { exchange } from './exchange.ts';
import { Session } from './session.ts';
import { walk } from './walk.ts';

export interface ConnectOptions {
  /** Of the API, `https://engine/ovirt-engine/api`; that path may be left out. In a browser it may be relative to the page. */
  readonly url: string | URL;
  /** `admin@internal` */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** A token of before. With user and password, too, another one is got when the engine no longer takes it. */
  readonly token?: string | undefined;
  /** Told every new token, so that it can be kept. */
  readonly onToken?: ((token: string) => void) | undefined;
  /** Instead of the global one: for proxies, certificates and tests. */
  readonly fetch?: typeof fetch | undefined;
}

/** The services of the API, and who is signed in. */
export type Patchbay = Client & {
  /** Of the API, whole. */
  readonly url: string;
  /**
   * Signs in now instead of with the first request.
   * @returns the token
   * @throws SignInError when user or password are wrong, ConnectionError
   */
  signIn(): Promise<string>;
  /** Takes the token back. @throws ConnectionError */
  signOut(): Promise<void>;
};

/**
 * A client of the engine at that address. Nothing is sent before the first call.
 * @throws TypeError when the address is none
 */
export function connect(options: ConnectOptions): Patchbay {
  const { user, password, token, onToken } = options;
  const fetcher = options.fetch ?? ((...given: Parameters<typeof fetch>) => fetch(...given));
  const { base, root } = addressesOf(options.url);
  const session = new Session(root, { user, password, token, onToken }, fetcher);
  const walked = walk(services, '', exchange(base, session, fetcher));
  const own = { url: base, signIn: () => session.signIn(), signOut: () => session.signOut() };
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(walked)) as unknown as Patchbay;
}

/** Where the API is, and where one signs in. */
function addressesOf(given: string | URL): { base: string; root: string } {
  const page = (globalThis as { location?: { href: string } }).location?.href;
  const { origin, pathname } = new URL(given, page);
  const path = pathname.replace(/\/+$/, '') || '/ovirt-engine/api';
  const before = /^(.*)\/ovirt-engine\/api(\/v\d+)?$/.exec(path)?.[1] ?? '';
  return { base: origin + path, root: `${origin}${before}/ovirt-engine` };
}
