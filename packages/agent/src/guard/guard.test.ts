/** Real agents and real guards, killed at every point, on a kernel that is a file. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { KernelState } from '../kernel.ts';
import { holderOf } from '../persist/claim.ts';
import { realDisk } from '../persist/disk.ts';
import { Journal } from '../persist/journal.ts';
import type { Ended } from '../persist/outcomes.ts';
import { isAlive, kill, type ProcessId, processOf } from '../persist/process-id.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { applyRequest, FileKernel, openTrial, richConfig } from '../transaction/testing.ts';
import { keeperLauncher } from './launch.ts';
import { GuardPost } from './post.ts';

const programs = mkdtempSync(join(tmpdir(), 'patchbay-programs-'));

before(async () => {
  const entry = (name: string) => fileURLToPath(new URL(`./testing/${name}.ts`, import.meta.url));
  await build({
    entryPoints: [entry('agent'), entry('guard')],
    outdir: programs,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
});

const recordOf = async (host: Host) => (await Journal.open(realDisk, host.state, 't1'))?.record;

interface Host {
  state: string;
  kernel: FileKernel;
  before: KernelState;
}

async function newHost(): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  mkdirSync(state);
  const kernel = FileKernel.create(join(folder, 'kernel'));
  return { state, kernel, before: await kernel.observe() };
}

type Engine = 'confirms' | 'silent' | 'stuck' | 'cut-off' | 'none';

/** Starts an agent and waits for its end. @returns the outcome it tells, null when it was killed */
function runAgent(host: Host, engine: Engine, ...flags: string[]): Promise<Ended | null> {
  return startAgent(host, engine, ...flags).ended;
}

function startAgent(
  { state }: Host,
  engine: Engine,
  ...flags: string[]
): { child: ChildProcess; ended: Promise<Ended | null> } {
  const args = [join(programs, 'agent.mjs'), '--state', state, '--guard', join(programs, 'guard.mjs')];
  const child = spawn(process.execPath, [...args, '--engine', engine, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const ended = new Promise<Ended | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(null);
      else if (code === 0) resolve(JSON.parse(said));
      else reject(new Error(`The agent ended with ${code ?? signal}.`));
    });
  });
  return { child, ended };
}

async function check({ state, kernel, before: old }: Host, ended: Ended | null, where: string): Promise<void> {
  assert.ok(ended !== null, `${where}: ended`);
  const after = await kernel.observe();
  if (ended.outcome === 'committed') {
    const planned = planFor(after, richConfig);
    assert.deepEqual(planned.ok && planned.value.ops, [], where);
    const newest = readdirSync(`${state}/committed`).at(-1);
    assert.deepEqual(JSON.parse(readFileSync(`${state}/committed/${newest}`, 'utf8')), richConfig, where);
  } else {
    assert.ok(ended.outcome === 'reverted' || ended.outcome === 'unchanged', `${where}: ${JSON.stringify(ended)}`);
    assert.deepEqual(planRestore(after, old).ops, [], where);
    assert.equal(after.links.length, old.links.length, where);
    assert.equal(existsSync(`${state}/running.json`), false, where);
  }
  assert.deepEqual(readdirSync(`${state}/txn`), [], where);
}

async function pointsOf(engine: Engine): Promise<string[]> {
  const host = await newHost();
  writeFileSync(`${host.state}/kill-at`, 'count');
  await check(host, await runAgent(host, engine), `${engine}, counting`);
  return JSON.parse(readFileSync(`${host.state}/kill-points`, 'utf8'));
}

for (const engine of ['confirms', 'silent'] as const) {
  test(`an agent killed at any point, with an engine that ${engine === 'silent' ? 'is silent' : engine}`, async () => {
    const points = await pointsOf(engine);
    // Up to the wait for the confirm both ways are the same.
    const first = engine === 'silent' ? points.indexOf('AWAITING') : 0;
    for (let n = first + 1; n <= points.length; n += 1) {
      // Of the many runs of one kind a few are enough here; `crash.test.ts` has them all.
      if (points[n - 1] === points[n - 2] && points[n - 1] === points[n] && n % 8 !== 0) continue;
      const host = await newHost();
      const where = `killed at ${n} ${points[n - 1]}`;
      writeFileSync(`${host.state}/kill-at`, String(n));
      assert.equal(await runAgent(host, engine), null, where);
      assert.equal(readFileSync(`${host.state}/killed-at`, 'utf8'), `${points[n - 1]}\n`);
      const ended = await runAgent(host, engine);
      await check(host, ended, where);
      const kept = points.indexOf('AWAITING') <= n - 1 && engine === 'confirms';
      const expected = n <= 2 ? 'unchanged' : kept ? 'committed' : 'reverted';
      assert.equal(ended?.outcome, expected, where);
    }
  });
}

