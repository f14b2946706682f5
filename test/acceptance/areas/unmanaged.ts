import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import { type Ask, ask, attach, bond, label, nicPost, setupNetworks } from '../asks.ts';
import { type Host, list } from '../host.ts';
import type { Network, Stage } from '../stage.ts';

/** Attaches the network, then deletes it: what stays on the host is unmanaged. */
async function orphaned({ host, accepts }: Stage, network: Network, nic: string): Promise<void> {
  await host.accepts(setupNetworks(attach(network, nic)));
  await accepts('DELETE', `/networks/${network.id}`);
}

/** Unmanaged networks by name, each with the name of its nic. */
async function unmanagedOn(stage: Stage, host: Host): Promise<[string | undefined, string | undefined][]> {
  const found = await list(stage.api, `/hosts/${host.id}/unmanagednetworks`, 'unmanaged_network');
  const nics = await host.nics();
  return found.map((one) => [one.name, nics.find((nic) => nic.id === one.host_nic?.id)?.name]);
}

/** Its id is its name in hexadecimal. */
const removed = (name: string): Ask => ask('DELETE', `/unmanagednetworks/${Buffer.from(name).toString('hex')}`);

function takenOff(nic: string): Scenario['play'] {
  return async (stage) => {
    const { host, network } = stage;
    const V = await network();
    if (nic === 'bond1') await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'])));
    await orphaned(stage, V, nic);
    assert.deepEqual(await unmanagedOn(stage, host), [[V.vdsmName, nic]]);
    await host.accepts(removed(V.vdsmName));
    assert.deepEqual(await unmanagedOn(stage, host), []);
    const links = await host.kernel.links();
    assert.deepEqual([links.has(V.vdsmName), links.get(nic)?.master], [false, null]);
  };
}

/** Something is refused on a nic because of the unmanaged network there, which the fault names. */
function refusedBeside(
  vlan: number | null,
  request: (stage: Stage) => Promise<Ask>,
  status: number,
  rule: string,
): Scenario['play'] {
  return async (stage) => {
    const V = await stage.network(vlan === null ? {} : { vlan });
    await orphaned(stage, V, 'eth1');
    await stage.host.refuses(await request(stage), status, rule, V.vdsmName);
  };
}

const attached = (vlan: number) => async (stage: Stage) => setupNetworks(attach(await stage.network({ vlan }), 'eth1'));

export const unmanaged: Area = {
  name: 'Unmanaged networks',
  scenarios: {
    'AC-215': scenario(async (stage) => {
      const { host, network } = stage;
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const before = await host.kernel.everything();
      await stage.accepts('DELETE', `/networks/${V.id}`);
      assert.deepEqual(await unmanagedOn(stage, host), [[V.vdsmName, 'eth1']]);
      assert.deepEqual(await host.attachments(), []);
      assert.equal(await host.kernel.everything(), before);
    }),
    'AC-216': alsoInLab(takenOff('eth1')),
    'AC-217': scenario(takenOff('bond1')),
    'AC-218': scenario(refusedBeside(null, attached(241), 400, 'UNM-04')),
    'AC-219': scenario(refusedBeside(242, attached(243), 400, 'UNM-04')),
    'AC-220': scenario(refusedBeside(null, async () => setupNetworks(label('L', 'eth1')), 400, 'UNM-03')),
    'AC-221': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      const before = await host.kernel.everything();
      const reply = await host.send(removed(V.vdsmName));
      assert.ok(reply.status === 404 || (reply.status === 400 && reply.text.includes('UNM-01')), reply.text);
      assert.deepEqual([await host.carrier(V), await host.kernel.everything()], ['eth1', before]);
    }),
    'AC-222': scenario(async (stage) => {
      const V = await stage.network({ name: 'long'.padEnd(255, '-è') });
      await orphaned(stage, V, 'eth1');
      assert.equal(V.vdsmName, `on${V.id.replaceAll('-', '').slice(0, 13)}`);
      assert.deepEqual(await unmanagedOn(stage, stage.host), [[V.vdsmName, 'eth1']]);
    }),
  },
};
