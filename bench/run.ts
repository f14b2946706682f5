/**
 * `script/bench [wire|store|model|engine|host|peers|crash]`: prints each ratio against its floor, writes them to `bench/results/`, and all
 * that lies there to `docs/performance.md`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAgent, NODE_FLAGS } from '@patchbay/agent/bundle';
import { runInside, startLab } from '@patchbay/lab';
import { line, type Measured } from './measured.ts';
import { writeDocument } from './write-document.ts';

const groups = { wire, store, model, engine, host, peers, crash };
type Group = keyof typeof groups;
const all = Object.keys(groups) as Group[];
const results = fileURLToPath(new URL('./results/', import.meta.url));
const named = process.argv.slice(2).filter((a): a is Group => a in groups);
/** What a host does is held to a hand-written batch and to its peers, one after the other. */
const asked =
  named.length === 0 ? all : all.filter((one) => named.includes(one) || (one === 'peers' && named.includes('host')));

for (const group of asked) {
  console.log(`== ${group} (${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}) ==`);
  const lines = await groups[group]();
  mkdirSync(results, { recursive: true });
  writeFileSync(
    `${results}${group}.txt`,
    `${lines.join('\n')}\nload ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`,
  );
}
writeDocument(results);

async function model(): Promise<string[]> {
  return printed(await (await import('./model.ts')).run());
}

async function engine(): Promise<string[]> {
  return printed(await (await import('./engine.ts')).run());
}

function printed(measured: readonly Measured[]): string[] {
  const lines = measured.map(line);
  for (const one of lines) console.log(one);
  return lines;
}

async function wire(): Promise<string[]> {
  // It prints its own lines as it goes.
  const { run } = await import('./wire.ts');
  return (await run()).map(
    ({ id, name, ratio, target }) => `${id} ${name} ratio ${ratio.toFixed(2)} (target ${target})`,
  );
}

async function store(): Promise<string[]> {
  const { run } = await import('./store.ts');
  const lines = (await run()).map(
    (m) => `${m.id} of ${m.name}: ratio ${m.ratio.toFixed(2)} (target at least ${m.target})`,
  );
  for (const one of lines) console.log(one);
  return [...lines, ...printed(await (await import('./reads.ts')).run())];
}

function canHaveLabs(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

function leftOut(): string[] {
  console.log('left out: it needs root on Linux');
  return ['left out'];
}

/** On a lab host, because that is where bonds and VLANs are. */
async function host(): Promise<string[]> {
  if (!canHaveLabs()) return leftOut();
  const lab = await startLab({ hosts: 1, memory: '1G' });
  let text = '';
  try {
    const entry = fileURLToPath(new URL('./host/run.ts', import.meta.url));
    const agent = join(lab.folder, 'agent');
    await buildAgent(agent);
    const rounds = (process.env['BENCH_ROUNDS'] ?? '5 5 1').split(' ');
    const status = await runInside(
      lab,
      'host1',
      entry,
      [agent, ...rounds],
      {
        out: (piece) => {
          text += piece;
        },
        err: (piece) => void process.stderr.write(piece),
      },
      { flags: NODE_FLAGS },
    );
    if (status !== 0) throw new Error(`The benchmark ended with status ${status}.`);
  } finally {
    await lab.stop();
  }
  const lines = text.split('\n').filter((line) => /^[WB]\d/.test(line));
  for (const one of lines) console.log(one);
  return lines;
}

/** `BENCH_PEERS`: rounds of W1 and W2, of W3 to W5, and of moves of management, and VLANs of W3, as far as they are not as usual. */
async function peers(): Promise<string[]> {
  if (!canHaveLabs()) return leftOut();
  const { run } = await import('./peers/run.ts');
  const counts = (process.env['BENCH_PEERS'] ?? '').split(' ').filter((word) => word !== '');
  const [small = 3, large = 1, moves = 3, vlans = 200] = counts.map(Number);
  return printed(await run({ small, large, moves, vlans }));
}

async function crash(): Promise<string[]> {
  if (!canHaveLabs()) return leftOut();
  const [kills = 200, seed = 1] = (process.env['BENCH_CRASH'] ?? '').split(' ').filter(Boolean).map(Number);
  return printed(await (await import('./crash.ts')).run(kills, seed));
}
