/** A disk that fills up, or is made read-only, while a change is under way. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { ScarceDisk } from '../persist/disk-for-tests.ts';
import { Documents } from '../persist/documents.ts';
import { Journal } from '../persist/journal.ts';
import { Outcomes } from '../persist/outcomes.ts';
import { planRestore } from '../plan/plan-for.ts';
import { noCheckpoints } from './checkpoint.ts';
import type { Confirm } from './parts.ts';
import { resume } from './resume.ts';
import { revert } from './revert.ts';
import { applyRequest, confirms, FileKernel, openTrial, richConfig, staysSilent } from './testing.ts';
import { once as atOnce } from './until-written.ts';

async function newHost(confirm: Confirm) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const state = join(folder, 'state');
  const kernel = FileKernel.create(join(folder, 'kernel'));
  const disk = new ScarceDisk();
  const open = async (stays: Confirm) =>
    openTrial(state, kernel, {
      ...{ disk, confirm: stays },
      documents: await Documents.open(disk, state),
      outcomes: await Outcomes.open(disk, state),
    });
  const before = await kernel.observe();
  /** Steps that are left until the kernel is as before. */
  const left = async () => planRestore(await kernel.observe(), before).ops;
  const said: string[] = [];
  const failures = new EventEmitter();
  const trial = await open(confirm);
  trial.parts.log = (level, message, facts) => {
    if (level !== 'error') return;
    said.push(`${message} ${JSON.stringify(facts)}`);
    failures.emit(String(facts?.['what']));
  };
  /** The first time that this cannot be written. */
  const unwritten = (what: string) => once(failures, what);
  return { state, disk, left, open, trial, said, unwritten };
}

/** An engine that is silent, while something else happens. */
const meanwhile =
  (happens: () => void): Confirm =>
  (question, signal) => {
    happens();
    return staysSilent(question, signal);
  };

test('a disk that is full while a change waits for its confirm keeps nobody from taking it back, and from saying so', async () => {
  const host = await newHost(meanwhile(() => host.disk.fill()));
  await host.trial.transactions.apply(applyRequest());
  await host.trial.transactions.idle();
  assert.deepEqual(await host.left(), []);
  const { ended } = await host.trial.transactions.outcome('t1');
  assert.equal(ended?.outcome, 'reverted', JSON.stringify(ended));
  assert.deepEqual(await host.disk.list(`${host.state}/txn`), []);
});

test('a disk that was made read-only keeps nobody from taking a change back; nothing else begins until that is written', async () => {
  const host = await newHost(meanwhile(() => host.disk.makeReadOnly()));
  const { transactions } = host.trial;
  const refused = host.unwritten('that the change was taken back');
  await transactions.apply(applyRequest());
  await refused;
  assert.deepEqual(await host.left(), []);
  assert.equal((await transactions.outcome('t1')).state, 'running');
  assert.equal((await transactions.apply(applyRequest({ transaction: 't2' }))).problem?.code, 'ERR_BUSY');
  host.disk.mend();
  await transactions.idle();
  const { ended } = await transactions.outcome('t1');
  assert.deepEqual([ended?.outcome, ended?.problem?.code], ['reverted', 'ERR_LOST_CONNECTION']);
  assert.deepEqual(await host.disk.list(`${host.state}/txn`), []);
});

