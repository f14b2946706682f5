import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig, KernelOp, NetworkConfig } from '@patchbay/protocol';
import type { Kernel } from '../kernel.ts';
import { readConfig } from '../link/read-config.ts';
import { Reporter } from '../link/reporter.ts';
import { takeClaim } from '../persist/claim.ts';
import { realDisk } from '../persist/disk.ts';
import { journalsFolder } from '../persist/journal.ts';
import { ownProcess } from '../persist/process-id.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import type { Rehearsed } from '../rehearse/rehearse.ts';
import type { Question, TransactionParts } from './parts.ts';
import {
  applyRequest,
  confirms,
  FileKernel,
  idleGuards,
  neverTheSameLease,
  openTrial,
  richConfig,
  staysSilent,
  type Trial,
} from './testing.ts';

function newHost(): { state: string; kernelFile: string; kernel: FileKernel } {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const kernelFile = join(folder, 'kernel');
  return { state: join(folder, 'state'), kernelFile, kernel: FileKernel.create(kernelFile) };
}

async function looksLike(kernel: Kernel, config: HostConfig): Promise<boolean> {
  const planned = planFor(await kernel.observe(), config);
  return planned.ok && planned.value.ops.length === 0;
}

async function ended({ transactions }: Trial, id = 't1') {
  await transactions.idle();
  const { ended: result } = await transactions.outcome(id);
  assert.ok(result !== null, 'the transaction has ended');
  return result;
}

test('a confirmed change is kept, now and for the next boot', async () => {
  const { state, kernel } = newHost();
  const trial = await openTrial(state, kernel);
  assert.deepEqual(await trial.transactions.apply(applyRequest()), {
    accepted: true,
    problem: null,
    patience: { others: 22_000, verify: 14_000, confirm: 200 },
  });
  assert.equal(trial.transactions.running(), 't1');
  const result = await ended(trial);
  assert.equal(result.outcome, 'committed');
  assert.equal(result.changed, true);
  assert.deepEqual(Object.keys(result.timings), [
    'observe',
    'plan',
    'rehearse',
    'prepare',
    'arm',
    'execute',
    'verify',
    'confirm',
    'commit',
  ]);
  assert.ok(await looksLike(kernel, richConfig));
  assert.deepEqual(await trial.parts.documents.running(), richConfig);
  assert.deepEqual(await trial.parts.documents.committed(), richConfig);
  assert.deepEqual(await trial.parts.disk.list(`${state}/txn`), []);
  assert.deepEqual(trial.parts.outcomes.unacknowledged(), ['t1']);
});

test('the kernel is read before a change and to prove it, and not once more for the MACs that are kept', async () => {
  const { state, kernel } = newHost();
  let looks = 0;
  const live: Kernel = {
    observe: () => {
      looks += 1;
      return kernel.observe();
    },
    execute: (...steps) => kernel.execute(...steps),
  };
  const trial = await openTrial(state, kernel, { live });
  await trial.transactions.apply(applyRequest({ checkConnectivity: false, rehearse: false }));
  assert.equal((await ended(trial)).outcome, 'committed');
  assert.equal(looks, 2);
  assert.equal((await trial.parts.documents.macs())['bond0']?.mac, '02:00:00:00:00:02');
  await trial.transactions.apply(applyRequest({ transaction: 'same' }));
  assert.equal((await ended(trial, 'same')).changed, false);
  assert.equal(looks, 3, 'where nothing is to be done, one look is all');
});

