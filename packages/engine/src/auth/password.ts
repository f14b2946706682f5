/** Passwords as memory-hard hashes (scrypt, 32 MiB each), at most two being computed at once. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const keyLength = 32;

/** Passwords that wait for their turn; it takes a few seconds until the last of them has it. */
const mostWaiting = 50;

let running = 0;
const queue: (() => void)[] = [];

async function derive(password: string, salt: Buffer, options: typeof cost, length: number): Promise<Buffer> {
  if (running >= 2) await new Promise<void>((resolve) => queue.push(resolve));
  running++;
  try {
    return await new Promise((resolve, reject) => {
      scrypt(password.normalize('NFC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    running--;
    queue.shift()?.();
  }
}

/** @returns a string that says how it was made: `scrypt$N$r$p$salt$key` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost, keyLength);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** @returns null when so many others are waiting that this one was not looked at */
export async function verifyPassword(password: string, stored: string): Promise<boolean | null> {
  if (queue.length >= mostWaiting) return null;
  const [scheme, N, r, p, salt, key] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  const options = { ...cost, N: Number(N), r: Number(r), p: Number(p) };
  const actual = await derive(password, Buffer.from(salt, 'base64url'), options, expected.length);
  return timingSafeEqual(actual, expected);
}
