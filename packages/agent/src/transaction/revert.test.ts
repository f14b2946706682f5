/** Taking back where it does not succeed at once. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KernelOp } from '@patchbay/protocol';
import type { Kernel } from '../kernel.ts';
import { planRestore } from '../plan/plan-for.ts';
import { applyRequest, FileKernel, idleGuards, openTrial, staysSilent } from './testing.ts';

test('a revert waits until ip can be started again, and no rung is lost by that', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const whole = FileKernel.create(join(folder, 'kernel'));
  const before = await whole.observe();
  let short = { looks: 0, steps: 0 };
  const kernel: Kernel = {
    async observe() {
      if (short.looks-- > 0) throw new Error('spawn ip EAGAIN');
      return whole.observe();
    },
    async execute(ops, betweenRuns) {
      const [failed] = ops;
      if (failed !== undefined && short.steps-- > 0)
        return { ok: false, failed, message: 'spawn ip EAGAIN', cut: true };
      return whole.execute(ops, betweenRuns);
    },
  };
  const { transactions } = await openTrial(join(folder, 'state'), kernel, {
    live: whole,
    confirm: async (...asked) => {
      short = { looks: 5, steps: 6 };
      return staysSilent(...asked);
    },
  });
  await transactions.apply(applyRequest());
  await transactions.idle();
  const { ended } = await transactions.outcome('t1');
  assert.equal(ended?.outcome, 'reverted', JSON.stringify(ended?.problem));
  assert.deepEqual(planRestore(await whole.observe(), before).ops, []);
  assert.ok(short.looks < 0 && short.steps < 0);
});

test('a guard is not held off by an agent whose own tries to take a change back all fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const times: number[] = [];
  const tries = new EventEmitter();
  const guard = {
    lost: new AbortController().signal,
    watch: (until: number) => times.push(until),
    keep() {},
    disarm() {},
  };
  let broken = false;
  const { transactions } = await openTrial(join(folder, 'state'), kernel, {
    guards: { ...idleGuards(), arm: async () => guard },
    confirm: async (...asked) => {
      broken = true;
      times.length = 0;
      return staysSilent(...asked);
    },
    endStrays: async () => {
      tries.emit('try');
      if (broken) throw new Error('Something in this process is broken.');
    },
  });
  const first = once(tries, 'try').then(() => Math.max(...times));
  const second = once(tries, 'try').then(() => once(tries, 'try'));
  await transactions.apply(applyRequest());
  await second;
  assert.equal(Math.max(...times), await first);
  broken = false;
  await transactions.idle();
  assert.equal((await transactions.outcome('t1')).ended?.outcome, 'reverted');
});

/** Takes back a change that nobody confirms, on a host that refuses such steps from then on. */
async function takenBack(refuses: (op: KernelOp) => boolean, part: Parameters<typeof openTrial>[2] = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel');
  const before = await FileKernel.create(path).observe();
  let applied = false;
  const kernel = new FileKernel(path, (op) => applied && refuses(op));
  const said: string[] = [];
  const { transactions } = await openTrial(`${path}.state`, kernel, {
    ...part,
    log: (level, message, { reason } = {}) => void (level === 'error' && said.push(`${message}: ${reason}`)),
    confirm: (...asked) => {
      applied = true;
      return staysSilent(...asked);
    },
  });
  await transactions.apply(applyRequest());
  await transactions.idle();
  const { ended } = await transactions.outcome('t1');
  return { ended, said, left: planRestore(await kernel.observe(), before).ops.map(({ kind }) => kind) };
}

test('name servers that nobody takes keep no revert from all the rest, and are told with its end', async () => {
  const { ended, said, left } = await takenBack(({ kind }) => kind === 'dns.set');
  assert.equal(ended?.outcome, 'reverted', JSON.stringify(ended));
  assert.equal(ended.problem?.code, 'ERR_LOST_CONNECTION');
  assert.match(
    ended.problem.message,
    /Not put back: dns\.set nameservers=\["192\.0\.2\.53"\] was refused: Refused by the test\.$/,
  );
  assert.deepEqual(said, ['not put back: dns.set nameservers=["192.0.2.53"] was refused: Refused by the test.']);
  assert.deepEqual(left, ['dns.set']);
});

test('a file that cannot be put back keeps no revert from the rest, and is told once', async () => {
  const file = { path: '/etc/resolv.conf', text: '', mode: 0o644, uid: 0, gid: 0 };
  const putBack = async () => {
    throw new Error('EROFS: read-only file system');
  };
  const { ended, left } = await takenBack(() => false, { files: { read: async () => [file], putBack } });
  assert.equal(ended?.outcome, 'reverted', JSON.stringify(ended));
  assert.match(
    ended.problem?.message ?? '',
    /ms over a connection opened after it\. Not put back: EROFS: read-only file system$/,
  );
  assert.deepEqual(left, []);
});

test('what else the kernel refuses is no end of a revert', async () => {
  const { ended } = await takenBack(({ kind }) => kind === 'link.del');
  assert.equal(ended?.outcome, 'revert-failed', JSON.stringify(ended));
});
