/** Who is signed in, from one command to the next: address, user and token in a file that only its owner can read. */
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect, type Patchbay, SignInError } from '@patchbay/client';
import { UsageError } from './exit.ts';
import { givenPassword } from './password.ts';
import { readSecret } from './secret-file.ts';

export interface Kept {
  url: string;
  user: string;
  token: string;
}

export const defaultUser = 'admin@internal';

function place(): string {
  const { PATCHBAY_SESSION: given, XDG_CONFIG_HOME: configuration } = process.env;
  return given || join(configuration || join(homedir(), '.config'), 'patchbay', 'session.json');
}

/** @throws UsageError when others could have read it */
export function keptSession(): Kept | null {
  const file = place();
  const text = readSecret(file);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Kept;
  } catch {
    throw new UsageError(`${file} is not readable as a session: remove it, and sign in again.`);
  }
}

/** Replaces the file at once, so that no command finds half of it. @returns where it is */
export function keepSession(kept: Kept): string {
  const file = place();
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600);
  renameSync(fresh, file);
  return file;
}

export function forgetSession(): void {
  rmSync(place(), { force: true });
}

/**
 * Runs a command with a client that is signed in: by the session that `login` left, or by the environment alone, whose token is
 * taken back at the end.
 * @throws SignInError when there is neither
 */
export async function signedIn<T>(run: (api: Patchbay) => Promise<T>): Promise<T> {
  const kept = keptSession();
  const url = process.env['PATCHBAY_URL'] || kept?.url;
  if (url === undefined) throw new SignInError('none', 'Nobody is signed in: `patchbay login URL` does it.');
  const user = process.env['PATCHBAY_USER'] || (kept?.url === url ? kept.user : defaultUser);
  const usable = kept !== null && kept.url === url && kept.user === user ? kept : null;
  const password = givenPassword();
  if (usable === null && password === null) {
    throw new SignInError('none', `${user} is not signed in at ${url}: \`patchbay login ${url}\` does it.`);
  }
  const onToken = (token: string) => {
    if (usable !== null) keepSession({ ...usable, token });
  };
  const api = connect({ url, user, password: password ?? undefined, token: usable?.token, onToken });
  try {
    return await run(api);
  } finally {
    if (usable === null) await api.signOut().catch(() => undefined);
  }
}
