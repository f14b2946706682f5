import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nic } from '../../entities.ts';
import { type VfAllowanceChange, type VfCountChange, validateVfAllowance, validateVfCount } from './index.ts';

const pf: Nic = {
  ...{ id: 'nic-eth5', hostId: 'host', name: 'eth5', kind: 'nic', bond: null, labels: [], base: null, vlan: null },
  vfs: { allNetworksAllowed: false, networkIds: ['red'], labels: ['lab'] },
};
const open: Nic = { ...pf, vfs: { allNetworksAllowed: true, networkIds: [], labels: [] } };
const sriov = { total: 7, current: 2 };
const spoken = (found: { rule: string; message: string }[]) => found.map((one) => `${one.rule} ${one.message}`);
const counts = (change: Partial<VfCountChange>) =>
  spoken(validateVfCount({ nic: pf, sriov, count: 3, allNetworksAllowed: null, busy: [], ...change }));
const lists = (change: Partial<VfAllowanceChange>) =>
  validateVfAllowance({ nic: pf, sriov, kind: 'network', ref: 'blue', id: 'blue', add: true, ...change });

test('A fine number', () => {
  assert.deepEqual(counts({}), []);
  for (const count of [0, 7]) assert.deepEqual(counts({ count }), []);
});

test('VF-02 only a physical function has virtual ones', () => {
  assert.deepEqual(counts({ sriov: null }), ['VF-02 eth5 is not an SR-IOV physical function.']);
  assert.equal(validateVfCount({ nic: pf, sriov: null, count: 1, allNetworksAllowed: null, busy: [] })[0]?.status, 405);
  assert.equal(lists({ sriov: null })[0]?.status, 400);
});

test('VF-03 the number stays while one is in use', () => {
  assert.deepEqual(counts({ busy: ['eth5v0 (network red)'] }), [
    'VF-03 The number of virtual functions of eth5 cannot change: in use are eth5v0 (network red).',
  ]);
  assert.deepEqual(counts({ count: 2, busy: ['eth5v0'] }), [], 'it does not change');
  assert.deepEqual(counts({ count: null, allNetworksAllowed: true, busy: ['eth5v0'] }), []);
});

test('VF-04 the number is in range', () => {
  assert.deepEqual(counts({ count: 8 }), ['VF-04 eth5: number of VFs must be 0 to 7, got 8.']);
  assert.deepEqual(counts({ count: -2 }), ['VF-04 eth5: number of VFs must be 0 to 7, got -2.']);
});

test('VF-05 a list counts only while not all networks are allowed', () => {
  assert.deepEqual(spoken(lists({ nic: open })), ['VF-05 eth5 allows all networks; switch that off first.']);
  const { vfs: _, ...untouched } = pf;
  assert.equal(lists({ nic: untouched })[0]?.rule, 'VF-05', 'so it is until somebody says otherwise');
});

test('VF-06 an allowed network is known', () => {
  assert.deepEqual(spoken(lists({ id: null })), ['VF-06 Network blue is not known.']);
});

test('VF-07 what is on the list is not put there again, and what is not there is not taken off', () => {
  const keys = (change: Partial<VfAllowanceChange>) => lists(change).map((one) => one.key);
  assert.deepEqual(keys({ id: 'red', ref: 'red' }), ['ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG']);
  assert.deepEqual(keys({ add: false }), ['ACTION_TYPE_FAILED_NETWORK_NOT_IN_VFS_CONFIG']);
  assert.deepEqual(keys({ kind: 'label', id: 'lab' }), ['ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG']);
  assert.deepEqual(keys({ kind: 'label', id: 'new', add: false }), ['ACTION_TYPE_FAILED_LABEL_NOT_IN_VFS_CONFIG']);
  assert.deepEqual(keys({}), []);
  assert.deepEqual(keys({ id: 'red', add: false }), []);
  assert.deepEqual(keys({ kind: 'label', id: 'new' }), []);
  assert.deepEqual(keys({ kind: 'label', id: 'lab', add: false }), []);
});

test('VF-08 the action says what shall change', () => {
  assert.match(counts({ count: null })[0] ?? '', /^VF-08 .*number_of_virtual_functions\|all_networks_allowed/);
});
