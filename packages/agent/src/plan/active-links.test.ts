import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { activeLinks } from './active-links.ts';
import { Draft } from './draft.ts';
import { network, TestHost } from './host-for-tests.ts';
import { targetFor } from './target-for.ts';

const [now, then] = [null, null];
const nowhere = { now, then };

test('a nic that is a macvlan is looked at no more than another when nothing changes', () => {
  const host = new TestHost();
  const { index: _, ...nic } = host.link('eth5');
  host.world.insert({ ...nic, name: 'fake0', type: 'macvlan', base: 'eth4' });
  const config: HostConfig = { bonds: {}, networks: { red: network({ base: 'fake0' }) } };
  const active = (): string[] => {
    const found = targetFor(host.state, config, new Set());
    assert.ok(found.ok);
    return [...activeLinks(new Draft(host.state, found.target, nowhere))];
  };
  assert.deepEqual(active().sort(), ['fake0', 'red']);
  host.apply(config);
  assert.deepEqual(active(), []);
});