test('a change that is to be kept is written before another begins, so that no later start of the agent puts it over that one', async () => {
  for (const [point, what] of [
    ['CONFIRMED', 'the change that is kept'],
    ['COMMITTED', 'how the change ended'],
  ] as const) {
    const host = await newHost(confirms);
    const { transactions, parts } = host.trial;
    const other: HostConfig = { bonds: {}, networks: {} };
    const refused = host.unwritten(what).then(() => host.unwritten(what));
    let at: string | null = point;
    parts.checkpoints = {
      ...noCheckpoints,
      reach: async (name) => {
        if (name !== at) return;
        at = null;
        host.disk.makeReadOnly();
      },
    };
    await transactions.apply(applyRequest());
    await refused;
    assert.equal((await transactions.outcome('t1')).state, 'running', point);
    assert.equal((await transactions.apply(applyRequest({ transaction: 't2' }))).problem?.code, 'ERR_BUSY', point);
    host.disk.mend();
    await transactions.idle();
    assert.equal((await transactions.outcome('t1')).ended?.outcome, 'committed', point);
    await transactions.apply(applyRequest({ transaction: 't2', config: other }));
    await transactions.idle();
    const next = await host.open(confirms);
    await next.transactions.resume();
    assert.deepEqual(await next.parts.documents.committed(), other, point);
  }
});

