/** Runs a TypeScript file on a lab host: bundled, with the machine's Node, in the host's namespaces. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import type { Lab } from './lab.ts';

/**
 * @param entry path of the file
 * @param io where its output goes, piece by piece
 * @returns its exit status
 */
export async function runInside(
  lab: Lab,
  host: string,
  entry: string,
  args: readonly string[],
  io: { out(text: string): void; err(text: string): void },
): Promise<number> {
  const folder = await mkdtemp(join(lab.folder, 'run-'));
  const file = join(folder, 'entry.mjs');
  await bundle(entry, file);
  const running = lab.spawn(host, [process.execPath, '--enable-source-maps', file, ...args]);
  running.stdin.end();
  running.stdout.setEncoding('utf8').on('data', io.out);
  running.stderr.setEncoding('utf8').on('data', io.err);
  return running.status;
}
