/** What another hand does to a host, as events of the API; and what the host puts right when it is told to. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { KernelOp } from '@patchbay/protocol';
import { writeSettings } from '../../packages/engine/src/operations/settings.ts';
import { type HostView, hostAt, makeNetwork, type System, startSystem, until } from './system.ts';

describe('another hand', { timeout: 60_000 }, () => {
  let system: System;
  let host: HostView;
  before(async () => {
    system = await startSystem(1);
    host = hostAt(system, 0);
    const red = await makeNetwork(system, 'red', { vlan: 101 });
    const attached = await host.request('POST', `/nics/${await host.nic('eth1')}/networkattachments`, {
      network: { id: red },
      ip_address_assignments: {
        ip_address_assignment: [
          {
            assignment_method: 'static',
            ip: { address: '198.51.100.2', netmask: '255.255.255.0', gateway: '198.51.100.1' },
          },
        ],
      },
    });
    assert.equal(attached.status, 201, attached.text);
    await host.memory.look();
  });
  after(() => system?.stop());

  const newest = async () => (await system.engine.engine.store.events()).map((one) => one.description);
  /** Lines of the audit log about what the operations did, newest first. */
  async function noted(...ops: KernelOp[]): Promise<string[]> {
    const known = (await newest()).length;
    for (const op of ops) host.memory.kernel.disturb(op);
    await host.memory.look();
    const all = await newest();
    return all.slice(0, all.length - known);
  }

  test('a changed MTU is told with both values, once, and its return too', async () => {
    const mtu = (value: number): KernelOp => ({ kind: 'link.set', name: 'red', mtu: value });
    assert.deepEqual(await noted(mtu(1400)), [
      'VDS_NETWORKS_OUT_OF_SYNC: Networks of host host1 are out of sync: red.',
      'HOST_CHANGED_BY_ANOTHER_HAND: red of host host1 was changed by another hand: mtu 1400; asked for was mtu 1500. Synchronise its networks, or ask for what is there now.',
    ]);
    const shown = await system.api.request('GET', '/events?search=type%3D30007');
    assert.match(shown.text, /<code>30007<\/code>[\s\S]*<severity>warning</, shown.text);
    assert.match(shown.text, /<host [^>]*id="/);
    const known = await system.api.request('GET', '/events?search=type%3D1110');
    assert.match(known.text, /VDS_NETWORKS_OUT_OF_SYNC/);
    assert.deepEqual(await noted(), []);
    assert.deepEqual(await noted(mtu(1500)), [
      'HOST_NETWORKS_AS_ASKED_AGAIN: red of host host1 is as asked for again: mtu 1500.',
    ]);
  });

  test('another neighbour at the other end of a cable, and another port of it', async () => {
    const { kernel } = host.memory;
    const neighbour = (port: string) => [
      { name: 'Chassis ID', type: 1, properties: { 'chassis ID subtype': 'MAC', 'chassis ID': '02:00:00:00:00:fe' } },
      { name: 'Port ID', type: 2, properties: { 'port ID subtype': 'Ifname', 'port ID': port } },
      { name: 'System Name', type: 5, properties: { 'system name': 'sw-a' } },
    ];
    const on = 'HOST_LLDP_NEIGHBOUR_CHANGED: The neighbour of eth1 of host host1 is';
    kernel.setNeighbour('eth1', neighbour('e9'));
    assert.deepEqual(await noted(), [`${on} sw-a, port e9; it was none.`]);
    assert.deepEqual(await noted(), []);
    kernel.setNeighbour('eth1', neighbour('e10'));
    assert.deepEqual(await noted(), [`${on} sw-a, port e10; it was sw-a, port e9.`]);
    kernel.setNeighbour('eth1', null);
    assert.deepEqual(await noted(), [`${on} none; it was sw-a, port e10.`]);
  });

  test('addresses, default routes, carriers and devices that go', async () => {
    const addr = { device: 'red', family: 4, address: '198.51.100.2', prefix: 24 } as const;
    const lost = await noted({ kind: 'addr.del', ...addr });
    assert.ok(
      lost.some((one) => one.startsWith('HOST_ADDRESS_LOST: red of host host1 has lost address 198.51.100.2/24')),
      `${lost}`,
    );
    const missing = await noted({ kind: 'link.del', name: 'eth1.101' });
    assert.ok(missing.includes('HOST_DEVICE_MISSING: eth1.101 of host host1 (red) is missing.'), `${missing}`);
    const synchronised = await host.request('POST', '/syncallnetworks', {});
    assert.equal(synchronised.status, 200, synchronised.text);
    await host.memory.look();
    host.memory.kernel.setCable('eth1', false);
    const dark = await noted();
    assert.ok(dark.includes('HOST_INTERFACE_STATE_DOWN: Nic eth1 of host host1 is down.'), `${dark}`);
    assert.equal(dark.filter((one) => one.includes('eth1 ')).length, 1, 'once');
    host.memory.kernel.setCable('eth1', true);
    await noted();
    const route = {
      kind: 'route.del',
      family: 4,
      table: 254,
      destination: 'default',
      gateway: null,
      device: null,
      metric: null,
    } as const;
    const gone = await noted(route);
    assert.ok(
      gone.some((one) => one.startsWith('HOST_DEFAULT_ROUTE_CHANGED: The default route of host host1 is none')),
      `${gone}`,
    );
  });

  test('a slave of a bond that goes down is told as one, and so is the one that works instead', async () => {
    const made = await host.request('POST', '/setupnetworks', {
      modified_bonds: {
        host_nic: [
          {
            name: 'bond0',
            bonding: {
              options: { option: [{ name: 'mode', value: '1' }] },
              slaves: { host_nic: [{ name: 'eth2' }, { name: 'eth3' }] },
            },
          },
        ],
      },
    });
    assert.equal(made.status, 200, made.text);
    await host.memory.look();
    host.memory.kernel.setCable('eth2', false);
    const noticed = await noted();
    assert.ok(
      noticed.includes('HOST_BOND_SLAVE_STATE_DOWN: Slave eth2 of bond bond0 of host host1 is down.'),
      `${noticed}`,
    );
    assert.ok(
      noticed.includes('HOST_BOND_ACTIVE_SLAVE_CHANGED: Bond bond0 of host host1 now uses eth3 instead of eth2.'),
      `${noticed}`,
    );
    host.memory.kernel.setCable('eth2', true);
    await noted();
  });

  test('a bond is shown as another hand left it, and asking for it again repairs it', async () => {
    const { kernel } = host.memory;
    const asked = {
      modified_bonds: [{ name: 'bond0', bonding: { slaves: [{ name: 'eth2' }, { name: 'eth3' }] } }],
    };
    const bond = await host.nic('bond0');
    const shown = async () => {
      const { bonding } = (await host.request('GET', `/nics/${bond}`)).as('host_nic');
      const names = await Promise.all(
        (bonding?.slaves ?? []).map(async ({ id }) => (await system.engine.engine.store.get('nic', id ?? ''))?.name),
      );
      return [bonding?.options?.map(({ name, value }) => `${name}=${value}`).join(), ...names];
    };
    const repair = async () => {
      const answer = await host.request('POST', '/setupnetworks', asked);
      assert.equal(answer.status, 200, answer.text);
      assert.deepEqual(await shown(), ['mode=1', 'eth2', 'eth3']);
    };
    await noted({ kind: 'link.set', name: 'eth3', master: null });
    assert.deepEqual(await shown(), ['mode=1', 'eth2']);
    await repair();
    await noted({ kind: 'link.del', name: 'bond0' });
    assert.deepEqual(await shown(), ['mode=1']);
    await repair();
    await noted(
      { kind: 'link.del', name: 'bond0' },
      { kind: 'link.add', name: 'bond0', type: 'bond', mac: null, base: null, vlan: null, options: { mode: '2' } },
      { kind: 'link.set', name: 'eth2', master: 'bond0' },
    );
    assert.deepEqual(await shown(), ['mode=2', 'eth2']);
    await repair();
    assert.equal((await kernel.observe()).links.find(({ name }) => name === 'bond0')?.bond?.options['mode'], '1');
  });

  test('is put right by the host where the engine allows it', async () => {
    const { store, hosts } = system.engine.engine;
    await writeSettings(store, { HostNetworkRepair: 'rules' });
    hosts.drop(host.id);
    const { rules } = await host.memory.kernel.observe();
    const { protocol: _, ...rule } = rules.find(({ from }) => from?.startsWith('198.51.100.')) ?? assert.fail();
    host.memory.kernel.disturb({ kind: 'rule.del', ...rule });
    host.memory.kernel.disturb({ kind: 'link.set', name: 'red', mtu: 1400 });
    await host.memory.look();
    const repaired = 'HOST_NETWORKS_REPAIRED: Host host1 has put right what another hand had changed: rule of red.';
    await until('the repair is told', async () => (await newest()).includes(repaired));
    const after = await host.memory.kernel.observe();
    assert.equal(after.rules.length, rules.length);
    assert.equal(after.links.find(({ name }) => name === 'red')?.mtu, 1400, 'this is only told');
  });
});
