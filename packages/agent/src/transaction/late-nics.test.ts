import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig, LinkReport } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import { bootRestore } from './boot-restore.ts';
import { LateNics } from './late-nics.ts';
import type { TransactionParts } from './parts.ts';
import { FileKernel, openTrial, richConfig } from './testing.ts';

/** A host whose nics can be away. */
async function newHost() {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const real = FileKernel.create(join(folder, 'kernel'));
  const away = new Set<string>();
  const kernel: Kernel = {
    observe: async (): Promise<KernelState> => {
      const state = await real.observe();
      return { ...state, links: state.links.filter(({ name }) => !away.has(name)) };
    },
    execute: (...given) => real.execute(...given),
  };
  const said: unknown[] = [];
  const log: TransactionParts['log'] = (_level, message, facts) => said.push([message, facts?.['came']]);
  const { parts } = await openTrial(join(folder, 'state'), kernel, { log });
  /** Has the device be another one of the same name, as after a reset of its driver, and nothing stand on it. @param mark alias that it has then */
  const exchange = (mark: string | null) => {
    const state = JSON.parse(readFileSync(join(folder, 'kernel'), 'utf8')) as KernelState;
    const links = state.links
      .filter(({ base }) => base !== 'eth1')
      .map((link) => (link.name === 'eth1' ? { ...link, index: 90, alias: mark, adminUp: false } : link));
    writeFileSync(join(folder, 'kernel'), JSON.stringify({ ...state, links }));
  };
  /** Another hand makes a device like eth1, but for this. */
  const add = (part: Partial<LinkReport>) => {
    const state = JSON.parse(readFileSync(join(folder, 'kernel'), 'utf8')) as KernelState;
    const like = state.links.find(({ name }) => name === 'eth1') ?? assert.fail();
    const link = { ...like, master: null, slave: null, alias: null, addresses: [], ...part };
    writeFileSync(join(folder, 'kernel'), JSON.stringify({ ...state, links: [...state.links, link] }));
  };
  const link = async (name: string) => (await real.observe()).links.find((one) => one.name === name);
  const names = async () => (await real.observe()).links.map(({ name }) => name);
  /** An agent that starts, and knows what is on disk. */
  const start = async (busy = () => false): Promise<LateNics> => {
    const late = new LateNics({ ...parts, links: async () => (await kernel.observe()).links }, busy);
    await late.begin();
    return late;
  };
  return { away, parts, exchange, add, link, names, start, said };
}

const { blue } = richConfig.networks;
assert.ok(blue !== undefined);
/** A network without addresses. */
const quiet = { ipv4: { method: 'none' } as const, nameservers: [], defaultRoute: false };
const config: HostConfig = { bonds: {}, networks: { blue: { ...blue, base: 'eth1' } } };

test('a nic that comes between the restore of a boot and the start of the agent is set up', async () => {
  const { away, parts, names, start } = await newHost();
  await parts.documents.setCommitted(config);
  away.add('eth1');
  assert.equal(await bootRestore(parts), 'Missing after boot: eth1.');
  away.clear();
  assert.ok(!(await names()).includes('blue'));
  await start();
  assert.ok((await names()).includes('blue'));
});

test('a nic that comes while the agent is exchanged is set up, once', async () => {
  const { away, parts, names, start, said } = await newHost();
  await parts.documents.setRunning(config);
  away.add('eth1');
  await start();
  away.clear();
  await start();
  assert.ok((await names()).includes('blue'));
  said.length = 0;
  await start();
  assert.deepEqual(said, [], 'it is waited for no more');
});

test('a nic that comes while a change is made is set up after it', async () => {
  const { away, parts, names, start } = await newHost();
  await parts.documents.setCommitted(config);
  away.add('eth1');
  await bootRestore(parts);
  away.clear();
  let busy = true;
  const late = await start(() => busy);
  assert.ok(!(await names()).includes('blue'));
  busy = false;
  await late.wake();
  assert.ok((await names()).includes('blue'));
});

test('a nic that nothing asks for any more is not waited for', async () => {
  const { away, parts, start, said } = await newHost();
  await parts.documents.setCommitted(config);
  away.add('eth1');
  await bootRestore(parts);
  await parts.documents.setRunning({ bonds: {}, networks: {} });
  said.length = 0;
  const late = await start();
  away.clear();
  await late.wake();
  assert.deepEqual(said, []);
});

