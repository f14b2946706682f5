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