test('X1 a change whose agent died while it waited does not stay for ever: its guard takes it back', async () => {
  // In the middle of the change at once, while it waits for its confirm at the deadline.
  for (const [engine, point] of [
    ['confirms', 'apply run'],
    ['silent', 'AWAITING'],
  ] as const) {
    const host = await newHost();
    const points = await pointsOf(engine);
    writeFileSync(`${host.state}/kill-at`, String(points.lastIndexOf(point) + 1));
    assert.equal(await runAgent(host, engine), null);
    const guard = await holderOf(realDisk, `${host.state}/txn/t1/guard`);
    assert.ok(guard !== null);
    while (isAlive(guard)) await new Promise((resolve) => setTimeout(resolve, 10));
    const after = await host.kernel.observe();
    assert.deepEqual(planRestore(after, host.before).ops, []);
    assert.equal(after.links.length, host.before.links.length);
    assert.equal((await recordOf(host))?.mark, 'REVERTED');
  }
});

test('agent and guard killed one after the other: the next agent brings it to an end', async () => {
  for (let m = 1; m < 40; m += 5) {
    const host = await newHost();
    writeFileSync(`${host.state}/kill-at`, '20');
    writeFileSync(`${host.state}/guard-kill-at`, String(m));
    assert.equal(await runAgent(host, 'confirms'), null);
    const ended = await runAgent(host, 'confirms');
    await check(host, ended, `guard killed at ${m}`);
    assert.equal(ended?.outcome, 'reverted');
  }
});

test('a guard killed during the change: the agent notices and takes it back', async () => {
  const points = await pointsOf('silent');
  for (const point of ['apply run', 'APPLIED', 'AWAITING']) {
    const host = await newHost();
    writeFileSync(`${host.state}/kill-at`, `${points.lastIndexOf(point) + 1} guard`);
    const ended = await runAgent(host, 'silent');
    await check(host, ended, point);
    assert.equal(ended?.problem?.code, 'ERR_INTERRUPTED', point);
  }
});

test('agent and guard killed at once: the guard is started again and takes the change back', async () => {
  const points = await pointsOf('confirms');
  const host = await newHost();
  writeFileSync(`${host.state}/kill-at`, `${points.lastIndexOf('apply run') + 1} both`);
  assert.equal(await runAgent(host, 'confirms'), null);
  while ((await recordOf(host))?.mark !== 'REVERTED') await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(planRestore(await host.kernel.observe(), host.before).ops, []);
  await check(host, await runAgent(host, 'silent'), 'both killed');
});

test('a guard whose log is on a full disk takes the change back', async () => {
  const points = await pointsOf('confirms');
  const host = await newHost();
  symlinkSync('/dev/full', `${host.state}/guard.log`);
  writeFileSync(`${host.state}/kill-at`, String(points.lastIndexOf('apply run') + 1));
  assert.equal(await runAgent(host, 'confirms'), null);
  const guard = await holderOf(realDisk, `${host.state}/txn/t1/guard`);
  assert.ok(guard !== null);
  while (isAlive(guard)) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal((await recordOf(host))?.mark, 'REVERTED');
  assert.deepEqual(await holderOf(realDisk, `${host.state}/txn/t1`), guard, 'by the first guard');
});

test('an agent that is stuck is ended by its guard, which takes the change back', async () => {
  const host = await newHost();
  assert.equal(await runAgent(host, 'stuck'), null);
  const ended = await runAgent(host, 'silent');
  await check(host, ended, 'stuck');
  assert.equal(ended?.problem?.code, 'ERR_LOST_CONNECTION');
});

/** Guards of a host, living, by process. */
function guardsOf({ state }: Host): ProcessId[] {
  return readdirSync('/proc').flatMap((name) => {
    const id = /^\d+$/.test(name) ? processOf(Number(name)) : null;
    try {
      const [program = '', script = ''] = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const isGuard = program === process.execPath && script === 'guard.mjs';
      return id !== null && isGuard && readlinkSync(`/proc/${name}/cwd`).startsWith(state) ? id : [];
    } catch {
      return [];
    }
  });
}

async function until<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** An agent of this process, whose change waits for its confirm. */
async function waiting(host: Host, guards: GuardPost): Promise<{ guard: ProcessId | null; end(): Promise<void> }> {
  let confirm: (confirmed: boolean) => void = () => {};
  const asked = new Promise<boolean>((resolve) => {
    confirm = resolve;
  });
  const { transactions } = await openTrial(host.state, host.kernel, { guards, confirm: () => asked });
  await transactions.apply(applyRequest({ confirmTimeout: 60_000 }));
  await until(() => (transactions.running() === null ? 'ended' : (transactions.awaiting() ?? undefined)));
  return {
    guard: await holderOf(realDisk, `${host.state}/txn/t1/guard`),
    async end() {
      confirm(true);
      await transactions.idle();
      assert.equal((await transactions.outcome('t1')).ended?.outcome, 'committed');
    },
  };
}

const postOf = ({ state }: Host): GuardPost =>
  new GuardPost(realDisk, state, join(programs, 'guard.mjs'), keeperLauncher(process.execPath, `${state}/guard.log`));
