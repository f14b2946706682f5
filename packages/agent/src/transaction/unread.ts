/** Documents that the network does without: a medium may have lost them. */
import type { Unread } from '../persist/disk.ts';
import type { Log } from './parts.ts';

/** @returns says why a file could not be read, once for each */
export function unread(log: Log): Unread {
  const told = new Set<string>();
  return (path, error) => {
    if (told.has(path)) return;
    told.add(path);
    log('error', 'not read, and taken for absent', { path, reason: String(error) });
  };
}
