import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, type Scene } from '../../testing.ts';

const scene: Scene = {
  networks: { red: { label: 'lab' }, mgmt: { roles: ['management'] } },
  attached: { red: 'eth0', mgmt: 'eth1' },
  labels: { eth0: ['lab'] },
};

test('ATT-12 what is removed is there, by id and by network', () => {
  assert.match(
    refusal('ATT-12', scene, { removed: ['att-x', 'att-red', 'att-y'] }),
    /host h1 does not have: att-x, att-y/,
  );
  assert.match(refusal('ATT-12', scene, { removedNetworks: ['blue'] }), /of network blue/);
  assert.equal(refusal('ATT-12', scene, { removedNetworks: ['red'] }), '');
});

test('MGMT-01 the management network stays', () => {
  assert.match(refusal('MGMT-01', scene, { removed: ['att-mgmt'] }), /mgmt is the management network of cluster c1/);
  assert.equal(refusal('MGMT-01', scene, { removed: ['att-red'] }), '');
});

test('LBL-22 a labelled network leaves with its label', () => {
  assert.match(
    refusal('LBL-22', scene, { removed: ['att-red'] }),
    /red is on eth0 through label lab; remove the label/,
  );
  assert.equal(refusal('LBL-22', scene, { removed: ['att-red'], removedLabels: ['lab'] }), '');
  assert.equal(
    refusal('LBL-22', { ...scene, labels: { eth1: ['lab'] } }, { removed: ['att-red'] }),
    '',
    'another nic has it',
  );
});

const provided = { providerId: 'ovn', externalId: 'x', physicalNetworkId: 'net-red', physicalName: null };

test('EXT-01 an external network is not taken off a host', () => {
  const odd: Scene = { networks: { far: { external: provided } }, attached: { far: 'eth0' } };
  assert.match(refusal('EXT-01', odd, { removed: ['att-far'] }), /External network far is not configured on hosts/);
  assert.equal(refusal('EXT-01', scene, { removed: ['att-red'] }), '');
});

test('VM-01 a network stays under the VMs that run with it', () => {
  const busy: Scene = { ...scene, labels: {}, vms: { red: ['web', 'db'] } };
  assert.match(refusal('VM-01', busy, { removed: ['att-red'] }), /red is in use by web, db on host h1/);
  assert.equal(refusal('VM-01', { ...busy, vms: { mgmt: ['web'] } }, { removed: ['att-red'] }), '');
});

test('EXT-02 a network stays under the external ones that VMs here use', () => {
  const above: Scene = {
    networks: { red: {}, far: { external: provided } },
    attached: { red: 'eth0' },
    vms: { far: ['web'] },
  };
  assert.match(refusal('EXT-02', above, { removed: ['att-red'] }), /red carries external networks in use by web: far/);
  assert.equal(refusal('EXT-02', { ...above, vms: {} }, { removed: ['att-red'] }), '');
});
