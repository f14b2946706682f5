import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from '../../testing.ts';

const scene = { networks: { red: {} }, attached: { red: 'eth0' }, unmanaged: { legacy: 'eth1' } };

test('UNM-01 a network of the cluster is removed by its attachment', () => {
  assert.match(refusal('UNM-01', scene, { removedUnmanaged: ['red'] }), /red is a network of cluster c1/);
  assert.equal(refusal('UNM-01', scene, { removedUnmanaged: ['legacy'] }), '');
});

test('UNM-02 the host reports what is removed', () => {
  assert.match(refusal('UNM-02', scene, { removedUnmanaged: ['nope'] }), /Host h1 reports no unmanaged network nope/);
  assert.equal(refusal('UNM-02', scene, { removedUnmanaged: ['legacy'] }), '');
});
