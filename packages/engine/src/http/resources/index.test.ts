/** What is served and what is described are the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '@patchbay/wire';
import type { Engine } from '../../operations/engine.ts';
import { route } from '../api.ts';
import { allRoutes } from './index.ts';

// Routes are made without the engine being asked anything.
const routes = allRoutes({ store: {} } as Engine, 'instance');
const address = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

test('every operation that is described is served, once', () => {
  assert.deepEqual(routes.map(address).sort(), operations.map(address).sort());
});

test('a collection takes a search when it has fields to search', () => {
  for (const { path, parameters, searchable } of routes) {
    assert.equal(parameters.includes('search'), searchable !== undefined, path);
  }
});

test('what is not described, or described otherwise, is not served', () => {
  const nobody = () => Promise.reject(new Error('not called'));
  assert.throws(() => route('GET', '/nowhere', 'host', nobody), /GET \/nowhere .*describes nothing/);
  assert.throws(() => route('GET', '/hosts', 'cluster', nobody), /answers cluster, .*an answer of host/);
});
