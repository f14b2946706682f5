/**
 * `script/test`: every test, in parts that grow in cost, with one count at the end.
 * unit: beside the code · api: over HTTP, hosts in memory · lab: over HTTP, hosts on a real kernel, booted once ·
 * sweep: agents, guards, both or all of a host killed at the points of many changes; a part of the points that is the same each
 * time, or, with `script/test sweep all`, every one, which takes hours; with `script/test sweep agent` every one for the agent alone ·
 * clients (only with `--clients`): published clients, which are got from their registries.
 * What failed is said once more at the end, in short.
 * `--report` writes `docs/host-cases.md`; a run of some parts leaves there what it has not run.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './seed.ts';
import { testsOf } from '../packages/lab/src/guests/tap.ts';
import { type Result, writeReport } from './host-cases/report.ts';
import { readResults } from './host-cases/results.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Part {
  name: string;
  files: string[];
  /** Test files at once. */
  concurrency: number;
  /** Minutes that a file may take before it is ended and counted as failed, so that one that hangs cannot hold up the rest. */
  limit?: number;
}

const quick = process.argv.includes('--quick');
const clients = process.argv.includes('--clients');
const words = process.argv.slice(2).filter((a) => !a.startsWith('--'));
/** How much of a part that can be had in any amount. */
const amount = words.find((a) => /^\d+$/.test(a));
/** How much of the sweep; a part that is the same each time when absent. */
const swept = words.find((a) => a === 'all' || a === 'agent');
const only = words.filter((a) => a !== amount && a !== swept);
const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

const unit = filesBelow('packages').filter((f) => f.endsWith('.test.ts') && !f.endsWith('.lab.test.ts'));
const bootsLab = (file: string) => file.startsWith('packages/lab/src/guests/');
const parts: Part[] = [
  {
    name: 'unit',
    files: [
      ...unit.filter((f) => !bootsLab(f)),
      ...['test/properties', 'bench'].flatMap(filesBelow).filter((f) => f.endsWith('.test.ts')),
      'test/boundaries.test.ts',
      'test/host-cases/report.test.ts',
    ],
    concurrency: 2,
    limit: 5,
  },
  {
    name: 'api',
    files: [...filesBelow('test/api'), ...filesBelow('test/acceptance')].filter((f) => f.endsWith('.test.ts')),
    concurrency: 1,
    limit: 8,
  },
  {
    name: 'lab',
    files: [
      ...unit.filter(bootsLab),
      ...filesBelow('test/lab').filter((f) => f.endsWith('.test.ts') && !f.endsWith('sweep.test.ts')),
    ],
    concurrency: 1,
    limit: 45,
  },
  // Each boots a guest of its own, and a guest uses one CPU.
  {
    name: 'sweep',
    files: ['test/lab/kill-matrix-sweep.test.ts', 'test/lab/sweep.test.ts'],
    concurrency: 2,
    ...(swept === undefined ? { limit: 50 } : {}),
  },
  // Part of `lab` too, where it is short; `script/test differential 2000` is as long as asked.
  { name: 'differential', files: ['test/lab/differential.test.ts'], concurrency: 1 },
  // Part of `lab` too, where it is short; `script/test soak 1000` is as long as asked.
  { name: 'soak', files: ['test/lab/soak.test.ts'], concurrency: 1 },
  {
    name: 'clients',
    files: filesBelow('test/clients').filter((f) => f.endsWith('.test.ts')),
    concurrency: 1,
    limit: 20,
  },
];

const needsLab = new Set(['lab', 'sweep', 'differential', 'soak']);
/** As long as asked for. */
const asLong = new Set(['differential', 'soak']);

/** Characters of what is said of a failed test at the end. */
const SAID_AT_END = 1500;

const cases = new Map<string, Result>();
const failures: string[] = [];
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
let broken = false;
for (const part of parts) {
  if (only.length > 0 ? !only.includes(part.name) : asLong.has(part.name) || (part.name === 'clients' && !clients))
    continue;
  if (needsLab.has(part.name) && (quick || !isRoot)) {
    console.log(`\n== ${part.name}: left out (${quick ? 'quick run' : 'it needs root on Linux'}) ==`);
    continue;
  }
  if (part.files.length === 0) continue;
  console.log(`\n== ${part.name}: ${part.files.length} files ==`);
  const started = Date.now();
  const { counts, status } = await runPart(part);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  broken ||= status !== 0 || counts.passed === 0;
  const { passed, failed, skipped } = counts;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(`== ${part.name}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s ==`);
}
const passedCases = [...cases.values()].filter((result) => result === 'passed').length;
for (const failure of failures) console.log(`\n✖ ${failure}`);
console.log(`\nrandom inputs from seed ${process.env['PATCHBAY_SEED']}`);
console.log(`of ${cases.size} cases of a host that were run, ${passedCases} passed`);
if (process.argv.includes('--report')) writeReport(cases);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(broken || total.failed > 0 ? 1 : 0);

async function runPart(part: Part): Promise<{ counts: Counts; status: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-test-'));
  const tap = join(folder, 'result.tap');
  const child = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', '--import', './test/seed.ts', '--test', `--test-concurrency=${part.concurrency}`],
      ...(part.limit === undefined ? [] : [`--test-timeout=${part.limit * 60_000}`]),
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...['--test-reporter=tap', `--test-reporter-destination=${tap}`],
      ...part.files,
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        ...(amount === undefined ? {} : { PATCHBAY_PLANS: amount }),
        ...(quick && { PATCHBAY_QUICK: '1' }),
        ...(swept === undefined ? {} : { PATCHBAY_SWEEP: swept }),
      },
    },
  );
  const status = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
  const text = readFileSync(tap, 'utf8');
  rmSync(folder, { recursive: true });
  readResults(text, cases);
  for (const { title, result, detail } of testsOf(text)) {
    if (result === 'failed') failures.push(`${part.name}: ${title}\n${detail.slice(0, SAID_AT_END)}`);
  }
  const count = (word: string) => Number(new RegExp(`^# ${word} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const counts = {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  };
  return { counts, status };
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