test('what a rehearsal refuses does not begin, and what cannot be rehearsed does', async () => {
  const { state, kernel } = newHost();
  let verdict: Rehearsed = { verdict: 'impossible', reason: 'no namespaces' };
  let asked = 0;
  const trial = await openTrial(state, kernel, {
    rehearse: async (_before, [op]) => {
      asked += 1;
      assert.ok(op !== undefined);
      return verdict.verdict === 'refused' ? { ...verdict, op } : verdict;
    },
  });
  verdict = { verdict: 'refused', op: { kind: 'link.del', name: 'x' }, message: 'Operation not supported' };
  await trial.transactions.apply(applyRequest({ transaction: 'refused' }));
  const refused = await ended(trial, 'refused');
  assert.equal(refused.outcome, 'unchanged');
  assert.equal(refused.problem?.code, 'ERR_REHEARSAL');
  assert.match(refused.problem?.message ?? '', /Make bond bond0.*: Operation not supported\. .*rehearse=false/);
  assert.ok(!(await looksLike(kernel, richConfig)));
  assert.deepEqual(await trial.parts.disk.list(`${state}/txn`), []);
  await trial.transactions.apply(applyRequest({ transaction: 'unrehearsed', rehearse: false, commit: false }));
  assert.equal((await ended(trial, 'unrehearsed')).outcome, 'committed');
  assert.equal(asked, 1);
  verdict = { verdict: 'impossible', reason: 'no namespaces' };
  await trial.transactions.apply(applyRequest({ transaction: 'back', config: { bonds: {}, networks: {} } }));
  assert.equal((await ended(trial, 'back')).outcome, 'committed');
  assert.equal(asked, 2);
});

test('a change that is not to be committed is not restored at the next boot', async () => {
  const { state, kernel } = newHost();
  const trial = await openTrial(state, kernel);
  await trial.transactions.apply(applyRequest({ commit: false }));
  assert.equal((await ended(trial)).outcome, 'committed');
  assert.deepEqual(await trial.parts.documents.running(), richConfig);
  assert.deepEqual(await trial.parts.documents.committed(), { bonds: {}, networks: {} });
  await trial.transactions.commitRunning();
  assert.deepEqual(await trial.parts.documents.committed(), richConfig);
});

test('a change that nobody confirms is taken back', async () => {
  const { state, kernel } = newHost();
  const before = await kernel.observe();
  const trial = await openTrial(state, kernel, { confirm: staysSilent });
  await trial.transactions.apply(applyRequest());
  const result = await ended(trial);
  assert.equal(result.outcome, 'reverted');
  assert.equal(result.problem?.code, 'ERR_LOST_CONNECTION');
  assert.deepEqual(planRestore(await kernel.observe(), before).ops, []);
  assert.deepEqual(
    (await kernel.observe()).links.map(({ name }) => name),
    ['eth0', 'eth1', 'eth2'],
  );
  assert.deepEqual(await trial.parts.documents.running(), { bonds: {}, networks: {} });
});

test('a failover meanwhile, on devices that the change has nothing to do with, is not taken back with it', async () => {
  const { state, kernel } = newHost();
  const vip = (kind: 'addr.add' | 'addr.del', address: string): KernelOp => ({
    ...{ kind, device: 'eth0', family: 4, address, prefix: 32, nodad: true, validFor: null },
  });
  await kernel.execute([vip('addr.add', '10.9.0.101')]);
  const trial = await openTrial(state, kernel, {
    confirm: async (...asked) => {
      await kernel.execute([vip('addr.add', '10.9.0.100'), vip('addr.del', '10.9.0.101')]);
      return staysSilent(...asked);
    },
  });
  await trial.transactions.apply(applyRequest());
  assert.equal((await ended(trial)).outcome, 'reverted');
  assert.deepEqual(
    (await kernel.observe()).links.map(({ name, addresses }) => [name, ...addresses.map(({ address }) => address)]),
    [['eth0', '10.9.0.100'], ['eth1'], ['eth2']],
  );
});

