import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { setNumvfs } from '../execute/sriov.ts';
import { SriovTree } from '../execute/sriov-tree-for-tests.ts';
import { parseLinks } from './links.ts';
import { addSriov } from './sriov.ts';

/** Links as `ip -d -j addr show` prints them. */
const shown = (...links: { ifname: string; address?: string; kind?: string }[]) =>
  parseLinks(
    JSON.stringify(
      links.map(({ kind, ...link }, at) => ({
        ifindex: at + 1,
        link_type: 'ether',
        address: `02:00:00:00:00:0${at}`,
        ...link,
        ...(kind === undefined ? {} : { linkinfo: { info_kind: kind } }),
      })),
    ),
  );

test('A nic says what it can have and has, a function where it comes from, and nobody else says anything', async (t) => {
  const tree = new SriovTree({ nics: { eth5: 7, eth6: 0 } });
  t.after(() => tree.close());
  await setNumvfs({ kind: 'sriov.numvfs', device: 'eth5', count: 2 }, tree.root, 2000);
  const links = shown(
    { ifname: 'eth1' },
    { ifname: 'eth5' },
    { ifname: 'eth6' },
    { ifname: 'eth5v1' },
    { ifname: 'br0', kind: 'bridge' },
  );
  addSriov(links, tree.root);
  assert.deepEqual(
    links.map(({ name, sriov }) => [name, sriov]),
    [
      ['eth1', undefined],
      ['eth5', { total: 7, current: 2, held: 0, pf: null, vfIndex: null }],
      ['eth6', undefined],
      ['eth5v1', { total: 0, current: 0, held: 0, pf: 'eth5', vfIndex: 1 }],
      ['br0', undefined],
    ],
  );
});

test('Functions that were given away are counted, those without a nic for want of a driver are not', async (t) => {
  for (const [driver, held] of [
    ['nic', 1],
    ['vfio-pci', 2],
    ['absent', 0],
    ['stuck', 0],
  ] as const) {
    const tree = new SriovTree({ nics: { eth5: 7 }, driver });
    t.after(() => tree.close());
    await setNumvfs({ kind: 'sriov.numvfs', device: 'eth5', count: 2 }, tree.root, 500).catch(() => {});
    if (driver === 'nic') tree.takeAway('eth5v0');
    const links = shown({ ifname: 'eth5' });
    addSriov(links, tree.root);
    assert.deepEqual(links[0]?.sriov, { total: 7, current: 2, held, pf: null, vfIndex: null }, driver);
  }
});

test('A function of a nic that is elsewhere is one all the same', (t) => {
  const tree = new SriovTree({ nics: {} });
  t.after(() => tree.close());
  mkdirSync(`${tree.root}/sys/class/net/eth0/device`, { recursive: true });
  symlinkSync('../elsewhere', `${tree.root}/sys/class/net/eth0/device/physfn`);
  mkdirSync(`${tree.root}/sys/class/net/eth0/elsewhere`);
  const links = shown({ ifname: 'eth0' });
  addSriov(links, tree.root);
  assert.deepEqual(links[0]?.sriov, { total: 0, current: 0, held: 0, pf: null, vfIndex: null });
});

test('HT-188 a function with the MAC of a macvtap belongs to a VM and is no nic any more', async (t) => {
  const tree = new SriovTree({ nics: { eth5: 7 } });
  t.after(() => tree.close());
  await setNumvfs({ kind: 'sriov.numvfs', device: 'eth5', count: 2 }, tree.root, 2000);
  const address = '06:00:00:00:00:77';
  const links = shown(
    { ifname: 'eth5', address },
    { ifname: 'eth5v0', address },
    { ifname: 'eth5v1' },
    { ifname: 'macvtap0', address, kind: 'macvtap' },
  );
  addSriov(links, tree.root);
  assert.deepEqual(
    links.map(({ name, kind, type }) => [name, kind, type]),
    [
      ['eth5', 'nic', undefined],
      ['eth5v0', 'other', undefined],
      ['eth5v1', 'nic', undefined],
      ['macvtap0', 'other', 'macvtap'],
    ],
  );
  assert.equal(links[1]?.sriov?.pf, 'eth5', 'it is still known where it comes from');
});
