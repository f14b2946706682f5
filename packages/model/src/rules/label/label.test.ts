import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bond, refusal } from '../../testing.ts';

const scene = {
  bonds: { bond0: { slaves: ['eth0', 'eth1'] } },
  vlans: ['eth2.5'],
  labels: { eth2: ['old'] },
};
const label = (name: string, id: string | null, nic: string | null) => ({
  labelChanges: [{ label: name, nic: { id, name: nic }, path: `label ${name}` }],
});

test('LBL-01 characters of a label', () => {
  for (const bad of ['a b', 'a.b', 'é'])
    assert.match(refusal('LBL-01', scene, { labels: { [bad]: 'eth2' } }), /may only contain/);
  assert.match(refusal('LBL-01', scene, { removedLabels: ['a/b'] }), /a\/b/);
  assert.equal(refusal('LBL-01', scene, { labels: { 'aA0_-': 'eth2' } }), '');
});

test('LBL-02 a label has a text', () => {
  assert.match(refusal('LBL-02', scene, { labels: { '': 'eth2' } }), /label is missing/);
  assert.equal(refusal('LBL-02', scene, { labels: { lab: 'eth2' } }), '');
});

test('LBL-03 a label names a nic', () => {
  assert.match(refusal('LBL-03', scene, label('lab', null, null)), /Label lab names no nic/);
  assert.equal(refusal('LBL-03', scene, label('lab', 'nic-eth2', null)), '');
});

test('LBL-10 nic id and name belong together', () => {
  assert.match(refusal('LBL-10', scene, label('lab', 'nic-eth2', 'eth3')), /nic-eth2 and name eth3/);
  assert.equal(refusal('LBL-10', scene, label('lab', 'nic-eth2', 'eth2')), '');
});

test('LBL-11 the nic exists afterwards', () => {
  assert.match(refusal('LBL-11', scene, label('lab', null, 'eth9')), /nic eth9 does not exist/);
  assert.match(refusal('LBL-11', scene, label('lab', 'nic-eth9', null)), /nic nic-eth9 does not exist/);
  assert.match(refusal('LBL-11', scene, { labels: { lab: 'bond0' }, removedBonds: ['bond0'] }), /bond0/);
  assert.equal(refusal('LBL-11', scene, { labels: { lab: 'bond1' }, bonds: [bond('bond1', ['eth2', 'eth3'])] }), '');
  assert.equal(refusal('LBL-11', scene, label('lab', 'nic-eth2', 'eth3')), '', 'LBL-10 speaks of that');
});

test('LBL-12 no label on slaves and vlan devices', () => {
  assert.match(refusal('LBL-12', scene, { labels: { lab: 'eth0' } }), /because it is a slave of bond0/);
  assert.match(refusal('LBL-12', scene, { labels: { lab: 'eth2.5' } }), /because it is a vlan device/);
  assert.equal(refusal('LBL-12', scene, { labels: { lab: 'eth0' }, removedBonds: ['bond0'] }), '');
});

test('LBL-13 a labelled bond has two slaves', () => {
  const lone = { bonds: { bond0: { slaves: ['eth0'] } } };
  assert.match(refusal('LBL-13', lone, { labels: { lab: 'bond0' } }), /fewer than two slaves/);
  assert.equal(refusal('LBL-13', lone, { labels: { lab: 'bond0' }, bonds: [bond('bond0', ['eth0', 'eth1'])] }), '');
});

test('LBL-14 a removed label is somewhere', () => {
  assert.equal(refusal('LBL-14', scene, { removedLabels: ['lab'] }), 'Host h1 has no label lab.');
  assert.equal(refusal('LBL-14', scene, { removedLabels: ['old'] }), '');
});

test('LBL-15 a label is mentioned once', () => {
  const twice = [label('lab', null, 'eth2'), label('lab', null, 'eth3')].flatMap((one) => one.labelChanges);
  assert.match(refusal('LBL-15', scene, { labelChanges: twice }), /more than once: lab/);
  assert.match(refusal('LBL-15', scene, { labels: { old: 'eth3' }, removedLabels: ['old'] }), /old/);
  assert.equal(refusal('LBL-15', scene, { labels: { lab: 'eth3' }, removedLabels: ['old'] }), '');
});

test('UNM-03 no label beside an unmanaged network', () => {
  const unmanaged = { unmanaged: { legacy: 'eth3' } };
  assert.match(refusal('UNM-03', unmanaged, { labels: { lab: 'eth3' } }), /eth3 carries unmanaged network legacy/);
  assert.equal(refusal('UNM-03', unmanaged, { labels: { lab: 'eth3' }, removedUnmanaged: ['legacy'] }), '');
  assert.equal(refusal('UNM-03', unmanaged, { labels: { lab: 'eth2' } }), '');
});
