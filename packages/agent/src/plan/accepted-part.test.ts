import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import fc from 'fast-check';
import { acceptedPart } from './accepted-part.ts';
import { bond, network } from './host-for-tests.ts';

const config: HostConfig = {
  bonds: { bond0: bond(['eth0', 'eth1']), bond1: bond(['eth2', 'eth3']) },
  networks: {
    one: network({ base: 'bond0', vlan: 1 }),
    two: network({ base: 'bond1', vlan: 2 }),
    three: network({ base: 'eth4' }),
    lone: network({}),
  },
};

/** Refuses a config that has one of these, and names the first. */
const without =
  (...bad: string[]) =>
  ({ bonds, networks }: HostConfig): string | null => {
    const found = [...Object.keys(bonds), ...Object.keys(networks)].find((name) => bad.includes(name));
    return found === undefined ? null : `No ${found}.`;
  };

test('a config that is accepted stays whole', () => {
  assert.deepEqual(
    acceptedPart(config, () => null),
    { part: config, refusals: [] },
  );
});

test('a bond that is refused takes its networks along, and nothing else', () => {
  const { part, refusals } = acceptedPart(config, without('bond1'));
  assert.deepEqual([Object.keys(part.bonds), Object.keys(part.networks)], [['bond0'], ['one', 'three', 'lone']]);
  assert.deepEqual(refusals, ['Left out bond bond1 and its networks: No bond1.']);
});

test('of two that exclude each other, the first stays', () => {
  const { part, refusals } = acceptedPart(config, ({ networks }) =>
    'one' in networks && 'three' in networks ? 'Not both.' : null,
  );
  assert.deepEqual(Object.keys(part.networks), ['one', 'two', 'lone']);
  assert.deepEqual(refusals, ['Left out network three: Not both.']);
});

test('whatever is refused by itself is left out, and everything else is there', () => {
  const names = Array.from({ length: 40 }, (_, at) => `n${at}`);
  const many: HostConfig = { bonds: {}, networks: Object.fromEntries(names.map((name) => [name, network({})])) };
  fc.assert(
    fc.property(fc.subarray(names), (bad) => {
      const { part, refusals } = acceptedPart(many, without(...bad));
      assert.deepEqual(
        Object.keys(part.networks),
        names.filter((name) => !bad.includes(name)),
      );
      assert.equal(refusals.length, bad.length);
    }),
  );
});
