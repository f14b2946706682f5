/** Devices of other managers in a transaction: taken first, given back with it, kept for the boot at commit. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig, KernelOp, ManagerReport } from '@patchbay/protocol';
import { bootRestore } from './boot-restore.ts';
import { applyRequest, FileKernel, openTrial, richConfig, staysSilent } from './testing.ts';

const manager: ManagerReport = { name: 'NetworkManager', running: true, devices: ['eth1'], claims: [] };

function newHost(refuses: (op: KernelOp) => boolean = () => false) {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const path = join(folder, 'kernel');
  FileKernel.create(path);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), managers: [manager] }));
  const kept: [HostConfig, HostConfig?][] = [];
  const keepClaims = async (...configs: [HostConfig, HostConfig?]) => void kept.push(configs);
  return { state: join(folder, 'state'), kernel: new FileKernel(path, refuses), kept, keepClaims };
}

async function run(host: ReturnType<typeof newHost>, part: Parameters<typeof openTrial>[2] = {}) {
  const trial = await openTrial(host.state, host.kernel, { keepClaims: host.keepClaims, ...part });
  await trial.transactions.apply(applyRequest());
  await trial.transactions.idle();
  const { ended } = await trial.transactions.outcome('t1');
  assert.ok(ended);
  return { ended, trial };
}

test('claims are kept for the next boot when the change is, and by a commit of what runs', async () => {
  const host = newHost();
  const { ended, trial } = await run(host);
  assert.equal(ended.outcome, 'committed');
  assert.match(ended.plan?.steps[0]?.text ?? '', /Have NetworkManager leave blue, bond0, eth1, eth2, … alone/);
  const nothing: HostConfig = { bonds: {}, networks: {} };
  assert.deepEqual(host.kept, [[richConfig, nothing]], 'with what the boot would have restored before');
  await trial.transactions.commitRunning();
  assert.deepEqual(host.kept.slice(1), [[richConfig, richConfig]]);
});

test('claims of a change that is not confirmed are given back with it', async () => {
  const host = newHost();
  const before = await host.kernel.observe();
  const { ended } = await run(host, { confirm: staysSilent });
  assert.equal(ended.outcome, 'reverted');
  const { managers } = await host.kernel.observe();
  assert.deepEqual(managers?.[0]?.claims, before.managers?.[0]?.claims);
  assert.deepEqual(host.kept, [[{ bonds: {}, networks: {} }]], 'the boot is brought in line with what is committed');
});

test('a manager that does not let go ends the change with a code of its own, before any step of the kernel', async () => {
  const executed: string[] = [];
  const host = newHost((op) => {
    executed.push(op.kind);
    return op.kind === 'manager.claim';
  });
  const { ended } = await run(host);
  assert.equal(ended.outcome, 'reverted');
  assert.equal(ended.problem?.code, 'ERR_MANAGER_CONFLICT');
  assert.deepEqual([...new Set(executed)], ['manager.claim']);
});

test('a manager that does not hear keeps neither a revert nor a boot from its end', async () => {
  const deaf = newHost((op) => op.kind === 'manager.release');
  const said: string[] = [];
  const { ended } = await run(deaf, { confirm: staysSilent, log: (_level, message) => void said.push(message) });
  assert.equal(ended.outcome, 'reverted');
  assert.ok(said.includes('not put back'));
  assert.match(ended.problem?.message ?? '', /Not put back: manager\.release .* was refused/);

  const boot = newHost((op) => op.kind === 'manager.claim');
  const { parts } = await openTrial(boot.state, boot.kernel);
  await parts.documents.setCommitted(richConfig);
  assert.match((await bootRestore(parts)) ?? '', /manager.claim .* was refused/);
  assert.ok((await boot.kernel.observe()).links.some(({ name }) => name === 'blue'));
});

test('a revert has the kernel as it was before it tells a manager anything, and waits for none of them', async () => {
  const executed: string[] = [];
  let applied = false;
  const host = newHost((op) => {
    if (applied) executed.push(op.kind);
    return applied && 'manager' in op;
  });
  const before = await host.kernel.observe();
  const confirm: typeof staysSilent = (...asked) => {
    applied = true;
    return staysSilent(...asked);
  };
  const { ended } = await run(host, { confirm });
  assert.equal(ended.outcome, 'reverted');
  assert.deepEqual(
    executed.filter((kind) => kind.startsWith('manager.')),
    ['manager.release'],
    'asked once',
  );
  assert.equal(executed.at(-1), 'manager.release', 'and last');
  const names = ({ links }: typeof before) => links.map(({ name, alias }) => ({ name, alias }));
  assert.deepEqual(names(await host.kernel.observe()), names(before));
});
