import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { repairPlanner } from '../drift/repair.ts';
import { planFor } from '../plan/plan-for.ts';
import { bootRestore } from './boot-restore.ts';
import { FurtherTries } from './further-tries.ts';
import { applyRequest, FileKernel, openTrial, richConfig } from './testing.ts';

/** A host after a boot in which its resolver did not answer. */
async function hostWithoutResolver() {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel');
  FileKernel.create(path);
  const host = { answers: false, asked: 0 };
  const kernel = new FileKernel(path, ({ kind }) => {
    if (kind === 'dns.set') host.asked += 1;
    return kind === 'dns.set' && !host.answers;
  });
  const { parts } = await openTrial(`${path}.state`, kernel);
  await parts.documents.setCommitted(richConfig);
  assert.match((await bootRestore(parts)) ?? '', /dns\.set/);
  return { host, kernel, parts, state: `${path}.state` };
}

test('what was refused during the boot is tried again by the agent that starts later', async () => {
  const { host, kernel, state } = await hostWithoutResolver();
  const { parts } = await openTrial(state, kernel);
  host.answers = true;
  await new FurtherTries(parts, () => false, [0, 0]).begin();
  const planned = planFor(await kernel.observe(), richConfig);
  assert.deepEqual(planned.ok && planned.value.ops, []);
  assert.equal(await parts.documents.lacking(parts.self.bootId), null);
  const { asked } = host;
  await new FurtherTries(parts, () => false, [0, 0]).begin();
  assert.equal(host.asked, asked, 'and then no more');
});

test('what stays refused is given up in the end, and said', async () => {
  const { host, parts } = await hostWithoutResolver();
  const said: string[] = [];
  const log: typeof parts.log = (level, message) => said.push(`${level} ${message}`);
  host.asked = 0;
  await new FurtherTries({ ...parts, log }, () => false, [0, 0]).begin();
  assert.ok(host.asked > 0);
  assert.deepEqual(said, [
    'warn tried again what was lacking after a boot',
    'warn tried again what was lacking after a boot',
    'error not tried again before the next boot',
  ]);
});

test('tries that are used up stay so when the agent starts anew, and what another boot lacked is no concern of this one', async () => {
  const { host, kernel, parts, state } = await hostWithoutResolver();
  await new FurtherTries(parts, () => false, [0, 0]).begin();
  const { asked } = host;
  const { parts: later } = await openTrial(state, kernel);
  await new FurtherTries(later, () => false, [0, 0]).begin();
  assert.equal(host.asked, asked);
  const self = { ...later.self, bootId: 'another' };
  await new FurtherTries({ ...later, self }, () => false, [0, 0, 0]).begin();
  assert.equal(host.asked, asked);
  await new FurtherTries(later, () => false, [0, 0, 0]).begin();
  assert.ok(host.asked > asked, 'the same boot allows a third');
});

test('a try takes the steps that were refused, and what another hand has changed elsewhere stays', async () => {
  const { host, kernel, parts } = await hostWithoutResolver();
  const byHand = await kernel.execute([
    { kind: 'addr.add', device: 'blue', address: '198.51.100.77', prefix: 24, family: 4, nodad: true, validFor: null },
    { kind: 'link.set', name: 'bond0', mtu: 1400 },
  ]);
  assert.ok(byHand.ok, JSON.stringify(byHand));
  const { links } = await kernel.observe();
  host.answers = true;
  await new FurtherTries(parts, () => false, [0]).begin();
  const after = await kernel.observe();
  assert.deepEqual(after.links, links);
  assert.deepEqual(after.nameservers, ['198.51.100.53']);
  assert.equal(await parts.documents.lacking(parts.self.bootId), null);
});

test('a network that is accepted later is brought up, and what another hand has changed elsewhere stays', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'patchbay-')), 'kernel');
  const kernel = FileKernel.create(path);
  const { parts } = await openTrial(`${path}.state`, kernel);
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const jumbo = { ...blue, base: 'eth0', mtu: 9500, ipv4: { method: 'none' }, defaultRoute: false } as const;
  await parts.documents.setCommitted({
    ...richConfig,
    networks: { blue, jumbo: { ...jumbo, nameservers: null } },
  });
  assert.match((await bootRestore(parts)) ?? '', /^Left out network jumbo/);
  await kernel.execute([{ kind: 'link.set', name: 'blue', up: false }]);
  const state = await kernel.observe();
  const links = state.links.map((link) => (link.name === 'eth0' ? { ...link, maxMtu: 9600 } : link));
  writeFileSync(path, JSON.stringify({ ...state, links }));
  await new FurtherTries(parts, () => false, [0]).begin();
  const link = async (name: string) => (await kernel.observe()).links.find((one) => one.name === name);
  assert.equal((await link('jumbo'))?.mtu, 9500);
  assert.equal((await link('blue'))?.adminUp, false);
  assert.equal(await parts.documents.lacking(parts.self.bootId), null);
});

test('a change that is kept leaves nothing lacking, whether or not it finds something to do', async () => {
  const { blue } = richConfig.networks;
  assert.ok(blue !== undefined);
  const withoutServers = { ...richConfig, networks: { blue: { ...blue, nameservers: null } } };
  for (const [config, changed] of [
    [richConfig, true],
    [withoutServers, false],
  ] as const) {
    const { host, kernel, parts, state } = await hostWithoutResolver();
    assert.notEqual(await parts.documents.lacking(parts.self.bootId), null);
    host.answers = true;
    const { transactions } = await openTrial(state, kernel, { documents: parts.documents });
    await transactions.apply(applyRequest({ config }));
    await transactions.idle();
    assert.equal((await transactions.outcome('t1')).ended?.changed, changed);
    assert.deepEqual(await parts.documents.running(), config);
    assert.equal(await parts.documents.lacking(parts.self.bootId), null);
  }
});

test('a repair leaves what is lacking as it is, whether or not it finds something to do', async () => {
  const { host, kernel, parts, state } = await hostWithoutResolver();
  const { transactions } = await openTrial(state, kernel, { documents: parts.documents });
  const lacking = await parts.documents.lacking(parts.self.bootId);
  assert.notEqual(lacking, null);
  const repairs = repairPlanner(parts.planner, new Set(['addresses']));
  assert.equal(await transactions.repair(repairs), null);
  assert.deepEqual(await parts.documents.lacking(parts.self.bootId), lacking);
  const byHand = await kernel.execute([
    { kind: 'addr.del', device: 'blue', address: '198.51.100.2', prefix: 24, family: 4 },
  ]);
  assert.ok(byHand.ok, JSON.stringify(byHand));
  assert.equal((await transactions.repair(repairs))?.outcome, 'committed');
  assert.deepEqual(await parts.documents.lacking(parts.self.bootId), lacking);
  host.answers = true;
  await new FurtherTries(parts, () => false, [0]).begin();
  assert.deepEqual((await kernel.observe()).nameservers, ['198.51.100.53']);
  assert.equal(await parts.documents.lacking(parts.self.bootId), null);
});

test('a change is not disturbed, and an agent that stops makes no further try', async () => {
  const { host, parts } = await hostWithoutResolver();
  host.asked = 0;
  const busy: number[] = [];
  const changing = () => busy.push(host.asked) < 3;
  await new FurtherTries(parts, changing, [0]).begin();
  assert.deepEqual(busy, [0, 0, 0], 'it waits until the change has ended');
  host.asked = 0;
  const stopped = new FurtherTries(parts, () => false, [0, 60_000]);
  const over = stopped.begin();
  stopped.close();
  await over;
  assert.equal(host.asked, 0);
});
