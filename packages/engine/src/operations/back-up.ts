/** A copy of the store beside it, made by the engine itself: nobody else can read the file while an engine has it. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import type { Actor, Engine } from './engine.ts';
import { note } from './note.ts';

export interface Backup {
  /** Path on the engine's machine. */
  file: string;
  bytes: number;
}

/**
 * @param data directory of the store; null when it is kept nowhere
 * @returns a problem when the copy cannot be written; then nothing is left of it
 */
export async function backUp(engine: Engine, actor: Actor, data: string | null): Promise<Backup | Problem> {
  if (data === null)
    return new Problem(409, 'BACKUP', 'Operation Failed', 'This engine keeps its store in memory only.');
  const folder = join(data, 'backups');
  const time = new Date(engine.now()).toISOString().replace(/[-:.]/g, '');
  const file = join(folder, `engine-${time}.db`);
  const partial = `${file}.part`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await engine.store.backUp(partial);
    const bytes = seal(partial);
    renameSync(partial, file);
    await engine.store.write((tx) => note(tx, engine, actor, 'BACKUP_WRITTEN', `The store was backed up to ${file}.`));
    return { file, bytes };
  } catch (error) {
    if (existsSync(partial)) rmSync(partial);
    const reason = error instanceof Error ? error.message : String(error);
    const text = `The backup ${file} could not be written: ${reason}. Make room there and try again.`;
    return new Problem(507, 'BACKUP', 'Operation Failed', text);
  }
}

/** On disk, and for nobody else's eyes: the keys of the engine are in it. @returns bytes */
function seal(path: string): number {
  chmodSync(path, 0o600);
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}
