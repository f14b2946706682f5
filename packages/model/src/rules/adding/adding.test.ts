import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attach, bond, hostState } from '../../testing.ts';
import { validateLabelRemoval, validateNewAttachment, validateNewBond, validateNewLabel } from './index.ts';

const state = hostState({
  networks: { red: {}, blue: {} },
  attached: { red: 'eth0' },
  bonds: { bond0: { slaves: ['eth2', 'eth3'] } },
  labels: { eth0: ['lab'] },
});
const rules = (violations: { rule: string }[]) => violations.map((one) => one.rule);

test('ATT-16 a new attachment has no id', () => {
  assert.deepEqual(rules(validateNewAttachment(state, attach('blue', 'eth1', { id: 'att-blue' }))), ['ATT-16']);
  assert.deepEqual(validateNewAttachment(state, attach('blue', 'eth1')), []);
});

test('ATT-09 a network that is attached is not attached anew', () => {
  const [violation] = validateNewAttachment(state, attach('red', 'eth1'));
  assert.equal(violation?.message, 'Network red is already on host h1 as attachment att-red; change that one.');
  const byId = attach('', 'eth1', { network: { id: 'net-red', name: null } });
  assert.deepEqual(rules(validateNewAttachment(state, byId)), ['ATT-09']);
});

test('S-06 a new bond has a new name', () => {
  assert.deepEqual(rules(validateNewBond(state, bond('bond0', ['eth0', 'eth1']))), ['S-06']);
  assert.deepEqual(validateNewBond(state, bond('bond1', ['eth0', 'eth1'])), []);
});

test('LBL-16 and LBL-17 a label is put on a nic once, and on one nic', () => {
  const put = (label: string, nic: string) =>
    rules(validateNewLabel(state, { label, nic: { id: null, name: nic }, path: '' }));
  assert.deepEqual(put('lab', 'eth0'), ['LBL-16']);
  assert.deepEqual(put('lab', 'eth1'), ['LBL-17']);
  assert.deepEqual(put('new', 'eth1'), []);
});

test('LBL-18 a label is taken off the nic that has it', () => {
  const take = (label: string, nic: string) =>
    rules(validateLabelRemoval(state, { label, nic: { id: null, name: nic }, path: '' }));
  assert.deepEqual(take('lab', 'eth1'), ['LBL-18']);
  assert.deepEqual(take('other', 'eth0'), ['LBL-18']);
  assert.deepEqual(take('lab', 'eth0'), []);
});
