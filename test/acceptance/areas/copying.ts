/** `copyhostnetworks`: the second host gets the networks of the first. */
import assert from 'node:assert/strict';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { ask, attach, bond, ip, nicPost, setupNetworks, v4, v6 } from '../asks.ts';
import type { Host } from '../host.ts';

const copyOf = (source: Host, query = '') =>
  ask('POST', `/copyhostnetworks${query}`, 'action', { source_host: { id: source.id } });

export const copying: Area = {
  name: 'Copying a host’s networks',
  scenarios: {
    'AC-310': alsoInLab(async ({ host, other }) => {
      const before = await other.kernel.everything();
      await other.accepts(copyOf(host));
      assert.deepEqual(await other.attachments(), []);
      assert.equal(await other.kernel.everything(), before);
    }),
    'AC-311': scenario(async ({ network, host, other }) => {
      const [tagged, V] = [await network({ vlan: 10 }), await network()];
      await host.accepts(setupNetworks(attach(tagged, 'eth1'), attach(V, 'eth2')));
      await other.accepts(nicPost('eth1', V));
      const { id } = await other.attachment(V);
      await other.accepts(copyOf(host));
      assert.deepEqual([await other.carrier(tagged), await other.carrier(V)], ['eth1', 'eth2']);
      assert.equal((await other.attachment(V)).id, id, 'it is moved and keeps its id');
      assert.equal((await other.kernel.link('eth2')).master, V.vdsmName);
    }),
    'AC-312': alsoInLab(async ({ network, host, other }) => {
      const V = await network();
      const [V10, V20, V30] = [await network({ vlan: 10 }), await network({ vlan: 20 }), await network({ vlan: 30 })];
      await host.accepts(
        setupNetworks(
          bond('bond0', ['eth2', 'eth3'], { mode: 1, miimon: 150 }),
          ...[attach(V, 'eth1'), attach(V10, 'eth1'), attach(V20, 'bond0'), attach(V30, 'bond0')],
        ),
      );
      await other.accepts(setupNetworks(attach(V10, 'eth1'), attach(V, 'eth2')));
      await other.accepts(copyOf(host));
      assert.deepEqual(await other.networksOn('eth1'), [V.name, V10.name].sort());
      assert.deepEqual(await other.networksOn('bond0'), [V20.name, V30.name].sort());
      const { slaves, options } = await other.kernel.bond('bond0');
      assert.deepEqual(slaves, ['eth2', 'eth3']);
      assert.deepEqual([options['mode'], options['miimon']], ['1', '150']);
    }),
    'AC-313': scenario(async ({ network, host, other }) => {
      const [tagged, V] = [await network({ vlan: 10 }), await network()];
      await host.accepts(setupNetworks(attach(tagged, 'eth1'), attach(V, 'eth2')));
      await other.accepts(copyOf(host));
      assert.deepEqual([await other.carrier(tagged), await other.carrier(V)], ['eth1', 'eth2']);
      assert.equal((await other.attachment(V)).in_sync, true);
    }),
    'AC-314': scenario(async ({ network, host, other }) => {
      const [tagged, V] = [await network({ vlan: 10 }), await network()];
      await other.accepts(setupNetworks(attach(tagged, 'eth1'), attach(V, 'eth2')));
      await other.accepts(copyOf(host));
      assert.deepEqual(await other.attachments(), []);
      assert.ok(!(await other.kernel.links()).has('eth1.10'));
    }),
    'AC-315': scenario(async ({ network, host, other }) => {
      const [V, W] = [await network(), await network({ vlan: 7 })];
      const both = ip(v4.static('192.0.2.11', 24), v6.static('2001:db8::11', 64));
      await host.accepts(setupNetworks(attach(V, 'eth1', both), attach(W, 'eth2', ip(v4.dhcp(), v6.autoconf()))));
      await other.accepts(copyOf(host));
      const methods = async (of: typeof V) =>
        (await other.attachment(of)).ip_address_assignments?.map((one) => one.assignment_method);
      assert.deepEqual(await methods(V), ['none', 'none']);
      assert.deepEqual(await methods(W), ['dhcp', 'autoconf']);
      assert.deepEqual((await other.kernel.link(V.vdsmName)).addresses, []);
    }),
    'AC-316': scenario(async ({ network, extraHost }) => {
      const V = await network();
      const [source, target] = [await extraHost({ nics: 4 }), await extraHost({ nics: 3 })];
      await source.accepts(nicPost('eth1', V));
      await target.refuses(copyOf(source), 400, 'COPY-04', source.name, target.name, '2', '3');
    }),
    'AC-317': scenario(async ({ other }) => {
      const unknown = '5f9a3c1e-0000-4000-8000-00000000abcd';
      const wish = { source_host: { id: unknown } };
      await other.refuses(ask('POST', '/copyhostnetworks', 'action', wish), 400, 'COPY-02', unknown);
      await other.refuses(ask('POST', '/copyhostnetworks', 'action', {}), 400, 'COPY-01');
      await other.refuses(copyOf(other), 400, 'COPY-05', other.name);
    }),
    'AC-318': scenario(async ({ network, api, extraHost }) => {
      const V = await network();
      const [source, target] = [await extraHost({ nics: 5 }), await extraHost({ nics: 5 })];
      const managed = async (on: Host) => {
        const reply = await api.request('GET', `/hosts/${on.id}/networkattachments`, undefined, {
          accept: 'application/json',
        });
        const ids = new Set((await on.attachments()).map((one) => one.id));
        return reply.items('network_attachment').find((one) => !ids.has(one.id));
      };
      const { id = '' } = (await managed(source)) ?? {};
      const onBond = {
        modified_bonds: {
          host_nic: [
            {
              name: 'bond0',
              bonding: {
                slaves: { host_nic: [{ name: 'eth0' }, { name: 'eth1' }] },
                options: { option: [{ name: 'mode', value: '1' }] },
              },
            },
          ],
        },
        modified_network_attachments: { network_attachment: [{ id, host_nic: { name: 'bond0' } }] },
      };
      await source.accepts(ask('POST', '/setupnetworks', 'action', onBond));
      await source.accepts(nicPost('eth2', V));
      const before = await managed(target);
      // On the bond eth0 and eth1 take no part, on the target eth0 alone: eth2 meets eth1.
      await target.accepts(copyOf(source));
      assert.equal(await target.carrier(V), 'eth1');
      assert.deepEqual(await managed(target), before, 'the management network stays as it was');
      assert.ok(!(await target.kernel.links()).has('bond0'));
      await target.accepts(
        ask('POST', '/copyhostnetworks?nics=eth2:eth4', 'action', { source_host: { id: source.id } }),
      );
      assert.equal(await target.carrier(V), 'eth4');
      await target.refuses(copyOf(source, '?nics=eth0:eth2'), 400, 'COPY-04', 'eth0');
      // And back: what the target's management bond holds is not touched either.
      await source.accepts(copyOf(target, '?nics=eth3:eth2,eth4:eth3'));
      assert.equal(await source.carrier(V), 'eth3');
      assert.deepEqual((await source.kernel.bond('bond0')).slaves, ['eth0', 'eth1']);
    }),
  },
};
