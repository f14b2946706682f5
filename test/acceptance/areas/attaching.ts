/** Four kinds of network through three doors: the nic's collection, the host's, and setupnetworks. */
import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import { type Ask, attach, bond, doors, hostPost, nicPost, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network, NetworkWish, Stage } from '../stage.ts';

const [underNic, underHost, bySetup] = doors as [(typeof doors)[0], (typeof doors)[0], (typeof doors)[0]];

/** Attaches through one door, then looks at the answer, at the API and at the kernel. */
function attachedAt(wish: NetworkWish, nic: string, door: (typeof doors)[0]): Scenario['play'] {
  return async ({ network, host }) => {
    const wanted = await network(wish);
    const reply = await host.accepts(door.attach(wanted, nic));
    if (door === bySetup) assert.equal(reply.as('action').status, 'complete');
    else {
      const made = reply.as('network_attachment');
      assert.ok(made.id);
      assert.deepEqual([made.network?.id, made.host_nic?.id], [wanted.id, (await host.nic(nic)).id]);
    }
    assert.equal((await host.attachment(wanted)).in_sync, true);
    assert.deepEqual(await host.networksOn(nic), [wanted.name]);
    await assertCarried(host, wanted, nic, wish.vm ?? true);
  };
}

/** From the nic up, in the kernel: the VLAN device when tagged, the bridge when VMs use it, and no address. */
async function assertCarried(host: Host, network: Network, nic: string, vm: boolean): Promise<void> {
  const links = await host.kernel.links();
  const device = network.vlan === null ? nic : `${nic}.${network.vlan}`;
  const carrier = links.get(device);
  assert.deepEqual([carrier?.up, carrier?.addresses], [true, []], device);
  assert.equal(carrier?.master, vm ? network.vdsmName : null);
  const bridge = links.get(network.vdsmName);
  if (vm) assert.deepEqual([bridge?.kind, bridge?.up, bridge?.addresses], ['bridge', true, []]);
  else assert.equal(bridge, undefined, 'no bridge appears');
  const shown = await host.nic(device);
  assert.equal(shown.bridged, vm);
  if (network.vlan === null) return;
  assert.deepEqual([carrier?.base, carrier?.vlan], [nic, network.vlan]);
  assert.deepEqual([shown.base_interface, shown.vlan?.id], [nic, network.vlan]);
}

async function notAttached(host: Host): Promise<void> {
  assert.deepEqual(await host.attachments(), []);
}

const refusedWithoutTrace =
  (request: (stage: Stage, V: Network) => Promise<Ask> | Ask, status: number, rule: string, ...words: string[]) =>
  async (stage: Stage) => {
    const V = await stage.network();
    await stage.host.refuses(await request(stage, V), status, rule, ...words);
    await notAttached(stage.host);
  };

export const attaching: Area = {
  name: 'Attaching networks to nics',
  scenarios: {
    'AC-001': alsoInLab(attachedAt({}, 'eth1', underNic)),
    'AC-002': scenario(attachedAt({ vlan: 101 }, 'eth2', underNic)),
    'AC-003': scenario(attachedAt({ vm: false }, 'eth3', underNic)),
    'AC-004': alsoInLab(attachedAt({ vm: false, vlan: 102 }, 'eth4', underNic)),
    'AC-005': scenario(attachedAt({}, 'eth1', underHost)),
    'AC-006': scenario(attachedAt({ vlan: 103 }, 'eth2', underHost)),
    'AC-007': scenario(attachedAt({ vm: false }, 'eth3', underHost)),
    'AC-008': scenario(attachedAt({}, 'eth1', bySetup)),
    'AC-009': scenario(attachedAt({ vlan: 104 }, 'eth2', bySetup)),
    'AC-010': scenario(attachedAt({ vm: false }, 'eth3', bySetup)),
    'AC-011': scenario(async ({ network, host }) => {
      await host.accepts(setupNetworks(bond('bond1', ['eth3', 'eth4']), bond('bond2', ['eth5', 'eth6'])));
      const wishes = [
        { nic: 'eth1', vm: false },
        { nic: 'eth2', vm: false, vlan: 105 },
        { nic: 'bond1', vm: false, vlan: 106 },
        { nic: 'bond2', vm: false },
      ];
      for (const { nic, ...wish } of wishes) {
        const wanted = await network(wish);
        await host.accepts(setupNetworks(attach(wanted, nic)));
        await assertCarried(host, wanted, nic, false);
      }
      assert.equal((await host.attachments()).length, 4);
    }),
    'AC-012': scenario(async ({ network, host }) => {
      const V0 = await network({ assigned: false });
      await host.refuses(hostPost(V0, 'eth1'), 400, 'ATT-03', V0.name);
      await notAttached(host);
    }),
    'AC-013': scenario(refusedWithoutTrace(() => nicPost('eth1', null), 400, '', 'network.id', 'name')),
    'AC-014': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const { id = '' } = await host.attachment(V);
      await host.refuses(hostPost(V, 'eth2'), 400, 'ATT-09', id, V.name);
      assert.equal(await host.carrier(V), 'eth1');
    }),
    'AC-015': scenario(refusedWithoutTrace((_, V) => setupNetworks(attach(V, 'eth99')), 400, 'ATT-14', 'eth99')),
    'AC-016': scenario(refusedWithoutTrace((_, V) => hostPost(V, null), 400, 'ATT-13')),
    'AC-017': scenario(
      refusedWithoutTrace(
        async ({ host }, V) => {
          const { id = '' } = await host.nic('eth1');
          return setupNetworks(attach(V, { id, name: 'eth2' }));
        },
        400,
        'ATT-04',
        'eth2',
      ),
    ),
    'AC-018': scenario(async ({ network, host }) => {
      const V = await network();
      const { id = '' } = await host.nic('eth1');
      await host.accepts(setupNetworks(attach(V, { id })));
      assert.equal(await host.carrier(V), 'eth1');
    }),
    'AC-019': scenario(async ({ network, host }) => {
      const X = await network({ more: { external_provider: { id: '3f0c9a54-6f0b-4f1e-9d9c-2b7f5d9f8a10' } } });
      await host.refuses(hostPost(X, 'eth1'), 400, 'EXT-01', X.name);
      await notAttached(host);
    }),
    'AC-020': scenario(async ({ network, host }) => {
      const V = await network();
      const older = { ip_configuration: { ipv4s: { ipv4: { boot_protocol: 'DHCP' } } } };
      await host.accepts(nicPost('eth1', V, older));
      const { ip_address_assignments } = await host.attachment(V);
      const methods = ip_address_assignments?.map((one) => [one.ip?.version, one.assignment_method]);
      assert.deepEqual(methods, [
        ['v4', 'dhcp'],
        ['v6', 'none'],
      ]);
    }),
    'AC-021': scenario(async ({ network, host }) => {
      const networks = [await network({ vlan: 107 }), await network({ vlan: 108 })];
      for (const one of networks) await host.accepts(nicPost('eth1', one));
      assert.deepEqual(await host.networksOn('eth1'), networks.map(({ name }) => name).sort());
    }),
  },
};