for (const begun of [false, true]) {
  test(`a revert that was ${begun ? 'begun by one that died' : 'refused a step'} leaves nothing half done elsewhere`, async () => {
    const { state, kernel, kernelFile } = newHost();
    const theirs = { kind: 'addr.add', device: 'theirs', family: 4, address: '10.9.0.5', prefix: 24 } as const;
    const made = { kind: 'link.add', name: 'theirs', type: 'vlan', mac: null, base: 'eth0', vlan: 50 } as const;
    const give: KernelOp = { ...theirs, nodad: true, validFor: null };
    const make: KernelOp = { ...made, options: {} };
    const plain: KernelOp = { kind: 'link.set', name: 'theirs', group: 0, alias: '' };
    await kernel.execute([make, plain, give]);
    const refusals = begun ? [] : ['once'];
    const refuses = (op: KernelOp): boolean =>
      op.kind === 'addr.add' && op.device === 'theirs' && refusals.pop() !== undefined;
    const trial = await openTrial(state, new FileKernel(kernelFile, refuses), {
      confirm: async (...asked) => {
        // The device vanishes, and in the other case is made again by a revert that comes no further.
        await kernel.execute([{ kind: 'link.del', name: 'theirs' }, ...(begun ? [make, plain] : [])]);
        const dead = { ...ownProcess(), start: 1 };
        if (begun) assert.ok(await takeClaim(realDisk, join(journalsFolder(state), 't1'), dead));
        return staysSilent(...asked);
      },
    });
    await trial.transactions.apply(applyRequest());
    assert.equal((await ended(trial)).outcome, 'reverted');
    const device = (await kernel.observe()).links.find(({ name }) => name === 'theirs');
    assert.deepEqual(
      device?.addresses.map(({ address }) => address),
      ['10.9.0.5'],
    );
  });
}

test('without a check of the connection nobody is asked, and the change is still verified', async () => {
  const { state, kernel } = newHost();
  const trial = await openTrial(state, kernel, { confirm: staysSilent });
  await trial.transactions.apply(applyRequest({ checkConnectivity: false }));
  assert.equal((await ended(trial)).outcome, 'committed');

  const other = newHost();
  // A kernel that says yes and does nothing.
  const idle: Kernel = { observe: () => other.kernel.observe(), execute: async () => ({ ok: true }) };
  const lied = await openTrial(other.state, idle, { confirm: staysSilent });
  await lied.transactions.apply(applyRequest({ checkConnectivity: false }));
  const result = await ended(lied);
  assert.equal(result.outcome, 'reverted');
  assert.equal(result.problem?.code, 'ERR_VERIFY');
});

test('whichever step the kernel refuses, everything is taken back', async () => {
  const probe = newHost();
  const planned = planFor(await probe.kernel.observe(), richConfig);
  assert.ok(planned.ok);
  const steps = planned.value.ops.length;
  assert.ok(steps > 15);
  for (let at = 0; at < steps; at += 1) {
    const { state, kernelFile, kernel } = newHost();
    const before = await kernel.observe();
    let count = 0;
    const trial = await openTrial(state, new FileKernel(kernelFile, () => count++ === at));
    await trial.transactions.apply(applyRequest());
    const result = await ended(trial);
    assert.equal(result.outcome, 'reverted', `step ${at}`);
    assert.equal(result.problem?.code, 'ERR_STEP_FAILED');
    assert.deepEqual(planRestore(await kernel.observe(), before).ops, [], `step ${at}`);
  }
});

test('X5 a way back that the kernel refuses is told, and what was reached instead', async () => {
  const { state, kernelFile, kernel } = newHost();
  let deletions = false;
  const stubborn = new FileKernel(kernelFile, (op) => {
    if (op.kind === 'link.del' || op.kind === 'link.del-group') deletions = true;
    return op.kind === 'link.del' || op.kind === 'link.del-group';
  });
  const trial = await openTrial(state, stubborn, { confirm: staysSilent });
  await trial.transactions.apply(applyRequest());
  const result = await ended(trial);
  assert.ok(deletions);
  assert.equal(result.outcome, 'revert-failed');
  assert.equal(result.problem?.code, 'ERR_REVERT');
  assert.match(result.problem?.message ?? '', /brought back to its management path/);
  assert.ok((await kernel.observe()).links.some(({ name }) => name === 'bond0'));
});

/** A host that reached its engine through a gateway, which answered. */
async function reachedHost(part: Partial<TransactionParts> = {}) {
  const { state, kernel, kernelFile } = newHost();
  const before = await kernel.observe();
  const address = { family: 4, address: '192.0.2.5', prefix: 24, scope: 'global', origin: 'static' } as const;
  const [eth0] = before.links;
  eth0?.addresses.push({ ...address, tentative: false, dadFailed: false, validFor: null });
  writeFileSync(kernelFile, JSON.stringify(before));
  const ends = { local: '192.0.2.5', remote: '192.0.2.1' };
  const common = { connection: () => ends, management: () => ends.local, confirm: staysSilent };
  const trial = await openTrial(state, kernel, { ...common, ...part });
  return { trial, kernel, before };
}

