import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overTheWire } from './arrival.ts';

const entry = (address: string, scopeid = 0) => ({
  address,
  family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
  internal: address.startsWith('127.'),
  scopeid,
});
const arrival = overTheWire(() => ({
  lo: [entry('127.0.0.1'), entry('::1')],
  mgmt: [entry('fe80::1', 7), entry('2001:db8::5'), entry('192.0.2.5')],
  other: [entry('203.0.113.5')],
}));

test('a confirm has to leave the host, and to come by the device that carries the engine from now on', () => {
  const objects = (northbound: string | null, local: string, remote: string) =>
    arrival.objection(northbound, { local, remote }) !== null;
  assert.equal(objects(null, '192.0.2.5', '192.0.2.1'), false);
  assert.equal(objects(null, '127.0.0.1', '127.0.0.1'), true);
  assert.equal(objects(null, '::1', '::1'), true);
  assert.equal(objects(null, '192.0.2.5', '203.0.113.5'), true, 'an address of the host itself');
  assert.equal(objects('mgmt', '192.0.2.5', '192.0.2.1'), false);
  assert.equal(objects('mgmt', '203.0.113.5', '192.0.2.1'), true);
  assert.equal(objects('gone', '192.0.2.5', '192.0.2.1'), true);
});

test('it is asked for from an address of that device, of the family of the engine', () => {
  assert.equal(arrival.addressFor('mgmt', 'wss://192.0.2.1:54322'), '192.0.2.5');
  assert.equal(arrival.addressFor('mgmt', 'wss://[2001:db8::1]:54322'), '2001:db8::5');
  assert.equal(arrival.addressFor('mgmt', 'wss://engine.example:54322'), '2001:db8::5');
  assert.equal(arrival.addressFor('gone', 'wss://192.0.2.1:54322'), undefined);
  assert.equal(arrival.addressFor(null, 'wss://192.0.2.1:54322'), undefined);
});
