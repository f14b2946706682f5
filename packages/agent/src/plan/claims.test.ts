import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostConfig, KernelOp, ManagerReport } from '@patchbay/protocol';
import { withOwners } from '../observe/owners.ts';
import { isClaimed, lastingClaims } from './claims.ts';
import { bond, ip4, network, TestHost } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

function hostWith(...managers: Partial<ManagerReport>[]): TestHost {
  const host = new TestHost();
  host.world.managers = managers.map((one) => ({
    ...{ name: 'NetworkManager', running: true, devices: [], claims: [] },
    ...one,
  }));
  return host;
}
const claims = (ops: readonly KernelOp[]) =>
  ops.flatMap((op) => (op.kind === 'manager.claim' ? op.claims.map(({ device }) => `${op.manager} ${device}`) : []));

const config: HostConfig = {
  bonds: { bond0: bond(['eth1', 'eth2']) },
  networks: {
    red: network({ base: 'bond0', vlan: 7 }),
    plain: network({ base: 'bond0', vlan: 8, bridged: false }),
    blue: network({ base: 'eth3' }),
  },
};

test('everything of ours is claimed before anything else is done, VLAN devices by a pattern', () => {
  const host = hostWith({});
  const { ops } = host.apply(config);
  assert.deepEqual(
    claims(ops),
    ['blue', 'bond0', 'eth1', 'eth2', 'eth3', 'red', 'bond0.*'].map((device) => `NetworkManager ${device}`),
  );
  assert.equal(
    ops.findIndex(({ kind }) => kind !== 'manager.claim'),
    1,
  );
  const [claim] = ops;
  assert.ok(claim?.kind === 'manager.claim');
  assert.equal(claim.claims.find(({ device }) => device === 'eth1')?.mac, '02:00:00:00:00:01');
  // A network more needs its bridge claimed, and nothing else.
  const more = { ...config, networks: { ...config.networks, gray: network({ base: 'bond0', vlan: 9 }) } };
  assert.deepEqual(claims(host.apply(more).ops), ['NetworkManager gray']);
});

test('bonds that stay networkd’s own are away while it is started anew, and that is said before', () => {
  const name = 'systemd-networkd';
  const host = hostWith({ name, devices: ['own', 'eth1', 'eth2', 'eth3'] });
  host.run([
    { kind: 'link.add', name: 'own', type: 'bond', mac: null, base: null, vlan: null, options: { mode: '1' } },
    { kind: 'link.set', name: 'eth1', up: false },
    { kind: 'link.set', name: 'eth1', master: 'own' },
    { kind: 'link.set', name: 'eth2', up: false },
    { kind: 'link.set', name: 'eth2', master: 'own' },
  ]);
  const away = ({ risks }: { risks: string[] }) => risks.filter((risk) => risk.includes('its bond own away'));
  const beside: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth3' }) } };
  assert.equal(away(host.plan(beside)).length, 1);
  const onIt: HostConfig = { bonds: {}, networks: { red: network({ base: 'own' }) } };
  assert.deepEqual(away(host.plan({ ...onIt, bonds: { own: bond(['eth1', 'eth2']) } })), [], 'it is ours then');
  host.apply(beside);
  host.world.managers = [
    { name, running: true, devices: ['own', 'eth1', 'eth2'], claims: host.state.managers?.[0]?.claims ?? [] },
  ];
  const more: HostConfig = { bonds: {}, networks: { ...beside.networks, blue: network({ base: 'eth3', vlan: 7 }) } };
  assert.deepEqual(away(host.plan(more)), [], 'it only reads its files again');
});

