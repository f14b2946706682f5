import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type asked, attach, bond, refusal, type Scene, update } from '../../testing.ts';

const bonded = { bonds: { bond0: { slaves: ['eth0', 'eth1'] } } };
const red = { networks: { red: {} } };

test('BOND-01 an id must be known', () => {
  const byId = (id: string) => ({ bonds: [{ ...bond(null, ['eth2', 'eth3']), id }] });
  assert.equal(refusal('BOND-01', bonded, byId('nic-bond9')), 'Host h1 has no nic with id nic-bond9.');
  assert.equal(refusal('BOND-01', bonded, byId('nic-bond0')), '');
});

test('BOND-02 a bond has an id or a name', () => {
  assert.match(refusal('BOND-02', {}, { bonds: [bond(null, ['eth0', 'eth1'])] }), /a bond needs an id or a name/);
  assert.equal(refusal('BOND-02', {}, { bonds: [bond('bond0', ['eth0', 'eth1'])] }), '');
});

test('BOND-03 id and name belong together', () => {
  const named = (name: string) => ({ bonds: [{ ...bond(name, ['eth2', 'eth3']), id: 'nic-bond0' }] });
  assert.match(refusal('BOND-03', bonded, named('bond1')), /nic-bond0 belongs to bond0, not bond1/);
  assert.equal(refusal('BOND-03', bonded, named('bond0')), '');
});

test('BOND-04 names of bonds', () => {
  const says = (name: string) => refusal('BOND-04', {}, { bonds: [bond(name, ['eth0', 'eth1'])] });
  for (const name of ['bond0', 'bond_fancy0', 'bondABC']) assert.equal(says(name), '', name);
  for (const name of ['bond', 'bond-1', 'bond 1', 'mybond', 'bond.1', 'bondé'])
    assert.match(says(name), /a bond name is/, name);
});

test('BOND-04b names fit the kernel', () => {
  const says = (name: string) => refusal('BOND-04b', {}, { bonds: [bond(name, ['eth0', 'eth1'])] });
  assert.match(says('bond012345678901'), /longer than the 15/);
  assert.equal(says('bond01234567890'), '');
});

test('BOND-05 what is changed as a bond is one', () => {
  assert.equal(refusal('BOND-05', {}, { bonds: [bond('eth0', ['eth2', 'eth3'])] }), 'eth0 exists and is not a bond.');
  assert.equal(refusal('BOND-05', bonded, { bonds: [bond('bond0', ['eth2', 'eth3'])] }), '');
});

test('BOND-06 two different slaves at least', () => {
  const says = (...slaves: string[]) => refusal('BOND-06', {}, { bonds: [bond('bond0', slaves)] });
  assert.equal(says('eth0'), 'Bond bond0 needs at least two slaves, got 1.');
  assert.match(says('eth0', 'eth0'), /got 1/);
  assert.equal(says('eth0', 'eth1'), '');
  assert.equal(refusal('BOND-06', {}, { bonds: [bond('eth3', ['eth0'])] }), '', 'BOND-05 speaks of that');
});

test('BOND-07 slaves exist, by id and by name', () => {
  const says = (...ids: string[]) =>
    refusal('BOND-07', {}, { bonds: [{ ...bond('bond0'), slaves: ids.map((id) => ({ id, name: null })) }] });
  assert.equal(says('nic-eth0', 'nic-eth9'), 'Slave nic-eth9 of bond0 does not exist on h1.');
  assert.equal(says('nic-eth0', 'nic-eth1'), '');
  assert.match(refusal('BOND-07', {}, { bonds: [bond('bond0', ['eth0', 'eth9'])] }), /Slave eth9 of bond0/);
  const gone: Scene = {
    ...bonded,
    observed: (all) => ({ ...all, nics: all.nics.filter((nic) => nic.name !== 'eth1') }),
  };
  assert.match(
    refusal('BOND-07', gone, { bonds: [bond('bond0', undefined, 'mode=1')] }),
    /Slave eth1 of bond0/,
    'vanished',
  );
});

test('BOND-08 slaves are plain nics', () => {
  const scene = { ...bonded, vlans: ['eth2.5'] };
  assert.match(refusal('BOND-08', scene, { bonds: [bond('bond1', ['bond0', 'eth2'])] }), /bond0 is a bond/);
  assert.match(refusal('BOND-08', scene, { bonds: [bond('bond1', ['eth2.5', 'eth2'])] }), /eth2.5 is a vlan device/);
  assert.equal(refusal('BOND-08', scene, { bonds: [bond('bond1', ['eth2', 'eth3'])] }), '');
});

test('BOND-09 a slave is taken from a bond only in the open', () => {
  const take = bond('bond1', ['eth1', 'eth2']);
  assert.match(refusal('BOND-09', bonded, { bonds: [take] }), /eth1 already belongs to bond0/);
  assert.equal(refusal('BOND-09', bonded, { bonds: [take], removedBonds: ['bond0'] }), '');
  assert.equal(refusal('BOND-09', bonded, { bonds: [take, bond('bond0', ['eth0', 'eth3'])] }), '');
});

