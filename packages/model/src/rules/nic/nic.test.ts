import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attach, qos, refusal, type Scene } from '../../testing.ts';

test('EXCL-01 one untagged network per nic, whatever else is tagged', () => {
  const scene = {
    networks: { red: {}, blue: { vm: false }, v5: { vlan: 5 }, v6: { vlan: 6 } },
    attached: { red: 'eth0' },
  };
  assert.match(
    refusal('EXCL-01', scene, { attachments: [attach('blue', 'eth0')] }),
    /eth0 would have several: blue, red/,
  );
  assert.equal(refusal('EXCL-01', scene, { attachments: [attach('v5', 'eth0'), attach('v6', 'eth0')] }), '');
  assert.equal(refusal('EXCL-01', scene, { attachments: [attach('blue', 'eth0')], removed: ['att-red'] }), '');
});

test('EXCL-01 says which label brings the second network (LBL-23)', () => {
  const scene = { networks: { red: {}, blue: { label: 'lab' } }, attached: { red: 'eth0' } };
  assert.match(refusal('EXCL-01', scene, { labels: { lab: 'eth0' } }), /\(through label lab\)$/);
});

test('VLAN-01 a tag once per nic', () => {
  const scene = { networks: { red: { vlan: 5 }, blue: { vlan: 5 } }, attached: { red: 'eth0' } };
  assert.match(refusal('VLAN-01', scene, { attachments: [attach('blue', 'eth0')] }), /VLAN 5 is wanted twice on eth0/);
  assert.equal(refusal('VLAN-01', scene, { attachments: [attach('blue', 'eth1')] }), '');
});

test('VLAN-02 the vlan device fits the kernel', () => {
  const scene = { nics: ['enp101s0f0np0', 'eth0'], networks: { red: { vlan: 100 }, blue: { vlan: 1 } } };
  assert.match(refusal('VLAN-02', scene, { attachments: [attach('red', 'enp101s0f0np0')] }), /enp101s0f0np0\.100/);
  assert.equal(refusal('VLAN-02', scene, { attachments: [attach('blue', 'enp101s0f0np0')] }), '', '15 characters');
});

test('MTU-01 all networks share the MTU of the untagged one', () => {
  const scene = {
    networks: { red: {}, jumbo: { vlan: 5, mtu: 9000 }, plain: { vlan: 6, mtu: 1500 } },
    attached: { red: 'eth0' },
  };
  const says = refusal('MTU-01', scene, { attachments: [attach('jumbo', 'eth0')] });
  assert.match(says, /On eth0 .* jumbo\(9000\), red\(default\)/);
  assert.equal(refusal('MTU-01', scene, { attachments: [attach('plain', 'eth0')] }), '', 'default is 1500');
  const tagged = { attachments: [attach('jumbo', 'eth1'), attach('plain', 'eth1')] };
  assert.equal(refusal('MTU-01', scene, tagged), '', 'tagged ones alone may differ');
});

test('QOS-03 all networks of a nic have QoS or none', () => {
  const scene = { networks: { red: { vlan: 5, qos: qos(5) }, blue: { vlan: 6 } } };
  const both = (override?: number | null) => ({
    attachments: [attach('red', 'eth0'), attach('blue', 'eth0', override === undefined ? {} : { qos: qos(override) })],
  });
  assert.match(refusal('QOS-03', scene, both()), /On eth0 .* without: blue/);
  assert.equal(refusal('QOS-03', scene, both(5)), '');
  assert.match(refusal('QOS-03', scene, both(null)), /without: blue/, 'empty is none');
  const none = { attachments: [attach('red', 'eth0', { qos: qos(null) }), attach('blue', 'eth0')] };
  assert.equal(refusal('QOS-03', scene, none), '', 'an empty override wins over the named QoS');
});

test('QOS-05 what is promised fits the nic, as far as its speed is known', () => {
  const networks = { red: { vlan: 5, qos: qos(5, null, 400) }, blue: { vlan: 6 } };
  const bonds = { bond0: { slaves: ['eth2', 'eth3'], options: 'mode=1' } };
  const both = (nic: string, committed: number) => ({
    attachments: [attach('red', nic), attach('blue', nic, { qos: qos(5, null, committed) })],
  });
  const says = (nic: string, committed: number, scene: Scene = {}) =>
    refusal('QOS-05', { networks, bonds, ...scene }, both(nic, committed));
  assert.equal(says('eth0', 350), '', '750 of 1000');
  assert.match(says('eth0', 351), /on eth0 add up to 751 Mbit\/s, more than 75 % of its 1000/);
  assert.match(says('bond0', 351), /75 % of its 1000/, 'one stands in for the other');
  const balanced = { bonds: { bond0: { slaves: ['eth2', 'eth3'], options: 'mode=4' } } };
  assert.equal(says('bond0', 1100, balanced), '', 'both carry');
  assert.match(says('bond0', 1101, balanced), /its 2000/);
  const settings = { maxCommittedPercent: 100 };
  assert.equal(says('eth0', 600, { settings }), '');
  for (const change of [{ speed: null }, { nominalSpeed: true }]) {
    const observed: Scene['observed'] = (all) => ({ ...all, nics: all.nics.map((nic) => ({ ...nic, ...change })) });
    assert.equal(says('eth0', 5000, { observed }), '', 'not known');
  }
});