test('VLANs that networkd no longer makes once it has to leave what is below alone are named before', () => {
  const name = 'systemd-networkd';
  const host = hostWith(
    { name, devices: ['eth1', 'eth1.77', 'eth1.79', 'eth2', 'eth2.77'] },
    { name: 'ifupdown', running: false, devices: ['eth1.79'] },
  );
  for (const [base, vlan] of [
    ['eth1', 7],
    ['eth1', 77],
    ['eth1', 78],
    ['eth1', 79],
    ['eth2', 77],
    ['eth3', 77],
  ] as const) {
    const device = `${base}.${vlan}`;
    host.run([
      { kind: 'link.add', name: device, type: 'vlan', mac: null, base, vlan, options: {} },
      { kind: 'link.set', name: device, group: 0 },
    ]);
  }
  const lost = ({ risks }: { risks: string[] }) => risks.filter((risk) => risk.startsWith('From the next boot on'));
  const red: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth1', vlan: 7 }) } };
  assert.deepEqual(lost(host.plan(red)), [
    'From the next boot on nothing makes eth1.77, eth1.78: systemd-networkd does so only while it manages eth1. Attach as a network of this host what is to stay.',
  ]);
  const attached = { blue: network({ base: 'eth1', vlan: 77 }), gray: network({ base: 'eth1', vlan: 78 }) };
  assert.deepEqual(lost(host.plan({ bonds: {}, networks: { ...red.networks, ...attached } })), []);
  assert.deepEqual(
    lost(host.plan({ bonds: {}, networks: { red: network({ base: 'eth3' }) } })),
    [],
    'it never made that',
  );
  host.apply(red);
  assert.deepEqual(lost(host.plan({ ...red, networks: { ...red.networks, blue: network({ base: 'eth3' }) } })), []);
});

test('a host without other managers has no such step', () => {
  assert.deepEqual(claims(hostWith().apply(config).ops), []);
});

test('a nic keeps its manager while it has an address of it and only carries tagged networks of ours', () => {
  const host = hostWith({ devices: ['eth1'] });
  host.run([
    { kind: 'addr.add', device: 'eth1', family: 4, address: '198.51.100.5', prefix: 24, nodad: true, validFor: null },
  ]);
  const { ops } = host.apply({ bonds: {}, networks: { red: network({ base: 'eth1', vlan: 7 }) } });
  assert.deepEqual(claims(ops), ['NetworkManager red', 'NetworkManager eth1.7']);
  const untagged: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth1', ipv4: ip4('198.51.100.5') }) } };
  assert.ok(claims(host.apply(untagged).ops).includes('NetworkManager eth1'));
});

test('VLAN devices of others on a claimed nic are not meant, by name or by address', () => {
  const host = hostWith({});
  host.run([
    { kind: 'link.add', name: 'eth1.77', type: 'vlan', mac: null, base: 'eth1', vlan: 77, options: {} },
    { kind: 'link.set', name: 'eth1.77', group: 0 },
  ]);
  const { ops } = host.apply({ bonds: {}, networks: { red: network({ base: 'eth1', vlan: 7 }) } });
  const [claim] = ops;
  assert.ok(claim?.kind === 'manager.claim');
  assert.ok(!claim.claims.some((one) => isClaimed([one], 'eth1.77')));
  assert.equal(claim.claims.find(({ device }) => device === 'eth1')?.mac, null);
});

test('a manager that has taken a claimed device back is claimed from once more', () => {
  const host = hostWith({});
  host.apply(config);
  assert.deepEqual(host.plan(config).ops, []);
  host.world.managers = host.world.managers.map((report) => ({ ...report, devices: ['eth2', 'eth5'] }));
  assert.deepEqual(claims(host.plan(config).ops), ['NetworkManager eth2']);
});

test('managers that act at boot only are told of the devices that they name', () => {
  const host = hostWith(
    { name: 'ifupdown', running: false, devices: ['eth0', 'eth1'] },
    { name: 'cloud-init', running: false },
  );
  assert.deepEqual(claims(host.apply(config).ops), ['ifupdown eth1', 'cloud-init *']);
});

test('the way back releases what was claimed on the way there, and claims what was released', () => {
  const host = hostWith({ devices: ['eth3'] });
  const before = host.state;
  host.apply(config);
  const after = host.state;
  const back = planRestore(host.state, before).ops;
  assert.equal(back.at(-1)?.kind, 'manager.release', 'last, when the kernel is as its manager had it');
  host.run(back);
  assert.deepEqual(planRestore(host.state, before).ops, []);
  assert.deepEqual(host.state.managers?.[0]?.claims, []);
  const forth = planRestore(host.state, after).ops;
  assert.equal(forth[0]?.kind, 'manager.claim');
  host.run(forth);
  assert.deepEqual(planRestore(host.state, after).ops, []);
});

