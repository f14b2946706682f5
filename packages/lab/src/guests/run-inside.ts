import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import type { Lab } from './lab.ts';

/**
 * Runs a TypeScript file on a lab host: bundled with all it imports, by this Node, as root in the host's namespaces,
 * with `PATCHBAY_LAB` set to the host's name and the seed of random inputs as it is here. Tests of a real kernel, `x.lab.test.ts`, are run so.
 *
 * @param entry path of the file
 * @param io where its output goes, piece by piece
 * @param environment added to its environment
 * @returns its exit status, when its output has ended
 */
export async function runInside(
  lab: Lab,
  host: string,
  entry: string,
  args: readonly string[],
  io: { out(text: string): void; err(text: string): void },
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const seed = process.env['PATCHBAY_SEED'];
  // A name of its own for each run: a guest may remember what a file once held.
  const file = join(await mkdtemp(join(lab.folder, 'run-')), 'entry.mjs');
  await bundle(entry, file);
  const running = lab.spawn(host, [process.execPath, '--enable-source-maps', file, ...args], {
    env: { ...environment, PATCHBAY_LAB: host, ...(seed === undefined ? {} : { PATCHBAY_SEED: seed }) },
  });
  running.stdin.end();
  const ended = Promise.all([once(running.stdout, 'end'), once(running.stderr, 'end')]);
  // Were the command refused, the streams break off and the status says why.
  ended.catch(() => {});
  running.stdout.setEncoding('utf8').on('data', io.out);
  running.stderr.setEncoding('utf8').on('data', io.err);
  const status = await running.status;
  await ended;
  return status;
}