test('BOND-10 a new slave gets no network', () => {
  const makes = { bonds: [bond('bond0', ['eth0', 'eth1'])] };
  const on = (nic: string) => ({ ...makes, attachments: [attach('red', nic)] });
  assert.match(refusal('BOND-10', red, on('eth0')), /eth0 cannot become a slave of bond0 and receive red/);
  assert.equal(refusal('BOND-10', red, on('bond0')), '');
  const stays = { ...red, attached: { red: 'eth0' } };
  assert.equal(refusal('BOND-10', stays, makes), '', 'BOND-11 speaks of that');
  const there = { ...red, attached: { red: 'eth3' } };
  assert.match(refusal('BOND-10', there, on('eth0')), /receive red/, 'a move is no different');
});

test('BOND-11 a slave keeps no network', () => {
  const scene = { networks: { red: { vlan: 5 } }, attached: { red: 'eth0' } };
  const makes = { bonds: [bond('bond0', ['eth0', 'eth1'])] };
  assert.match(refusal('BOND-11', scene, makes), /eth0 still carries red/);
  assert.equal(refusal('BOND-11', scene, { ...makes, attachments: [attach('red', 'bond0')] }), '');
  assert.equal(refusal('BOND-11', scene, { ...makes, removed: ['att-red'] }), '');
});

test('BOND-12 a slave carries nothing unmanaged', () => {
  const scene = { unmanaged: { legacy: 'eth0' } };
  const makes = { bonds: [bond('bond0', ['eth0', 'eth1'])] };
  assert.match(refusal('BOND-12', scene, makes), /eth0 carries unmanaged network legacy/);
  assert.equal(refusal('BOND-12', scene, { ...makes, removedUnmanaged: ['legacy'] }), '');
});

test('BOND-13 a slave has one bond', () => {
  const two = (...second: string[]) => ({ bonds: [bond('bond0', ['eth0', 'eth1']), bond('bond1', second)] });
  assert.equal(
    refusal('BOND-13', {}, two('eth1', 'eth2')),
    'eth1 is listed as a slave of several bonds: bond0, bond1.',
  );
  assert.equal(refusal('BOND-13', {}, two('eth2', 'eth3')), '');
});

test('BOND-14 a slave keeps no label', () => {
  const scene = { labels: { eth0: ['lab'] } };
  const makes = { bonds: [bond('bond0', ['eth0', 'eth1'])] };
  assert.match(refusal('BOND-14', scene, makes), /eth0 has labels \(lab\)/);
  assert.equal(refusal('BOND-14', scene, { ...makes, labels: { lab: 'bond0' } }), '');
  assert.equal(refusal('BOND-14', scene, { ...makes, removedLabels: ['lab'] }), '');
});

test('BOND-15 a removed bond is known', () => {
  assert.match(refusal('BOND-15', bonded, { removedBonds: ['bond0', 'bond8', 'bond9'] }), /bond8, bond9/);
  assert.equal(refusal('BOND-15', bonded, { removedBonds: ['bond0'] }), '');
});

test('BOND-16 a bond is not changed and removed at once, even when nothing about it changes', () => {
  const both = (...slaves: string[]) => ({ bonds: [bond('bond0', slaves)], removedBonds: ['bond0'] });
  assert.match(refusal('BOND-16', bonded, both('eth2', 'eth3')), /both changed and removed: bond0/);
  assert.match(refusal('BOND-16', bonded, both('eth0', 'eth1')), /bond0/);
  assert.equal(refusal('BOND-16', bonded, { removedBonds: ['bond0'] }), '');
});

test('BOND-17 what is removed as a bond is one', () => {
  assert.match(refusal('BOND-17', {}, { removedBonds: ['eth0'] }), /eth0 is not a bond/);
  assert.equal(refusal('BOND-17', bonded, { removedBonds: ['bond0'] }), '');
});

test('BOND-18 a removed bond is empty', () => {
  const scene = { ...bonded, ...red, attached: { red: 'bond0' } };
  assert.match(
    refusal('BOND-18', scene, { removedBonds: ['bond0'] }),
    /bond0 still carries red \(attachments att-red\)/,
  );
  assert.equal(refusal('BOND-18', scene, { removedBonds: ['bond0'], removed: ['att-red'] }), '');
  const moved = { removedBonds: ['bond0'], attachments: [update('att-red', { nic: { id: null, name: 'eth0' } })] };
  assert.equal(refusal('BOND-18', scene, moved), '');
  const wrong = { removedBonds: ['bond0'], attachments: [attach('red', 'bond0')] };
  assert.match(refusal('BOND-18', { ...bonded, ...red }, wrong), /still carries red/, 'ATT-19');
});

