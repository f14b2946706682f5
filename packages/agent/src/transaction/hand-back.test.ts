/** Handing a host back is a transaction like any other: proven, confirmed, or taken back. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ApplyRequest, HostConfig, ManagerReport } from '@patchbay/protocol';
import { readAlias } from '../observe/ownership.ts';
import type { TransactionParts } from './parts.ts';
import { applyRequest, FileKernel, openTrial, richConfig, staysSilent } from './testing.ts';

const manager: ManagerReport = { name: 'NetworkManager', running: true, devices: [], claims: [] };
const nothing: HostConfig = { bonds: {}, networks: {} };

/** A host that has {@link richConfig}, and then is handed back. */
async function handedBack(parts: Partial<TransactionParts> = {}, request: Partial<ApplyRequest> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const path = join(folder, 'kernel');
  FileKernel.create(path);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), managers: [manager] }));
  const kernel = new FileKernel(path);
  const first = await openTrial(join(folder, 'state'), kernel);
  await first.transactions.apply(applyRequest());
  await first.transactions.idle();
  const before = await kernel.observe();
  const { transactions, parts: all } = await openTrial(join(folder, 'state'), kernel, parts);
  const wish = { transaction: 't2', config: nothing, handBack: { manager: null } };
  const acceptance = await transactions.apply(applyRequest({ ...wish, ...request }));
  await transactions.idle();
  const { ended } = await transactions.outcome('t2');
  assert.ok(ended);
  return { ended, acceptance, before, after: await kernel.observe(), documents: all.documents };
}

test('HT-214 a hand-back that is confirmed leaves the network standing and nothing of it ours', async () => {
  const { ended, acceptance, before, after, documents } = await handedBack();
  assert.equal(ended.outcome, 'committed', JSON.stringify(ended.problem));
  assert.match(ended.plan?.steps[0]?.text ?? '', /^Hand .* to NetworkManager/);
  assert.deepEqual(await documents.committed(), nothing);
  assert.ok(!after.links.some(({ alias }) => readAlias(alias) !== null));
  const names = ({ links }: typeof before) => links.map(({ name, addresses }) => ({ name, addresses }));
  assert.deepEqual(names(after), names(before));
  assert.ok((acceptance.patience?.others ?? 0) > 0, 'the engine is told that another program has its time');
});

test('HT-214 a hand-back that is not confirmed is taken back: everything is ours as before', async () => {
  const { ended, before, after, documents } = await handedBack({ confirm: staysSilent });
  assert.equal(ended.outcome, 'reverted');
  assert.deepEqual(await documents.committed(), richConfig);
  const ours = ({ links, managers }: typeof before) => ({
    links: links.map(({ name, alias, group, addresses }) => ({ name, alias, group, addresses })),
    claims: managers?.flatMap(({ claims }) => claims.map(({ device }) => device)).sort(),
  });
  assert.deepEqual(ours(after), ours(before));
});

test('a hand-back of a part of the host is refused', async () => {
  const { ended } = await handedBack({}, { config: richConfig });
  assert.equal(ended.outcome, 'unchanged');
  assert.equal(ended.problem?.code, 'ERR_BAD_PARAMS');
});
