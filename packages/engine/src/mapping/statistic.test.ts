import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idOf, nicStatistics } from './statistic.ts';

test('ids are the name-based UUIDs that clients of oVirt know', () => {
  // As java.util.UUID.nameUUIDFromBytes makes it of the name.
  assert.equal(idOf('data.current.rx'), 'ecd0559f-e88f-3330-94b4-1f091b0ffdf7');
});

test('values of a nic: rates to two digits, nothing while unknown', () => {
  const owner = { id: 'n', href: '/api/hosts/h/nics/n' };
  const values = (counters: Parameters<typeof nicStatistics>[1]) =>
    nicStatistics(owner, counters).map(({ name, values: [value] = [] }) => `${name} ${value?.datum}`);
  const counters = { rxBytes: 1234, txBytes: 10, rxErrors: 1, txErrors: 0, rxRate: 123_456, txRate: null };
  assert.deepEqual(values(counters), [
    'data.current.rx 120000',
    'data.current.tx undefined',
    'data.current.rx.bps 990000',
    'data.current.tx.bps undefined',
    'data.total.rx 1234',
    'data.total.tx 10',
    'errors.total.rx 1',
    'errors.total.tx 0',
  ]);
  assert.equal(values(null).filter((value) => value.endsWith('undefined')).length, 8);
});

test('X14 what comes in is told as received and what goes out as transmitted, rates and totals alike', () => {
  const owner = { id: 'n', href: '/api/hosts/h/nics/n' };
  const counters = { rxBytes: 5000, txBytes: 70, rxErrors: 3, txErrors: 1, rxRate: 400, txRate: 20 };
  const told = nicStatistics(owner, counters).map(
    ({ name = '', values: [value] = [] }) => [name, value?.datum] as const,
  );
  const of = (way: 'rx' | 'tx') => Object.fromEntries(told.filter(([name]) => name.split('.').includes(way)));
  assert.deepEqual(of('rx'), {
    ...{ 'data.current.rx': 400, 'data.current.rx.bps': 3200, 'data.total.rx': 5000, 'errors.total.rx': 3 },
  });
  assert.deepEqual(of('tx'), {
    ...{ 'data.current.tx': 20, 'data.current.tx.bps': 160, 'data.total.tx': 70, 'errors.total.tx': 1 },
  });
});
