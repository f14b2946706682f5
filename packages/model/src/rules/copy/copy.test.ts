import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../entities.ts';
import { hostState } from '../../testing.ts';
import { type CopyRequest, validateCopy } from './index.ts';

const target: Host = { ...hostState().host, id: 'b', name: 'h2' };
const source: Host = { ...target, id: 'a', name: 'h1' };
const says = (change: Partial<CopyRequest>) =>
  validateCopy({
    ...{ sourceRef: 'a', source, target, candidates: { source: ['eth1'], target: ['eth1'] } },
    clusterOf: (host) => ({ name: `cluster of ${host.name}` }),
    ...change,
  }).map((one) => `${one.rule} ${one.message}`);

test('A fine copy', () => {
  assert.deepEqual(says({}), []);
});

test('COPY-01 the source is named', () => {
  assert.deepEqual(says({ sourceRef: null, source: null }), [
    'COPY-01 The source host is missing; give source_host by id or name.',
  ]);
});

test('COPY-02 the source is known', () => {
  assert.deepEqual(says({ sourceRef: 'x', source: null }), ['COPY-02 Host x is not known.']);
});

test('COPY-03 both are in one cluster', () => {
  assert.deepEqual(says({ source: { ...source, clusterId: 'other' } }), [
    'COPY-03 h1 and h2 are in different clusters, cluster of h1 and cluster of h2.',
  ]);
});

test('COPY-04 the target has nics enough', () => {
  const candidates = (m: number, n: number) => ({ source: Array(m).fill('eth'), target: Array(n).fill('eth') });
  assert.deepEqual(says({ candidates: candidates(3, 2) }), ['COPY-04 h2 has 2 usable nics, h1 needs 3.']);
  assert.deepEqual(says({ candidates: candidates(2, 3) }), [], 'nics left over stay as they are');
  assert.deepEqual(says({ candidates: null }), [], 'the client maps them');
});

test('COPY-05 a host is not copied to itself', () => {
  assert.deepEqual(says({ source: target }), ['COPY-05 Source and target are the same host, h2.']);
});
