import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAnswer, readCollection, writeRequest } from './client.ts';
import { decode, encode, encodeCollection, encodeRequest } from './codec.ts';
import { apiObject } from './testing/arbitrary.ts';
import type { ApiObject, TypeName } from './types/index.ts';

const told = <T extends TypeName>(type: T, json: unknown) => {
  const read = readAnswer(type, json);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
};

test('texts become numbers, booleans and milliseconds, and absent, empty and given stay three things', () => {
  assert.deepEqual(told('host_nic', { id: 'n', mtu: '1500', bridged: 'true', speed: '10000000000', properties: {} }), {
    ...{ id: 'n', mtu: 1500, bridged: true, speed: 10_000_000_000, properties: [] },
  });
  assert.deepEqual(told('network', { vlan: {}, usages: { usage: ['vm'] } }), { vlan: {}, usages: ['vm'] });
  assert.deepEqual(told('event', { id: '7', time: 1732370706123, code: null }), { id: '7', time: 1732370706123 });
});

test('what a newer engine says beyond the tables does not hinder', () => {
  const newer = {
    id: 'h',
    status: 'asleep',
    colour: { of: 'door' },
    nics: { host_nic: [{ id: 'n', spin: 'up' }], total: 1 },
  };
  assert.deepEqual(told('host', newer), { id: 'h', status: 'asleep', nics: [{ id: 'n' }] });
  assert.deepEqual(readCollection('host', { host: [{ id: 'h' }], total: '1' }), { ok: true, value: [{ id: 'h' }] });
});

test('what is no answer of the type is refused with its place', () => {
  for (const [json, said] of [
    [[], /an object was expected \(host_nic\), not an array/],
    [{ mtu: 'much' }, /^mtu: "much" is not a whole number/],
    [{ bonding: { slaves: { host_nic: [{ mtu: {} }] } } }, /^bonding\.slaves\.host_nic\[0\]\.mtu: /],
  ] as const) {
    const read = readAnswer('host_nic', json);
    assert.ok(!read.ok && said.test(read.fault.detail), JSON.stringify(read));
  }
});

test('a long collection is read whatever limits requests have', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => ({ id: `${at}`, name: 'x'.repeat(80), mtu: 1500 }));
  const read = readCollection('host_nic', JSON.parse(encodeCollection('json', 'host_nic', many)));
  assert.ok(read.ok);
  assert.deepEqual(read.value, many);
});

test('a request that is none is refused before it is sent, with the member that is wrong', () => {
  const wrong: [TypeName, unknown, RegExp][] = [
    ['action', { modified_bond: [] }, /^There is no modified_bond: action has .*modified_bonds/],
    ['action', { modified_bonds: { host_nic: [] } }, /^modified_bonds must be an array, not an object/],
    [
      'action',
      { modified_bonds: [{ bonding: { slaves: ['eth1'] } }] },
      /^modified_bonds\[0\]\.bonding\.slaves\[0\] must be an object \(host_nic\), not a string/,
    ],
    ['network', { mtu: '9000' }, /^mtu must be a whole number, not a string/],
    ['network', { mtu: 1.5 }, /^mtu must be a whole number, not a number/],
    ['network', { vlan: null }, /^vlan is null: leave it out .* or send it empty/],
    ['network', { usages: ['VM'] }, /^usages\[0\] must be one of vm, .*, not "VM"/],
    ['network', { name: 'a\u0000' }, /^name holds a character/],
    ['network', [], /^The body must be an object \(network\), not an array/],
  ];
  for (const [type, value, said] of wrong) {
    assert.throws(() => writeRequest(type, value as ApiObject<'network'>), { name: 'TypeError', message: said });
  }
});

test('what an answer alone may say is not sent back, and undefined is absence', () => {
  const read = { id: 'a', href: '/a', in_sync: true, properties: [], host: { id: 'h' }, qos: undefined };
  assert.deepEqual(JSON.parse(writeRequest('network_attachment', read)), { id: 'a', properties: {} });
});

const some = ['action', 'network_attachment', 'host_nic', 'network', 'host', 'cluster', 'event', 'job'] as const;

test('every answer is read as the strict reader reads it, and every request written as before', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...some).chain((type) => apiObject(fc, 'answer', type).map((value) => ({ type, value }))),
      ({ type, value }) => assert.deepEqual(told(type, JSON.parse(encode('json', type, value))), value),
    ),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...some).chain((type) => apiObject(fc, 'request', type).map((value) => ({ type, value }))),
      ({ type, value }) => {
        const text = writeRequest(type, value);
        assert.equal(text, encodeRequest('json', type, value));
        assert.deepEqual(decode('json', Buffer.from(text), type), { ok: true, value });
      },
    ),
    { numRuns: 300 },
  );
});
