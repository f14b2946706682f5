import assert from 'node:assert/strict';
import { type Area, scenario } from '../area.ts';
import { bond, doors, setupNetworks } from '../asks.ts';
import { faultOf } from '../host.ts';

const unknown = '00000000-0000-4000-8000-00000000dead';

export const restForms: Area = {
  name: 'REST forms and errors',
  scenarios: {
    'AC-333': scenario(async ({ host }) => {
      const nics = await host.nics();
      assert.ok(nics.length > 5);
      for (const nic of nics) {
        assert.ok(nic.id && nic.name && nic.mac?.address, JSON.stringify(nic));
        assert.equal(nic.status, 'up');
        const rels = (nic.link ?? []).map((link) => link.rel).sort();
        const neighbours = nic.name?.startsWith('eth') ? ['linklayerdiscoveryprotocolelements'] : [];
        assert.deepEqual(rels, [...neighbours, 'networkattachments', 'networklabels', 'statistics']);
      }
      const one = await host.nic('eth1');
      const reply = await host.get(`/nics/${one.id}`);
      assert.equal(reply.status, 200);
      const { actions: _, ...alone } = reply.as('host_nic');
      const { actions: __, ...listed } = one;
      assert.deepEqual(alone, listed);
    }),
    'AC-335': scenario(async ({ host }) => {
      assert.equal((await host.get(`/nics/${unknown}`)).status, 404);
    }),
    'AC-336': scenario(async ({ network, host, api }) => {
      for (const [at, door] of doors.entries()) {
        const V = await network();
        const nic = `eth${at + 1}`;
        const reply = await host.accepts(door.attach(V, nic));
        if (door.name === 'setupnetworks') continue;
        const location = reply.headers.get('location') ?? '';
        const below = door.name === 'nic' ? `/nics/${(await host.nic(nic)).id}` : '';
        const { id } = reply.as('network_attachment');
        assert.ok(location.endsWith(`/hosts/${host.id}${below}/networkattachments/${id}`), location);
        const again = await api.request('GET', location.slice(api.url.length));
        assert.equal(again.text, reply.text, 'the answer is what its address shows');
      }
    }),
    'AC-337': scenario(async ({ host, api }) => {
      const bodies = { xml: '<network_attachment/>', json: '{}' } as const;
      for (const [media, body] of Object.entries(bodies)) {
        const type = `application/${media}`;
        const headers = { accept: type, 'content-type': type };
        const reply = await api.request('POST', `/hosts/${host.id}/networkattachments`, body, headers);
        assert.equal(reply.status, 400);
        assert.ok(reply.headers.get('content-type')?.startsWith(type));
        const { reason, detail } = faultOf(reply);
        assert.ok(reason && detail?.includes('network.id'), reply.text);
      }
    }),
    'AC-338': scenario(async ({ host }) => {
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'], { mode: 1, miimon: 100 })));
      const options = (await host.nic('bond1')).bonding?.options ?? [];
      assert.deepEqual(options, [
        { name: 'mode', value: '1', type: 'Active-Backup' },
        { name: 'miimon', value: '100' },
      ]);
    }),
    'AC-339': scenario(async ({ accepts, api, dataCentreId, afterwards }) => {
      const given = {
        name: 'all-members',
        description: 'with everything',
        comment: 'and a comment',
        vlan: { id: 339 },
        mtu: 4000,
        stp: true,
        port_isolation: true,
        usages: { usage: ['vm'] },
        dns_resolver_configuration: { name_servers: { name_server: ['192.0.2.53', '2001:db8::53'] } },
      };
      const reply = await accepts('POST', '/networks', 'network', { ...given, data_center: { id: dataCentreId } });
      const made = reply.as('network');
      afterwards(() => accepts('DELETE', `/networks/${made.id}`));
      const shown = (await api.request('GET', `/networks/${made.id}`)).as('network');
      assert.deepEqual(shown, made);
      for (const member of ['name', 'description', 'comment', 'vlan', 'mtu', 'stp', 'port_isolation'] as const) {
        assert.deepEqual(shown[member], given[member], member);
      }
      assert.deepEqual(shown.usages, ['vm']);
      assert.deepEqual(shown.dns_resolver_configuration?.name_servers, ['192.0.2.53', '2001:db8::53']);
      assert.equal(shown.data_center?.id, dataCentreId);
      await accepts('PUT', `/networks/${made.id}`, 'network', { stp: false, usages: { usage: ['vm'] } });
      const { usages, stp } = (await api.request('GET', `/networks/${made.id}`)).as('network');
      assert.deepEqual([usages, stp], [['vm'], false], 'usages are replaced as a list');
    }),
  },
};