test('a revert is proven by the way to the engine: a neighbour that was known has to answer', async () => {
  const asked: string[] = [];
  const { trial, kernel, before } = await reachedHost({
    neighbours: {
      known: async () => true,
      answers: async (device, address, patience) => asked.push(`${address} on ${device} for ${patience} ms`) > 0,
    },
  });
  await trial.transactions.apply(applyRequest());
  const { outcome, problem } = await ended(trial);
  assert.equal(outcome, 'reverted');
  assert.doesNotMatch(problem?.message ?? '', /answer/);
  // A carrier that comes back, and then the port of a switch with spanning tree.
  assert.deepEqual(asked, ['192.0.2.1 on eth0 for 40000 ms']);
  assert.deepEqual(planRestore(await kernel.observe(), before).ops, []);
});

test('where nothing helps the host is left whole as it was, which is told, and restarted only if that was allowed', async () => {
  for (const rescueReboot of [false, true]) {
    let reboots = 0;
    const { trial, kernel, before } = await reachedHost({
      neighbours: { known: async () => true, answers: async () => false },
      rescueReboot,
      reboot: async () => {
        reboots += 1;
      },
    });
    await trial.transactions.apply(applyRequest());
    const { outcome, problem } = await ended(trial);
    assert.equal(outcome, 'reverted');
    assert.equal(problem?.code, 'ERR_LOST_CONNECTION');
    assert.match(
      problem?.message ?? '',
      /192\.0\.2\.1 on eth0, by which the engine is reached, does not answer any more/,
    );
    assert.deepEqual(planRestore(await kernel.observe(), before).ops, []);
    assert.equal(reboots, rescueReboot ? 1 : 0);
  }
});

test('a snapshot by which nobody is reached gives way to the committed config by which somebody is', async () => {
  const { trial, kernel } = await reachedHost({ confirm: confirms });
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const red = {
    ...blue,
    base: 'eth0',
    vlan: 9,
    ipv4: { method: 'none' },
    defaultRoute: false,
    nameservers: null,
  } as const;
  await trial.transactions.apply(applyRequest({ config: { bonds: {}, networks: { red } }, commit: false }));
  assert.equal((await ended(trial)).outcome, 'committed');
  // Something about that network, which nobody committed, keeps the gateway from answering.
  const isGone = async () => !(await kernel.observe()).links.some(({ name }) => name === 'red');
  trial.parts.neighbours = { known: async () => true, answers: isGone };
  trial.parts.confirm = staysSilent;
  await trial.transactions.apply(applyRequest({ transaction: 't2' }));
  const { outcome, problem } = await ended(trial, 't2');
  assert.equal(outcome, 'revert-failed');
  assert.match(problem?.message ?? '', /does not answer any more.*brought back to its committed config instead/);
  assert.ok(await isGone());
});

test('a server that says something new at every look keeps a host from its committed config no more than from another', async () => {
  const { trial, kernel } = await reachedHost({ confirm: confirms });
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const plain = {
    ...blue,
    base: 'eth0',
    vlan: 9,
    defaultRoute: false,
    nameservers: null,
    ipv4: { method: 'none' },
  } as const;
  const leased = { bonds: {}, networks: { blue: { ...plain, vlan: 8, ipv4: { method: 'dhcp' } } } } as const;
  await trial.transactions.apply(applyRequest({ config: leased }));
  assert.equal((await ended(trial)).outcome, 'committed');
  const both = { bonds: {}, networks: { ...leased.networks, red: plain } };
  await trial.transactions.apply(applyRequest({ transaction: 't2', config: both, commit: false }));
  assert.equal((await ended(trial, 't2')).outcome, 'committed');
  const isGone = async () => !(await kernel.observe()).links.some(({ name }) => name === 'red');
  trial.parts.neighbours = { known: async () => true, answers: isGone };
  trial.parts.confirm = staysSilent;
  trial.parts.kernel = neverTheSameLease(kernel);
  await trial.transactions.apply(applyRequest({ transaction: 't3' }));
  const { problem } = await ended(trial, 't3');
  assert.match(problem?.message ?? '', /brought back to its committed config instead/);
  assert.ok(await isGone());
});