/** The one guard that can be called. */
const standsBy = (host: Host): Promise<ProcessId> =>
  until(() => {
    const [name] = existsSync(`${host.state}/guards`) ? readdirSync(`${host.state}/guards`) : [];
    return existsSync(`${host.state}/guards/${name}/guard.sock`) ? guardsOf(host)[0] : undefined;
  });

test('an agent whose disk hangs when it is to take its change back is ended by its guard, which does it', {
  timeout: 60_000,
}, async () => {
  const host = await newHost();
  assert.equal(await runAgent(host, 'cut-off'), null);
  const ended = await runAgent(host, 'silent');
  await check(host, ended, 'cut off');
  assert.equal(ended?.problem?.code, 'ERR_LOST_CONNECTION');
});

test('a guard that stands by is the one that is armed, and leaves nothing behind', async () => {
  const host = await newHost();
  const guards = postOf(host);
  guards.standBy();
  const ready = await standsBy(host);
  const { guard, end } = await waiting(host, guards);
  assert.deepEqual(guard, ready);
  assert.equal(readlinkSync(`/proc/${ready.pid}/cwd`), `${host.state}/txn/t1`);
  await end();
  await until(() => (guardsOf(host).length === 0 ? true : undefined));
  assert.deepEqual(readdirSync(`${host.state}/guards`), []);
});

test('a guard that died while it stood by is replaced before anything is done', async () => {
  const host = await newHost();
  const guards = postOf(host);
  guards.standBy();
  const ready = await standsBy(host);
  kill(ready);
  const { guard, end } = await waiting(host, guards);
  assert.ok(guard !== null && guard.pid !== ready.pid && isAlive(guard));
  await end();
});

test('a guard that dies while it is armed is replaced before anything is done', async () => {
  const host = await newHost();
  const guards = postOf(host);
  guards.standBy();
  const ready = await standsBy(host);
  // It does not get to acknowledge.
  process.kill(ready.pid, 'SIGSTOP');
  const watcher = watch(`${host.state}/guards/${readdirSync(`${host.state}/guards`)[0]}`, () => kill(ready));
  const { guard, end } = await waiting(host, guards);
  watcher.close();
  assert.ok(guard !== null && guard.pid !== ready.pid && isAlive(guard));
  await end();
});

test('a guard whose agent goes while it stands by goes too, and its folder with the next', async () => {
  const host = await newHost();
  const { child, ended } = startAgent(host, 'none');
  await standsBy(host);
  child.kill('SIGKILL');
  assert.equal(await ended, null);
  await until(() => (guardsOf(host).length === 0 ? true : undefined));
  assert.equal(readdirSync(`${host.state}/guards`).length, 1);
  await check(host, await runAgent(host, 'confirms'), 'the next');
  assert.deepEqual(readdirSync(`${host.state}/guards`), []);
});

test('a hardware watchdog is on from before the first step, and off when a change is kept or taken back', async () => {
  const points = await pointsOf('silent');
  for (const engine of ['confirms', 'silent'] as const) {
    const host = await newHost();
    const device = `${host.state}/../watchdog`;
    await check(host, await runAgent(host, engine, '--watchdog', device), engine);
    assert.equal(readFileSync(device, 'utf8').at(-1), 'V', engine);
  }
  const host = await newHost();
  const device = `${host.state}/../watchdog`;
  writeFileSync(`${host.state}/kill-at`, `${points.indexOf('ARMED') + 1} freeze`);
  const running = runAgent(host, 'silent', '--watchdog', device);
  while (!existsSync(`${host.state}/killed-at`)) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(readFileSync(device, 'utf8'), '', 'armed, and not called off');
  assert.deepEqual(planRestore(await host.kernel.observe(), host.before).ops, []);
  const record = await recordOf(host);
  assert.ok(record !== undefined);
  kill(record.agent);
  assert.equal(await running, null);
});

test('a change is not begun without the watchdog that was asked for', async () => {
  const host = await newHost();
  const ended = await runAgent(host, 'confirms', '--watchdog', `${host.state}/none/watchdog`);
  await check(host, ended, 'no such device');
  assert.equal(ended?.outcome, 'unchanged');
});

test('a change is not begun when its guard does not find what it would go back to', async () => {
  for (const part of ['snapshot', 'files']) {
    const host = await newHost();
    const reach = async (point: string) => {
      if (point === 'PREPARED') await realDisk.remove(`${host.state}/txn/t1/${part}.json`);
    };
    const checkpoints = { begin() {}, reach, end() {} };
    const { transactions } = await openTrial(host.state, host.kernel, { guards: postOf(host), checkpoints });
    await transactions.apply(applyRequest());
    await transactions.idle();
    const { ended } = await transactions.outcome('t1');
    await check(host, ended, part);
    assert.equal(ended?.outcome, 'unchanged');
    assert.match(ended.problem?.message ?? '', /No guard could be started/);
  }
});
