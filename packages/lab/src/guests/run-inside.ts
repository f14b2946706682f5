import { once } from 'node:events';
import { cp, mkdtemp, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildAgent } from '@patchbay/agent/bundle';
import { beside, bundle } from './bundle.ts';
import type { ExecOptions, Lab } from './lab.ts';

/**
 * Runs a TypeScript file on a lab host: bundled with all it imports, by this Node, as root in the host's namespaces,
 * with `PATCHBAY_LAB` set to the host's name, `PATCHBAY_PROGRAMS` to where {@link providePrograms} puts what tests start, and the seed
 * of random inputs as it is here. Tests of a real kernel, `x.lab.test.ts`, are run so.
 *
 * @param entry path of the file
 * @param io where its output goes, piece by piece
 * @param options `env` is added to its environment; `flags` are Node's; `timeout`: milliseconds until it is killed, never unless told
 * @returns its exit status, when its output has ended
 */
export async function runInside(
  lab: Lab,
  host: string,
  entry: string,
  args: readonly string[],
  io: { out(text: string): void; err(text: string): void },
  { env = {}, flags = [], timeout = 0 }: Omit<ExecOptions, 'input'> & { flags?: readonly string[] } = {},
): Promise<number> {
  const seed = process.env['PATCHBAY_SEED'];
  // A name of its own for each run: a guest may remember what a file once held.
  const file = join(await mkdtemp(join(lab.folder, 'run-')), 'entry.mjs');
  await bundle(entry, file);
  const running = lab.spawn(host, [process.execPath, ...flags, '--enable-source-maps', file, ...args], {
    timeout,
    env: {
      ...env,
      PATCHBAY_LAB: host,
      PATCHBAY_PROGRAMS: programsIn(lab),
      ...(seed === undefined ? {} : { PATCHBAY_SEED: seed }),
    },
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

/** Folder of the lab with the agent, its guard, its units, and every `x.program.ts` of the packages as `x.program.mjs`. */
export const programsIn = (lab: Pick<Lab, 'folder'>): string => join(lab.folder, 'programs');

/** Builds the programs that tests start on hosts. */
export async function providePrograms(lab: Pick<Lab, 'folder'>): Promise<void> {
  const packages = beside('../../..');
  const folder = programsIn(lab);
  const entries = (await readdir(packages, { recursive: true })).filter(
    (path) => path.endsWith('.program.ts') && !path.includes('node_modules'),
  );
  await buildAgent(folder);
  await cp(join(packages, 'agent/systemd'), join(folder, 'systemd'), { recursive: true });
  await Promise.all(
    entries.map((path) => bundle(join(packages, path), join(folder, basename(path).replace(/\.ts$/, '.mjs')))),
  );
}
