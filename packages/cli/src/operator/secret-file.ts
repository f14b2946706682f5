import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './exit.ts';

/**
 * The text of a file that holds a secret.
 * @returns null when there is no such file
 * @throws UsageError when others can read it: it is no secret then
 */
export function readSecret(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw new UsageError(`${file} can be read by others: make it yours alone with \`chmod 600 ${file}\`.`);
  }
  return readFileSync(file, 'utf8');
}
