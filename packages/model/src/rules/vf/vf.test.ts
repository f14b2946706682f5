import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nic } from '../../entities.ts';
import { driftedFunctions } from '../../state/drifted-functions.ts';
import { type Asked, attach, bond, hostState, refusal, type Scene, vfs } from '../../testing.ts';
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

test('LBL-01 a label that functions may use looks like any label', () => {
  const spoken = (id: string, add = true) => lists({ kind: 'label', id, ref: id, add }).map((one) => one.rule);
  assert.deepEqual(spoken('a b'), ['LBL-01']);
  assert.deepEqual(spoken(''), ['LBL-01']);
  assert.deepEqual(spoken('a-b_1'), []);
});

const nics = ['eth0', 'eth1', 'eth2', 'v0', 'v1'];
const functions: Scene['functions'] = { eth1: { total: 7, names: ['v0', 'v1'], asked: 2 } };
const scene: Scene = { nics, functions, networks: { red: {}, blue: { vlan: 5 } } };
const count = (number: number, more: Asked = {}): Asked => ({
  virtualFunctions: [vfs('eth1', { count: number })],
  ...more,
});

test('VF-03 says what uses each function, now and as it shall be', () => {
  const says = (on: Partial<Scene>, what = count(4)) => refusal('VF-03', { ...scene, ...on }, what);
  assert.equal(says({}), '');
  assert.match(says({ attached: { red: 'v0' } }), /in use are v0 \(network red\)\./);
  assert.match(says({ unmanaged: { old: 'v1' } }), /v1 \(network old\)/);
  assert.match(says({ held: { v0: 'web' } }), /v0 \(VM web\)/);
  assert.match(says({ bonds: { bond0: { slaves: ['v0', 'eth2'] } } }), /v0 \(slave of bond0\)/);
  assert.match(says({ vlans: ['v1.5'] }), /v1 \(VLAN device v1.5\)/);
  const held = { eth1: { total: 7, names: ['v0'], held: 1, asked: 2 } };
  assert.match(says({ functions: held }), /1 given to a VM or a container/);
  assert.match(says({}, count(4, { attachments: [attach('red', 'v0')] })), /v0 \(network red\)/);
  assert.match(says({}, count(4, { bonds: [bond('bond0', ['v1', 'eth2'])] })), /v1 \(slave of bond0\)/);
  assert.equal(says({ attached: { red: 'v0' } }, count(2)), '', 'it stays');
});

test('VF-02 and VF-04 hold wherever a number comes from', () => {
  assert.match(refusal('VF-04', scene, count(8)), /0 to 7, got 8/);
  assert.match(refusal('VF-02', { ...scene, functions: {} }, count(1)), /eth1 is not an SR-IOV/);
});

test('VF-04 of a nic that has vanished lets its functions be given up', () => {
  const gone: Scene = {
    ...scene,
    observed: (all) => ({ ...all, nics: all.nics.filter(({ name }) => name === 'eth0') }),
  };
  for (const rule of ['VF-02', 'VF-03', 'VF-04']) assert.equal(refusal(rule, gone, count(0)), '', rule);
  assert.match(refusal('VF-04', gone, count(3)), /0 to 2, got 3/);
});

test('VF-10 the nic that carries management keeps its number unless forced', () => {
  const managed: Scene = { ...scene, networks: { mgmt: { roles: ['management'] } }, attached: { mgmt: 'eth1' } };
  assert.match(refusal('VF-10', managed, count(4)), /^eth1 carries the management network.*force/);
  assert.equal(refusal('VF-10', managed, count(4, { force: true })), '');
  assert.equal(refusal('VF-10', managed, count(2)), '');
  assert.equal(refusal('VF-10', scene, count(4)), '');
  const bonded: Scene = { ...managed, bonds: { bond0: { slaves: ['eth0', 'eth1'] } }, attached: { mgmt: 'bond0' } };
  assert.match(refusal('VF-10', bonded, count(4)), /^eth1 /);
  const above: Scene = { ...managed, attached: { mgmt: 'v0' } };
  assert.match(refusal('VF-10', above, count(4)), /^eth1 /, 'a function of it does');
});

test('Numbers that drifted are put right by the way where that hurts nobody', () => {
  const drifted = (on: Partial<Scene>) =>
    driftedFunctions(hostState({ ...scene, ...on })).map(({ nic, count: n }) => [nic?.name, n]);
  const one = { eth1: { total: 7, names: ['v0'], asked: 2 } };
  assert.deepEqual(drifted({}), []);
  assert.deepEqual(drifted({ functions: one }), [['eth1', 2]]);
  assert.deepEqual(drifted({ functions: one, attached: { red: 'v0' } }), []);
  const managed = { functions: one, networks: { mgmt: { roles: ['management' as const] } } };
  assert.deepEqual(drifted({ ...managed, attached: { mgmt: 'eth1' } }), []);
});
