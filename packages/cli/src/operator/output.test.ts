import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressText } from './address-text.ts';
import { table, timeText } from './output.ts';

test('columns are as wide as they must be, and what is not known is a dash', () => {
  const rows = [
    ['eth1', 1500, true],
    ['bond0.101', undefined, false],
    ['Büro', '', true],
  ];
  assert.deepEqual(table(['NAME', 'MTU', 'VM'], rows), [
    'NAME       MTU   VM',
    'eth1       1500  yes',
    'bond0.101  -     no',
    'Büro       -     yes',
  ]);
  assert.deepEqual(table(['NAME', 'MTU'], []), ['NAME  MTU']);
});

test('what others wrote does not steer the terminal', () => {
  assert.deepEqual(table(['NAME'], [['red\u001b[2J\nhost2\u009b1m']]), ['NAME', 'red\ufffd[2J\ufffdhost2\ufffd1m']);
});

test('a time is told to the second in UTC, an address with its prefix', () => {
  assert.equal(timeText(1732370706123), '2024-11-23 14:05:06Z');
  assert.equal(addressText({ address: '10.0.0.15', netmask: '255.255.240.0' }), '10.0.0.15/20');
  assert.equal(addressText({ address: 'fe80::1', netmask: '64' }), 'fe80::1/64');
  assert.equal(addressText({ netmask: '64' }), undefined);
});