test('BOND-19 a removed bond carries nothing unmanaged', () => {
  const scene = { ...bonded, unmanaged: { legacy: 'bond0' } };
  assert.match(refusal('BOND-19', scene, { removedBonds: ['bond0'] }), /unmanaged network legacy/);
  assert.equal(refusal('BOND-19', scene, { removedBonds: ['bond0'], removedUnmanaged: ['legacy'] }), '');
});

test('BOND-20 VM networks need mode 1 to 4, others take any', () => {
  const on = (mode: string, vm: boolean) =>
    refusal(
      'BOND-20',
      { networks: { red: { vm } } },
      {
        bonds: [bond('bond0', ['eth0', 'eth1'], mode)],
        attachments: [attach('red', 'bond0')],
      },
    );
  for (const mode of [0, 5, 6]) assert.match(on(`mode=${mode}`, true), /bond0 uses mode .* VM network red/);
  for (const mode of [1, 2, 3, 4]) assert.equal(on(`mode=${mode}`, true), '');
  for (const mode of [0, 1, 2, 3, 4, 5, 6]) assert.equal(on(`mode=${mode}`, false), '');
  assert.equal(on('mode=active-backup', true), '');
  assert.match(on('miimon=100', true), /none that exists/);
});

test('BOND-20 judges what is on the bond already, unless it is out of sync and untouched', () => {
  const scene = { ...red, bonds: { bond0: { slaves: ['eth0', 'eth1'], options: 'mode=5' } } };
  assert.match(refusal('BOND-20', scene, { attachments: [attach('red', 'bond0')] }), /mode 5/);
  const stored = { ...scene, networks: { red: {}, blue: {} }, attached: { red: 'bond0' } };
  const other = { attachments: [attach('blue', 'eth3')] };
  assert.match(refusal('BOND-20', stored, other), /mode 5/);
  const drifted = {
    ...stored,
    observed: (all: NonNullable<ReturnType<typeof asked>['state']['observed']>) => ({ ...all, networks: [] }),
  };
  assert.equal(refusal('BOND-20', drifted, other), '');
  assert.match(refusal('BOND-20', drifted, { ...other, synchronized: ['att-red'] }), /mode 5/);
});

test('BOND-21 speaks of the label that brings the VM network', () => {
  const scene = { networks: { red: { label: 'lab' } } };
  const makes = (mode: number) => ({
    bonds: [bond('bond0', ['eth0', 'eth1'], `mode=${mode}`)],
    labels: { lab: 'bond0' },
  });
  assert.match(refusal('BOND-21', scene, makes(5)), /which label lab brings/);
  assert.equal(refusal('BOND-20', scene, makes(5)), '');
  assert.equal(refusal('BOND-21', scene, makes(1)), '');
});

test('BOND-22 options mean something', () => {
  const says = (options: string) => refusal('BOND-22', {}, { bonds: [bond('bond0', ['eth0', 'eth1'], options)] });
  assert.match(says('mode=9'), /mode=9: accepted are/);
  assert.match(says('mode=1 nosuch=1'), /no such bonding option/);
  assert.match(says('mode=1 lacp_rate=1'), /no meaning in mode 1 \(active-backup\)/);
  assert.match(says('mode=1 mode=2'), /given twice/);
  assert.match(says('mode=1 miimon=fast'), /accepted are milliseconds/);
  assert.match(says('mode=1 primary=eth3'), /not a slave/);
  assert.match(says('mode=1 miimon=100 arp_interval=100'), /exclude each other/);
  assert.match(says('mode=1 updelay=100'), /needs miimon/);
  assert.match(says('mode=1 miimon=100 updelay=150'), /multiple of miimon/);
  assert.match(says('mode=1 arp_interval=100 arp_ip_target=a=b'), /must not contain/);
  for (const fine of [
    'mode=802.3ad miimon=100 lacp_rate=fast xmit_hash_policy=layer3+4 min_links=1',
    'mode=1 miimon=100 primary=eth1 fail_over_mac=active num_unsol_na=3',
    'mode=1 arp_interval=200 arp_ip_target=10.0.0.1,10.0.0.2 arp_validate=all',
    'mode=5 miimon=100 tlb_dynamic_lb=0',
    '',
  ]) {
    assert.equal(says(fine), '', fine);
  }
});

test('BOND-04 a cluster before 4.3 knows bonds by number alone', () => {
  const old: Scene = { cluster: { version: { major: 4, minor: 2 } } };
  const named = (name: string) => ({ bonds: [bond(name, ['eth0', 'eth1'])] });
  assert.match(refusal('BOND-04', old, named('bond_a')), /bond_a: .* followed by digits in cluster c1/);
  assert.equal(refusal('BOND-04', old, named('bond7')), '');
  assert.equal(refusal('BOND-04', { cluster: { version: { major: 4, minor: 3 } } }, named('bond_a')), '');
});
