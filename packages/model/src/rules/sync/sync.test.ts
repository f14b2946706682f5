import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attach, drift, ip, refusal, type Scene, update } from '../../testing.ts';

const scene: Scene = {
  networks: { red: { vlan: 5, mtu: 9000, label: 'lab' }, blue: {} },
  attached: { red: 'eth0' },
  observed: drift('red', { mtu: 1500, bridged: false }),
};
const change = { attachments: [update('att-red', { ip: { ipv4: [ip('dhcp')], ipv6: [] } })] };

test('SYNC-01 a network that was changed on the host is not overwritten unasked', () => {
  assert.equal(
    refusal('SYNC-01', scene, change),
    'red differs from its definition (bridged: host false, wanted true, mtu: host 1500, wanted 9000); ' +
      'synchronise it first or in the same request.',
  );
  assert.equal(refusal('SYNC-01', scene, { ...change, synchronized: ['att-red'] }), '');
  const overriding = { attachments: change.attachments.map((one) => ({ ...one, override: true })) };
  assert.equal(refusal('SYNC-01', scene, overriding), '');
});

test('SYNC-01 a label that moves the network is no different', () => {
  assert.match(refusal('SYNC-01', scene, { labels: { lab: 'eth1' } }), /red differs.*\(through label lab\)$/);
});

test('SYNC-01 removals and untouched attachments are not checked', () => {
  assert.equal(refusal('SYNC-01', scene, { removed: ['att-red'] }), '');
  assert.equal(refusal('SYNC-01', scene, { attachments: [attach('blue', 'eth1')] }), '');
  assert.equal(refusal('SYNC-01', scene, { attachments: [update('att-red')] }), '', 'mentioned but unchanged');
});

test('SYNC-01 a network that has vanished comes back only by synchronising it; one on another nic simply moves', () => {
  const toEth1 = { attachments: [attach('red', 'eth1')] };
  const gone: Scene = { ...scene, observed: (all) => ({ ...all, networks: [] }) };
  assert.match(refusal('SYNC-01', gone, toEth1), /red differs .*x_missing_on_host/);
  assert.equal(refusal('SYNC-01', gone, { ...toEth1, synchronized: ['att-red'] }), '');
  const elsewhere: Scene = { ...scene, observed: drift('red', { base: 'eth2' }) };
  assert.equal(refusal('SYNC-01', elsewhere, toEth1), '');
});

test('SYNC-01 nothing is known of a host that has not reported', () => {
  assert.equal(refusal('SYNC-01', { ...scene, observed: () => null }, change), '');
});

test('SYNC-02 what is synchronised is known and named', () => {
  assert.match(refusal('SYNC-02', scene, { synchronized: ['att-x'] }), /no network attachment att-x/);
  assert.match(refusal('SYNC-02', scene, { synchronized: [null] }), /names no attachment/);
  assert.equal(refusal('SYNC-02', scene, { synchronized: ['att-red'] }), '');
});