test('a nic that goes and comes back while the agent runs is set up again', async () => {
  const { away, parts, exchange, link, start } = await newHost();
  await parts.documents.setCommitted(config);
  assert.equal(await bootRestore(parts), null);
  const late = await start();
  away.add('eth1');
  await late.wake();
  assert.deepEqual(await parts.documents.lateNics(), ['eth1'], 'the next agent waits for it as well');
  exchange(null);
  away.clear();
  await late.wake();
  assert.equal((await link('eth1.7'))?.master, 'blue');
  assert.deepEqual(await parts.documents.lateNics(), []);
});

test('what another hand has changed elsewhere stays when a nic comes back', async () => {
  const { away, parts, exchange, link, start } = await newHost();
  const red = { ...blue, ...quiet, base: 'eth2', vlan: 8 };
  await parts.documents.setCommitted({ ...config, networks: { ...config.networks, red } });
  assert.equal(await bootRestore(parts), null);
  const late = await start();
  away.add('eth1');
  await late.wake();
  await parts.kernel.execute([{ kind: 'link.set', name: 'red', up: false }]);
  exchange(null);
  away.clear();
  await late.wake();
  assert.equal((await link('eth1.7'))?.master, 'blue');
  assert.equal((await link('red'))?.adminUp, false);
});

test('what happens on a host with all its nics costs no look at the whole of it', async () => {
  const { parts, link, start } = await newHost();
  await parts.documents.setCommitted(config);
  assert.equal(await bootRestore(parts), null);
  let looks = 0;
  for (const view of ['kernel', 'live'] as const) {
    const real = parts[view];
    parts[view] = {
      observe: (...given) => {
        looks += 1;
        return real.observe(...given);
      },
      execute: (...given) => real.execute(...given),
    };
  }
  const late = await start();
  await parts.kernel.execute([{ kind: 'link.set', name: 'blue', up: false }]);
  await late.wake();
  assert.equal((await link('blue'))?.adminUp, false);
  assert.equal(looks, 0);
});

test('a look that fails is told, holds up nobody, and is made again', async () => {
  const { parts, exchange, link, start, said } = await newHost();
  await parts.documents.setCommitted(config);
  assert.equal(await bootRestore(parts), null);
  let fails = false;
  parts.udevHasActed = () => (fails ? Promise.reject(new Error('Not now.')) : Promise.resolve());
  const late = await start();
  exchange(null);
  said.length = 0;
  fails = true;
  await late.wake();
  assert.deepEqual(said, [['not looked for nics that have come', undefined]]);
  fails = false;
  await late.wake();
  assert.equal((await link('eth1.7'))?.master, 'blue');
});

test('a nic that is back before anybody looked is set up again', async () => {
  const { parts, exchange, link, start } = await newHost();
  await parts.documents.setCommitted(config);
  assert.equal(await bootRestore(parts), null);
  const late = await start();
  exchange(null);
  await late.wake();
  assert.equal((await link('eth1.7'))?.master, 'blue');
});

test('what a change has made, or another hand has taken out, is no nic that was missing', async () => {
  const { parts, exchange, link, start, said } = await newHost();
  await parts.documents.setCommitted(config);
  assert.equal(await bootRestore(parts), null);
  const late = await start();
  said.length = 0;
  exchange((await link('eth1'))?.alias ?? '');
  await late.wake();
  await parts.kernel.execute([{ kind: 'link.set', name: 'eth1', alias: 'mine' }]);
  await late.wake();
  assert.equal(await link('eth1.7'), undefined);
  assert.deepEqual(said, []);
});

test('a nic that comes is set up while something foreign stands on a bond that has lost all of its nics', async () => {
  const { away, parts, add, link, start, said } = await newHost();
  const both = {
    ...richConfig,
    networks: { ...richConfig.networks, red: { ...blue, ...quiet, base: 'eth0', vlan: 8 } },
  };
  await parts.documents.setCommitted(both);
  away.add('eth0');
  assert.equal(await bootRestore(parts), 'Missing after boot: eth0.');
  add({ name: 'bond0.99', index: 99, kind: 'vlan', base: 'bond0', vlan: 99 });
  for (const name of ['eth1', 'eth2']) away.add(name);
  const late = await start();
  away.delete('eth0');
  await late.wake();
  assert.deepEqual(said.at(-1), ['devices that were missing have come', ['eth0']]);
  assert.equal((await link('eth0.8'))?.master, 'red');
  assert.equal((await link('bond0.99'))?.base, 'bond0');
  assert.equal((await link('bond0.7'))?.master, 'blue');
});