test('there is room for the end of a change with a large config', async () => {
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const nameservers = Array.from({ length: 20_000 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
  const config: HostConfig = { ...richConfig, networks: { blue: { ...blue, nameservers } } };
  const host = await newHost(async () => {
    host.disk.fill();
    return true;
  });
  void host.unwritten('the change that is kept').then(() => host.disk.mend());
  void host.unwritten('how the change ended').then(() => host.disk.mend());
  await host.trial.transactions.apply(applyRequest({ config }));
  await host.trial.transactions.idle();
  assert.deepEqual(host.said, []);
  assert.deepEqual(await host.trial.parts.documents.committed(), config);
});

test('what was decided to be kept is not taken back, whatever can be written', async () => {
  let decided: Promise<unknown> = Promise.resolve();
  const host = await newHost(
    meanwhile(() => {
      decided = Journal.open(host.disk, host.state, 't1').then((journal) => journal?.decide({ way: 'commit' }));
      void decided.then(() => host.disk.makeReadOnly());
    }),
  );
  await host.trial.transactions.apply(applyRequest());
  await host.trial.transactions.idle();
  await decided;
  const journal = await Journal.open(host.disk, host.state, 't1');
  assert.ok(journal !== null);
  const problem = { code: 'ERR_INTERRUPTED', message: '' } as const;
  assert.equal(await revert(host.trial.parts, journal, problem), 'confirmed');
  assert.notDeepEqual(await host.left(), []);
});

test('a change that a full disk keeps from beginning is refused, and the same one is done when there is room', async () => {
  const host = await newHost(confirms);
  const { transactions } = host.trial;
  host.disk.fill();
  const { accepted, problem } = await transactions.apply(applyRequest());
  assert.equal(accepted, false);
  assert.deepEqual([problem?.code, problem?.outcome], ['ERR_INTERNAL', 'unchanged']);
  assert.match(problem?.message ?? '', /not begun.*ENOSPC.*Ask again when the disk/);
  assert.equal(transactions.running(), null);
  assert.deepEqual(
    readdirSync(host.state).filter((name) => name.startsWith('.')),
    [],
  );
  host.disk.mend();
  assert.equal((await transactions.apply(applyRequest())).accepted, true);
  await transactions.idle();
  assert.equal((await transactions.outcome('t1')).ended?.outcome, 'committed');
});

test('a repair that a broken disk keeps from beginning is in the way of nothing', async () => {
  const host = await newHost(confirms);
  const { transactions, parts } = host.trial;
  host.disk.breakDown();
  assert.equal(await transactions.repair(parts.planner), null);
  host.disk.mend();
  await transactions.apply(applyRequest());
  await transactions.idle();
  assert.equal((await transactions.outcome('t1')).ended?.outcome, 'committed');
});

test('without room for its journal a change is not begun, and leaves nothing on the disk', async () => {
  for (const refuse of ['fill', 'makeReadOnly'] as const) {
    const host = await newHost(staysSilent);
    // The last that happens before the journal.
    host.trial.parts.rehearse = async () => {
      host.disk[refuse]();
      return { verdict: 'accepted' };
    };
    assert.equal((await host.trial.transactions.apply(applyRequest())).accepted, true);
    await host.trial.transactions.idle();
    assert.deepEqual(await host.left(), [], refuse);
    assert.equal(host.trial.transactions.running(), null);
    const kept = readdirSync(host.state, { recursive: true }).map(String);
    assert.deepEqual(
      kept.filter((name) => name.startsWith('txn/') || name.includes('.new-')),
      [],
      refuse,
    );
  }
});

test('neither a boot nor a start of the agent waits for what cannot be written of a former change', async () => {
  const host = await newHost(confirms);
  // An agent that is killed while it waits for its guard.
  const prepared = new Promise<void>((resolve) => {
    host.trial.parts.guards.arm = () => {
      resolve();
      return new Promise(() => {});
    };
  });
  await host.trial.transactions.apply(applyRequest());
  await prepared;
  const next = await host.open(confirms);
  const open = await Journal.open(host.disk, host.state, 't1');
  assert.ok(open !== null);
  host.disk.makeReadOnly();
  const { transactions, parts } = next;
  await assert.rejects(resume({ ...parts, insist: atOnce }, open), /EROFS/);
  await transactions.resume();
  assert.equal(transactions.running(), 't1');
  assert.equal((await transactions.apply(applyRequest({ transaction: 't2' }))).problem?.code, 'ERR_BUSY');
  assert.equal((await transactions.apply(applyRequest())).accepted, true, 'the same one once more');
  host.disk.mend();
  await transactions.idle();
  assert.equal(transactions.running(), null);
  assert.deepEqual(await host.disk.list(`${host.state}/txn`), []);
});

test('while the end of a revert cannot be written, the host is left to other hands', async () => {
  const host = await newHost(staysSilent);
  const { transactions, parts } = host.trial;
  parts.checkpoints = {
    ...noCheckpoints,
    reach: async (name) => {
      if (name === 'revert snapshot run') host.disk.makeReadOnly();
    },
  };
  const what = 'that the change was taken back';
  const first = host.unwritten(what);
  await transactions.apply(applyRequest());
  await first;
  const second = host.unwritten(what).then(() => host.unwritten(what));
  await parts.kernel.execute([{ kind: 'link.set', name: 'eth0', mtu: 9000 }]);
  await second;
  assert.equal((await parts.kernel.observe()).links.find(({ name }) => name === 'eth0')?.mtu, 9000);
  host.disk.mend();
  await transactions.idle();
  assert.equal((await transactions.outcome('t1')).ended?.outcome, 'reverted');
});

test('a guard for which there is no room costs the change, and nobody who waits for his turn', async () => {
  for (const refuse of ['fill', 'makeReadOnly'] as const) {
    const host = await newHost(staysSilent);
    const { transactions, parts } = host.trial;
    parts.guards.arm = async () => {
      host.disk[refuse]();
      throw new Error('ENOSPC');
    };
    const refused = refuse === 'fill' ? null : host.unwritten('that nothing was changed');
    await transactions.apply(applyRequest());
    await refused;
    await parts.turn(async () => {});
    if (refused !== null) host.disk.mend();
    await transactions.idle();
    const { ended } = await transactions.outcome('t1');
    assert.deepEqual([ended?.outcome, ended?.changed], ['unchanged', false], refuse);
    assert.match(ended?.problem?.message ?? '', /^No guard could be started, so nothing was changed/);
  }
});

test('a change does not wait for a repair whose end cannot be written', async () => {
  const host = await newHost(staysSilent);
  const { transactions, parts } = host.trial;
  await parts.documents.setRunning(richConfig);
  parts.guards.arm = async () => {
    host.disk.makeReadOnly();
    throw new Error('ENOSPC');
  };
  const repaired = transactions.repair(parts.planner);
  const { problem } = await transactions.apply(applyRequest());
  assert.equal(problem?.code, 'ERR_BUSY');
  host.disk.mend();
  assert.equal((await repaired)?.outcome, 'unchanged');
});