test('nothing is given back by a config: a nic that networks have left stays claimed, what was made does not', () => {
  const host = hostWith({});
  host.apply(config);
  const nothing: HostConfig = { bonds: {}, networks: {} };
  assert.ok(!host.apply(nothing).ops.some(({ kind }) => kind === 'manager.release'));
  const held = host.state.managers?.[0]?.claims ?? [];
  const lasting = (kept: typeof held, of: HostConfig, former: HostConfig) =>
    lastingClaims(held, kept, of, former, host.state.links).map(({ device }) => device);
  assert.deepEqual(lasting(held, nothing, config).sort(), ['eth1', 'eth2', 'eth3']);
  // What was never committed is no boot's business.
  assert.deepEqual(lasting([], nothing, config), []);
  const blue: HostConfig = { bonds: {}, networks: { blue: network({ base: 'eth3' }) } };
  assert.deepEqual(lasting([], blue, config).sort(), ['blue', 'eth3']);
});

test('a nic that networks have left stays claimed when a boot does not find it at once', () => {
  const nothing: HostConfig = { bonds: {}, networks: {} };
  const held = [{ device: 'eth9', mac: null }];
  assert.deepEqual(lastingClaims(held, held, nothing, nothing, hostWith({}).state.links), held);
});

test('a VLAN of another hand stays claimed under the name that it came with, also when a boot has made it under ours', () => {
  const host = hostWith({ devices: ['vlan100', 'eth1'] });
  const made = { kind: 'link.add', type: 'vlan', mac: null, base: 'eth1', vlan: 100, options: {} } as const;
  host.run([
    { ...made, name: 'vlan100' },
    { kind: 'link.set', name: 'vlan100', group: 0 },
  ]);
  const adopting: HostConfig = { bonds: {}, networks: { red: network({ base: 'eth1', vlan: 100 }) } };
  host.apply(adopting);
  const held = () => host.state.managers?.[0]?.claims ?? [];
  const keep = (kept: ReturnType<typeof held>, of: HostConfig, former: HostConfig) => {
    const claims = lastingClaims(held(), kept, of, former, host.state.links);
    host.world.managers = host.world.managers.map((report) => ({ ...report, claims }));
    return claims.map(({ device }) => device).sort();
  };
  const nothing: HostConfig = { bonds: {}, networks: {} };
  assert.deepEqual(keep([], adopting, nothing), ['eth1', 'red', 'vlan100']);
  assert.deepEqual(host.plan(adopting).ops, [], 'nothing drifts from the first minute on');

  // A boot: what another hand had made is gone, and so is what was made on it.
  host.world.links.delete('vlan100');
  host.world.links.delete('red');
  host.apply(adopting);
  assert.ok(host.world.links.has('eth1.100'));
  assert.deepEqual(keep(held(), adopting, adopting), ['eth1', 'eth1.*', 'red', 'vlan100']);
  const more: HostConfig = { bonds: {}, networks: { ...adopting.networks, blue: network({ base: 'eth3' }) } };
  host.apply(more);
  assert.ok(keep(held(), more, adopting).includes('vlan100'), 'a later change does not give it back');
});

test('each link has one owner in the report: whoever really acts on it', () => {
  const host = hostWith({ devices: ['eth0', 'eth2'], claims: [{ device: 'eth5', mac: null }] });
  host.apply({ bonds: {}, networks: { blue: network({ base: 'eth3' }) } });
  host.world.managers = host.world.managers.map((report) => ({ ...report, devices: ['eth0', 'blue'] }));
  const owners = withOwners(host.state.links, host.state.managers ?? []);
  assert.deepEqual(Object.fromEntries(owners.map(({ name, managedBy }) => [name, managedBy])), {
    eth0: 'NetworkManager',
    eth1: 'none',
    eth2: 'none',
    eth3: 'agent',
    eth4: 'none',
    eth5: 'agent',
    blue: 'NetworkManager',
  });
});