test('X7 while a change waits for its confirm nothing of it is where a boot would read', async () => {
  const { state, kernel } = newHost();
  const seen: HostConfig[] = [];
  const trial = await openTrial(state, kernel, {
    confirm: async () => {
      seen.push(await trial.parts.documents.committed(), await trial.parts.documents.running());
      return true;
    },
  });
  await trial.transactions.apply(applyRequest());
  assert.equal((await ended(trial)).outcome, 'committed');
  const nothing = { bonds: {}, networks: {} };
  assert.deepEqual(seen, [nothing, nothing]);
  assert.deepEqual(await trial.parts.documents.committed(), richConfig);
});

test('X18 what comes from an engine is checked on the host as well, and no name reaches a program unchecked', async () => {
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const bad: HostConfig[] = [
    { bonds: { 'x type dummy': { slaves: ['eth1'], options: {} } }, networks: {} },
    { bonds: {}, networks: { 'a\nlink del eth0': { ...blue, base: 'eth1' } } },
    { bonds: { bond0: { slaves: ['eth1'], options: { mode: '9' } } }, networks: {} },
    { bonds: {}, networks: { blue: { ...blue, base: 'eth1' }, red: { ...blue, base: 'eth1', vlan: 7 } } },
    { bonds: {}, networks: { blue: { ...blue, base: 'eth1; reboot' } } },
  ];
  assert.deepEqual(
    bad.map((config) => readConfig(config).ok),
    [true, true, true, true, false],
    'only one of them is no config at all',
  );
  for (const config of bad.slice(0, -1)) {
    const { state, kernel } = newHost();
    const before = await kernel.observe();
    const trial = await openTrial(state, kernel);
    await trial.transactions.apply(applyRequest({ config }));
    assert.equal((await ended(trial)).outcome, 'unchanged', JSON.stringify(config));
    assert.deepEqual(await kernel.observe(), before);
  }
});

test('X15 whether the running config is committed is computed, also by an agent that was started anew', async () => {
  const { state, kernel } = newHost();
  const { transactions, parts } = await openTrial(state, kernel);
  const isCommitted = async () => (await new Reporter(kernel, parts.documents, 1, () => false).report()).committed;
  assert.equal(await isCommitted(), true);
  await transactions.apply(applyRequest({ commit: false }));
  await transactions.idle();
  assert.equal(await isCommitted(), false);
  const again = await openTrial(state, kernel);
  assert.equal((await new Reporter(kernel, again.parts.documents, 2, () => false).report()).committed, false);
  await again.transactions.commitRunning();
  assert.equal(await isCommitted(), true);
});

test('X3 a confirm belongs to one transaction, and the wall clock decides nothing', async () => {
  const { state, kernel } = newHost();
  const asked: Question[] = [];
  const trial = await openTrial(state, kernel, {
    confirm: async (question, signal) => {
      asked.push(question);
      return question.transaction === 't1' || staysSilent(question, signal);
    },
  });
  await trial.transactions.apply(applyRequest({ nonceHash: 'first', commit: false }));
  assert.equal((await ended(trial)).outcome, 'committed');
  const now = Date.now;
  const change: HostConfig = { bonds: {}, networks: {} };
  await trial.transactions.apply(applyRequest({ transaction: 't2', nonceHash: 'second', config: change }));
  // An hour passes on the wall, which is not the deadline.
  Date.now = () => now() + 3_600_000;
  const begun = performance.now();
  assert.equal((await ended(trial, 't2')).outcome, 'reverted');
  Date.now = now;
  assert.ok(performance.now() - begun >= 150, 'it waited for as long as it was told');
  assert.deepEqual(
    asked.map(({ transaction, nonceHash }) => `${transaction} ${nonceHash}`),
    ['t1 first', 't2 second'],
  );
});

