import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asked, asked, attach, bond, ipv4Static, type Scene, update, vfs } from '../testing.ts';
import { toStored } from './to-stored.ts';

const scene: Scene = {
  networks: { red: {}, blue: { vlan: 5, label: 'lab' } },
  attached: { red: { nic: 'bond0', ipv4: ipv4Static('10.0.0.5') } },
  bonds: { bond0: { slaves: ['eth2', 'eth3'] } },
  labels: { eth1: ['x'] },
};

function stored(what: Asked) {
  let last = 0;
  return toStored(asked(scene, what), { newId: () => `new-${++last}` });
}

test("A new attachment gets an id and the nic's", () => {
  const { attachments, nics } = stored({ attachments: [attach('blue', 'eth0')] });
  assert.deepEqual(
    attachments.inserted.map(({ id, hostId, networkId, nicId }) => [id, hostId, networkId, nicId]),
    [['new-1', 'host', 'net-blue', 'nic-eth0']],
  );
  assert.deepEqual(
    [attachments.updated, attachments.deleted, nics],
    [[], [], { inserted: [], updated: [], deleted: [] }],
  );
});

test('Ids survive moves and the breaking of the bond below', () => {
  const { attachments, nics } = stored({ removedBonds: ['bond0'], attachments: [attach('red', 'eth2')] });
  assert.deepEqual(
    attachments.updated.map(({ id, nicId, ipv4 }) => [id, nicId, ipv4.address]),
    [['att-red', 'nic-eth2', '10.0.0.5']],
  );
  assert.deepEqual([attachments.inserted, attachments.deleted, nics.deleted], [[], [], ['nic-bond0']]);
});

test('A new bond gets a row, and its attachments refer to it', () => {
  const { attachments, nics } = stored({
    bonds: [bond('bond1', ['eth0', 'eth1'], 'mode=1')],
    attachments: [attach('blue', 'bond1')],
    labels: { lab: 'bond1' },
    removedLabels: ['x'],
  });
  const [made] = nics.inserted;
  assert.deepEqual([made?.name, made?.kind, made?.labels], ['bond1', 'bond', ['lab']]);
  assert.deepEqual(made?.bond, { slaves: ['eth0', 'eth1'], options: [{ name: 'mode', value: '1' }] });
  assert.equal(attachments.inserted[0]?.nicId, made?.id);
  assert.deepEqual(
    nics.updated.map((nic) => [nic.name, nic.labels]),
    [['eth1', []]],
  );
});

test('A changed bond keeps its row', () => {
  const { nics } = stored({ bonds: [bond('bond0', ['eth0', 'eth2', 'eth3'])] });
  assert.deepEqual(
    nics.updated.map((nic) => [nic.id, nic.bond?.slaves]),
    [['nic-bond0', ['eth0', 'eth2', 'eth3']]],
  );
  assert.deepEqual([nics.inserted, nics.deleted], [[], []]);
});

test('A label leaves the nic it was on', () => {
  const { nics } = stored({ labels: { x: 'eth0' } });
  assert.deepEqual(
    nics.updated.map((nic) => [nic.name, nic.labels]),
    [
      ['eth0', ['x']],
      ['eth1', []],
    ],
  );
});

test('Removals, once each', () => {
  assert.deepEqual(stored({ removed: ['att-red'], removedNetworks: ['red'] }).attachments.deleted, ['att-red']);
});

test('What changes nothing stores nothing', () => {
  const { attachments, nics } = stored({ attachments: [update('att-red')], bonds: [bond('bond0', ['eth2', 'eth3'])] });
  assert.deepEqual(
    [attachments, nics],
    [
      { inserted: [], updated: [], deleted: [] },
      { inserted: [], updated: [], deleted: [] },
    ],
  );
});

test('Virtual functions are kept with their nic, beside its labels', () => {
  const on: Scene = { labels: { eth0: ['x'] }, functions: { eth0: { total: 7 } } };
  const kept = (what: Asked) =>
    toStored(asked(on, what), { newId: () => 'new' }).nics.updated.map(({ name, labels, vfs, vfCount }) => [
      name,
      labels,
      vfs?.allNetworksAllowed,
      vfCount,
    ]);
  assert.deepEqual(kept({ virtualFunctions: [vfs('eth0', { count: 3 })] }), [['eth0', ['x'], true, 3]]);
  assert.deepEqual(kept({ virtualFunctions: [vfs('eth0', { allNetworksAllowed: false })], labels: { y: 'eth0' } }), [
    ['eth0', ['x', 'y'], false, undefined],
  ]);
  assert.deepEqual(kept({ virtualFunctions: [vfs('eth0', { allNetworksAllowed: true })] }), []);
});
