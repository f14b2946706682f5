import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { parseLinks } from './links.ts';
import { addFakeNics, type NicPatterns, usualNicPatterns, withoutHiddenNics } from './nic-patterns.ts';

/** Links as `ip` shows them: hardware has no kind. */
const links: [name: string, kind: string | null][] = [
  ['eth0', null],
  ['wlan0', null],
  ['usb0', null],
  ['usb1', null],
  ['docker1', null],
  ['uplink', 'veth'],
  ['veth1a2b', 'veth'],
  ['cali4711', 'veth'],
  ['veth_lab', 'veth'],
  ['dummy0', 'dummy'],
  ['dummy_0', 'dummy'],
  ['vnet0', 'tun'],
  ['tun_0', 'tun'],
];
const mac = '02:00:00:00:00:01';
const onUsb1: HostConfig = { networks: {}, bonds: { bond0: { slaves: ['usb1'], options: {} } } };

function nics(patterns: NicPatterns, config = onUsb1): string[] {
  const entries = links.map(([ifname, kind], at) => ({
    ...{ ifname, ifindex: at + 1, link_type: 'ether', address: mac, flags: ['UP'] },
    ...(kind === null ? {} : { linkinfo: { info_kind: kind } }),
  }));
  const parsed = parseLinks(JSON.stringify(entries));
  addFakeNics(parsed, patterns.fake);
  const shown = withoutHiddenNics(parsed, config, patterns);
  assert.ok(shown.every(({ kind, permanentMac }) => kind !== 'nic' || permanentMac === mac));
  return shown.flatMap(({ name, kind }) => (kind === 'nic' ? [name] : []));
}

test('HT-177 radios, plumbing of containers and taps are no nics, fake ones are, and what is in use is shown', () => {
  const shown = ['eth0', 'docker1', 'uplink', 'veth_lab', 'dummy_0'];
  assert.deepEqual(nics(usualNicPatterns, { networks: {}, bonds: {} }), shown);
  assert.deepEqual(nics(usualNicPatterns), [...shown.slice(0, 1), 'usb1', ...shown.slice(1)]);
});

test('HT-177 patterns are an administrator’s to choose', () => {
  const all = ['eth0', 'wlan0', 'usb0', 'usb1', 'docker1', 'uplink'];
  assert.deepEqual(nics({ hidden: [], fake: [] }), all);
  assert.deepEqual(nics({ hidden: ['*'], fake: ['veth?a2b', 'tun_*'] }), ['usb1', 'veth1a2b']);
  assert.deepEqual(nics({ hidden: ['eth.', 'e'], fake: [] }), all, 'a dot is a dot, and a part is not the whole');
});