test('an empty plan is committed at once, and still stored', async () => {
  const { state, kernel } = newHost();
  const first = await openTrial(state, kernel);
  await first.transactions.apply(applyRequest({ commit: false }));
  await first.transactions.idle();
  const trial = await openTrial(state, kernel, { confirm: staysSilent });
  await trial.transactions.apply(applyRequest({ transaction: 't2' }));
  const result = await ended(trial, 't2');
  assert.equal(result.outcome, 'committed');
  assert.equal(result.changed, false);
  assert.deepEqual(await trial.parts.documents.committed(), richConfig);
});

test('what this host cannot do is refused before anything is touched', async () => {
  const { state, kernel } = newHost();
  const before = await kernel.observe();
  const trial = await openTrial(state, kernel);
  const config = { bonds: { bond0: { slaves: ['eth9'], options: {} } }, networks: {} };
  await trial.transactions.apply(applyRequest({ config }));
  const result = await ended(trial);
  assert.equal(result.outcome, 'unchanged');
  assert.equal(result.problem?.code, 'ERR_BAD_NIC');
  assert.deepEqual(await kernel.observe(), before);
});

test('one change at a time, each id once, and no engine of yesterday', async () => {
  const { state, kernel } = newHost();
  let confirm: (yes: boolean) => void = () => {};
  let asked = 0;
  const trial = await openTrial(state, kernel, {
    confirm: () => {
      asked += 1;
      return new Promise((resolve) => {
        confirm = resolve;
      });
    },
  });
  const { transactions } = trial;
  await transactions.apply(applyRequest({ epoch: 5, confirmTimeout: 60_000 }));
  const busy = await transactions.apply(applyRequest({ transaction: 't2', epoch: 6 }));
  assert.equal(busy.problem?.code, 'ERR_BUSY');
  assert.match(busy.problem?.message ?? '', /t1/);
  // The same again, from an engine that took over: accepted, done once.
  assert.equal((await transactions.apply(applyRequest({ epoch: 6, nonceHash: 'other' }))).accepted, true);
  assert.equal((await transactions.apply(applyRequest({ commit: false }))).problem?.code, 'ERR_BAD_PARAMS');
  while (transactions.awaiting() === null || asked === 0) await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(transactions.commitRunning(), /ERR_BUSY/);
  confirm(true);
  const { plan, ...first } = await ended(trial);
  assert.ok(plan !== undefined && plan.steps.length > 0, 'what was done is told with the outcome');
  assert.equal(asked, 1);

  await trial.parts.outcomes.acknowledge('t1');
  assert.equal((await transactions.apply(applyRequest({ epoch: 1 }))).accepted, true);
  assert.deepEqual(await ended(trial), first, 'without its plan, which an engine knows by now');
  assert.deepEqual(trial.parts.outcomes.unacknowledged(), ['t1'], 'told again to whoever asked again');
  assert.equal((await transactions.apply(applyRequest({ commit: false }))).problem?.code, 'ERR_BAD_PARAMS');

  const stale = await transactions.apply(applyRequest({ transaction: 't3', epoch: 4 }));
  assert.equal(stale.problem?.code, 'ERR_EPOCH');
  assert.deepEqual(await transactions.outcome('t3'), { state: 'unknown', ended: null });
  assert.equal((await transactions.apply(applyRequest({ transaction: '../t4' }))).problem?.code, 'ERR_BAD_PARAMS');
});

