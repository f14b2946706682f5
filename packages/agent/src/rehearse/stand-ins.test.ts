import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, network, TestHost } from '../plan/host-for-tests.ts';
import { rehearsalOf, script } from './stand-ins.ts';

const vlans = (ids: number[], mtu = 1500): HostConfig => ({
  bonds: { bond0: bond(['eth1', 'eth2']) },
  networks: Object.fromEntries(ids.map((vlan) => [`v${vlan}`, network({ base: 'bond0', vlan, mtu })])),
});

function rehearsed(from: HostConfig, to: HostConfig): string[] {
  const host = new TestHost();
  host.apply(from);
  return script(rehearsalOf(host.state, host.plan(to).ops));
}

const making = (lines: string[]) => lines.flatMap((line) => /^link add .*?name (\S+)/.exec(line)?.[1] ?? []);

test('a network more on a bond needs the bond and its nics, not the other networks', () => {
  const lines = rehearsed(vlans([10, 11, 12]), vlans([10, 11, 12, 13]));
  assert.deepEqual(making(lines).sort(), ['bond0', 'bond0.13', 'eth1', 'eth2', 'v13']);
});

test('what stands on something that is resized is there too', () => {
  const lines = rehearsed(vlans([10, 11]), vlans([10, 11], 9000));
  assert.deepEqual(making(lines).sort(), ['bond0', 'bond0.10', 'bond0.11', 'eth1', 'eth2', 'v10', 'v11']);
});

test('what has to go is there to go', () => {
  const lines = rehearsed(vlans([10, 11]), vlans([11]));
  assert.ok(making(lines).includes('v10'));
  assert.ok(!making(lines).includes('v11'));
  assert.ok(lines.some((line) => /^link del/.test(line)));
});

test('a VLAN of another protocol has no stand-in, and hinders no rehearsal of what is below it', () => {
  const host = new TestHost();
  host.apply(vlans([10]));
  host.run([{ kind: 'link.add', name: 'outer', type: 'vlan', mac: null, base: 'bond0', vlan: 9, options: {} }]);
  host.link('outer').vlan = null;
  const lines = script(rehearsalOf(host.state, host.plan(vlans([10], 9000)).ops));
  assert.ok(making(lines).includes('bond0') && lines.every((line) => !line.includes('outer')), lines.join('; '));
});
