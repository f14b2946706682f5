import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RouteReport, RuleReport } from '@patchbay/protocol';
import { FIRST_TABLE } from '../observe/ownership.ts';
import { tableFor } from './source-table.ts';

const subnet = '192.0.2.0/24';
const rule = (table: number): RuleReport => ({
  family: 4,
  priority: 3200,
  from: subnet,
  to: null,
  table,
  protocol: '199',
});
const route = (device: string, table: number): RouteReport => ({
  ...{ family: 4, table, destination: subnet, gateway: null, device },
  ...{ protocol: '199', metric: null },
});
const [first, second, third] = [FIRST_TABLE, FIRST_TABLE + 1, FIRST_TABLE + 2];

const nobody = new Set<string>();
const none = new Set<number>();

test('a network that moves keeps the table of its subnet, one that changes its subnet that of its device', () => {
  const state = { rules: [rule(second)], routes: [route('eth1', second)] };
  assert.equal(tableFor(state, subnet, 'eth2', nobody, none), second);
  assert.equal(tableFor(state, '198.51.100.0/24', 'eth1', nobody, none), second);
  assert.equal(tableFor(state, '198.51.100.0/24', 'eth2', new Set(['eth1']), none), first);
});

test('two networks of one subnet keep their tables, whichever rule or network comes first', () => {
  const routes = [route('eth1', first), route('eth2', second)];
  for (const rules of [
    [rule(first), rule(second)],
    [rule(second), rule(first)],
  ]) {
    assert.equal(tableFor({ rules, routes }, subnet, 'eth1', new Set(['eth2']), none), first);
    assert.equal(tableFor({ rules, routes }, subnet, 'eth2', new Set(['eth1']), none), second);
  }
});

test('a network that joins another one in its subnet leaves it its table', () => {
  const state = { rules: [rule(first)], routes: [route('eth1', first)] };
  assert.equal(tableFor(state, subnet, 'eth2', new Set(['eth1']), none), second);
  assert.equal(tableFor(state, subnet, 'eth1', new Set(['eth2']), new Set([second])), first);
});

test('a table that is in use, or was just given away, is not given to another', () => {
  const state = { rules: [rule(first)], routes: [] };
  assert.equal(tableFor(state, '198.51.100.0/24', 'eth9', nobody, new Set([second])), third);
});