test('where a bond is under the way to the engine, a change is confirmed twice', async () => {
  const { state, kernel } = newHost();
  const asked: number[] = [];
  const trial = await openTrial(state, kernel, {
    management: () => '198.51.100.2',
    confirm: async () => asked.push(performance.now()) > 0,
  });
  const network = { ...richConfig.networks['blue'], base: 'eth1' } as NetworkConfig;
  const onNic: HostConfig = { bonds: {}, networks: { blue: network } };
  await trial.transactions.apply(applyRequest({ config: onNic, confirmTimeout: 20_000 }));
  assert.equal((await ended(trial)).outcome, 'committed');
  assert.equal(asked.length, 1);

  await trial.transactions.apply(applyRequest({ transaction: 't2', confirmTimeout: 20_000 }));
  assert.equal((await ended(trial, 't2')).outcome, 'committed');
  const [, first = 0, second = 0] = asked;
  assert.ok(second - first >= 990, `${second - first} ms apart`);

  const red: NetworkConfig = {
    ...network,
    base: 'eth0',
    vlan: null,
    ipv4: { method: 'none' },
    defaultRoute: false,
    nameservers: null,
  };
  const beside: HostConfig = { ...richConfig, networks: { ...richConfig.networks, red } };
  await trial.transactions.apply(applyRequest({ transaction: 't3', config: beside, confirmTimeout: 20_000 }));
  assert.equal((await ended(trial, 't3')).outcome, 'committed');
  assert.equal(asked.length, 5, 'whether the change touches the bond or not');
});

test('an agent that loses its guard takes the change back', async () => {
  const { state, kernel } = newHost();
  const before = await kernel.observe();
  const guards = idleGuards();
  const trial = await openTrial(state, kernel, {
    guards,
    confirm: (...asked) => {
      guards.lose();
      return staysSilent(...asked);
    },
  });
  await trial.transactions.apply(applyRequest({ confirmTimeout: 60_000 }));
  const result = await ended(trial);
  assert.equal(result.outcome, 'reverted');
  assert.equal(result.problem?.code, 'ERR_INTERRUPTED');
  assert.deepEqual(planRestore(await kernel.observe(), before).ops, []);
});

test('whoever else keeps the kernel up, as for leases, has it before a change looks or after its last step', async () => {
  for (const confirm of [staysSilent, confirms]) {
    const { state, kernel } = newHost();
    const seen: { steps: number; config: HostConfig }[] = [];
    let steps = 0;
    const watched: Kernel = {
      observe: async () => {
        // As a lease that comes at this moment would.
        void trial.parts.turn(async () => {
          seen.push({ steps, config: await trial.transactions.configInForce() });
        });
        return kernel.observe();
      },
      execute: async (ops, betweenRuns) => {
        const execution = await kernel.execute(ops, betweenRuns);
        steps += 1;
        return execution;
      },
    };
    const trial = await openTrial(state, watched, { confirm });
    await trial.transactions.apply(applyRequest());
    await ended(trial);
    await trial.parts.turn(async () => {});
    assert.deepEqual(seen[0], { steps: 1, config: richConfig }, 'its plan would have rested on what was no more');
    const last = seen.at(-1);
    if (confirm === staysSilent) assert.deepEqual(last, { steps, config: { bonds: {}, networks: {} } });
    else assert.equal(steps, 1);
  }
});

test('without a guard nothing is done', async () => {
  const { state, kernel } = newHost();
  const before = await kernel.observe();
  const guards = { ...idleGuards(), arm: () => Promise.reject(new Error('No memory.')) };
  const trial = await openTrial(state, kernel, { guards });
  await trial.transactions.apply(applyRequest());
  const result = await ended(trial);
  assert.equal(result.outcome, 'unchanged');
  assert.match(result.problem?.message ?? '', /No memory/);
  assert.deepEqual(await kernel.observe(), before);
});

test('a decision of the guard stands, even against a confirm', async () => {
  const { state, kernel } = newHost();
  const problem = { code: 'ERR_LOST_CONNECTION', message: 'Too late.' } as const;
  const { disk } = (await openTrial(state, kernel)).parts;
  const trial = await openTrial(state, kernel, {
    confirm: async ({ transaction }) => {
      await disk.write(`${state}/txn/${transaction}/decision`, JSON.stringify({ way: 'revert', problem }));
      return true;
    },
  });
  await trial.transactions.apply(applyRequest());
  const result = await ended(trial);
  assert.equal(result.outcome, 'reverted');
  assert.deepEqual(result.problem, problem);
});
