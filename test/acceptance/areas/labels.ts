/** Labels bring networks to nics, through setupnetworks, through their own addresses, and in the background. */
import assert from 'node:assert/strict';
import { until } from '../../api/system.ts';
import { type Area, scenario } from '../area.ts';
import {
  type Ask,
  ask,
  attach,
  bond,
  hostDelete,
  ip,
  label,
  nicPost,
  remove,
  removeBond,
  removeLabel,
  setupNetworks,
  v4,
} from '../asks.ts';
import { type Host, list } from '../host.ts';
import type { Network, Stage } from '../stage.ts';

/** POST of a label below a nic. */
function labelNic(nic: string, id?: string): Ask {
  return {
    method: 'POST',
    path: (ids) => `/nics/${ids.nic(nic)}/networklabels`,
    body: { root: 'network_label', content: () => ({ ...(id !== undefined && { id }) }) },
    success: 201,
  };
}

function unlabelNic(nic: string, id: string): Ask {
  return { method: 'DELETE', path: (ids) => `/nics/${ids.nic(nic)}/networklabels/${id}`, success: 200 };
}

async function labelsOn({ api }: Stage, host: Host, nic: string): Promise<(string | undefined)[]> {
  const { id } = await host.nic(nic);
  return (await list(api, `/hosts/${host.id}/nics/${id}/networklabels`, 'network_label')).map((one) => one.id).sort();
}

/** Waits until the background has brought the network there; null is nowhere. */
function follows(host: Host, network: Network, nic: string | null): Promise<void> {
  return until(`${network.name} is on ${nic} of ${host.name}`, async () => (await host.carrier(network)) === nic);
}

export const labels: Area = {
  name: 'Labels',
  scenarios: {
    'AC-157': scenario(async ({ network, host }) => {
      const V = await network({ label: 'L' });
      const tagged = await network({ vlan: 221, label: 'L' });
      await host.accepts(setupNetworks(label('L', 'eth1')));
      assert.deepEqual(await host.networksOn('eth1'), [V.name, tagged.name].sort());
      const [assignment] = (await host.attachment(V)).ip_address_assignments ?? [];
      assert.equal(assignment?.assignment_method, 'none');
      assert.equal((await host.kernel.link('eth1.221')).master, tagged.vdsmName);
      assert.equal((await host.kernel.link('eth1')).master, V.vdsmName);
    }),
    'AC-158': scenario(async ({ network, host }) => {
      const V = await network({ label: 'M' });
      const tagged = await network({ vlan: 222, label: 'M' });
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.accepts(setupNetworks(label('M', 'bond1')));
      assert.deepEqual(await host.networksOn('bond1'), [V.name, tagged.name].sort());
      assert.equal((await host.kernel.link('bond1.222')).master, tagged.vdsmName);
    }),
    'AC-159': scenario(async (stage) => {
      const { host } = stage;
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.accepts(setupNetworks(label('L', 'bond1')));
      assert.deepEqual(await labelsOn(stage, host, 'bond1'), ['L']);
      assert.deepEqual(await host.networksOn('bond1'), []);
    }),
    'AC-160': scenario(async ({ network, host }) => {
      const V = await network({ label: 'L' });
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3'])));
      await host.accepts(labelNic('eth1', 'L'));
      await host.refuses(labelNic('bond1', 'L'), 409, 'LBL-17', 'eth1', 'L');
      await host.refuses(labelNic('eth1', 'L'), 409, 'LBL-16', 'eth1', 'L');
      await host.accepts(unlabelNic('eth1', 'L'));
      assert.equal(await host.carrier(V), null);
      await host.accepts(labelNic('bond1', 'L'));
      assert.equal(await host.carrier(V), 'bond1');
    }),
    'AC-161': scenario(async ({ network, host, other }) => {
      const V = await network({ label: 'L' });
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.accepts(labelNic('bond1', 'L'));
      await other.accepts(labelNic('eth1', 'L'));
      assert.deepEqual([await host.carrier(V), await other.carrier(V)], ['bond1', 'eth1']);
    }),
    'AC-162': scenario(async ({ network, host, other }) => {
      const N = await network({ vm: false, label: 'L' });
      const V = await network({ vlan: 223, label: 'L' });
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.accepts(labelNic('bond1', 'L'));
      await other.accepts(labelNic('eth1', 'L'));
      assert.deepEqual(await host.networksOn('bond1'), [N.name, V.name].sort());
      assert.deepEqual(await other.networksOn('eth1'), [N.name, V.name].sort());
    }),
    'AC-163': scenario(async (stage) => {
      const { network, host, other, accepts } = stage;
      const V = await network({ vlan: 224, label: 'L' });
      for (const one of [host, other]) await one.accepts(labelNic('eth1', 'L'));
      await accepts('DELETE', `/networks/${V.id}/networklabels/L`);
      for (const one of [host, other]) {
        await follows(one, V, null);
        assert.ok(!(await one.kernel.links()).has('eth1.224'));
        assert.deepEqual(await labelsOn(stage, one, 'eth1'), ['L']);
      }
    }),
    'AC-164': scenario(async (stage) => {
      const { network, host, other } = stage;
      const V = await network({ label: 'L' });
      for (const one of [host, other]) {
        await one.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
        await one.accepts(labelNic('bond1', 'L'));
        assert.equal(await one.carrier(V), 'bond1');
        await one.accepts(setupNetworks(remove(V), removeBond('bond1'), removeLabel('L')));
        assert.equal(await one.carrier(V), null);
        for (const nic of ['eth1', 'eth2']) assert.deepEqual(await labelsOn(stage, one, nic), []);
      }
    }),
    'AC-165': scenario(async ({ network, host }) => {
      const N = await network({ vm: false, vlan: 225, label: 'L' });
      const W = await network();
      await host.accepts(labelNic('eth1', 'L'));
      await host.refuses(hostDelete(N), 409, 'LBL-22', N.name, 'L');
      await host.accepts(setupNetworks(removeLabel('L')));
      assert.equal(await host.carrier(N), null);
      await host.accepts(nicPost('eth1', W));
    }),
    'AC-166': scenario(async ({ network, host }) => {
      const V = await network({ label: 'L', assigned: false });
      await host.accepts(labelNic('eth1', 'L'));
      assert.equal(await host.carrier(V), null);
    }),
    'AC-167': scenario(async (stage) => {
      const { network, host } = stage;
      const [one, two] = [await network({ vlan: 226, label: 'L1' }), await network({ vlan: 227, label: 'L2' })];
      await host.accepts(labelNic('eth1', 'L1'));
      await host.accepts(labelNic('eth2', 'L2'));
      await host.accepts(setupNetworks(removeLabel('L1'), removeLabel('L2')));
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      for (const id of ['L1', 'L2']) await host.accepts(labelNic('bond1', id));
      assert.deepEqual(await host.networksOn('bond1'), [one.name, two.name].sort());
      for (const nic of ['eth1', 'eth2']) assert.deepEqual(await labelsOn(stage, host, nic), []);
    }),
    'AC-168': scenario(async ({ network, host }) => {
      const [V, W] = [await network({ label: 'L7' }), await network({ label: 'L8' })];
      await host.accepts(labelNic('eth1', 'L7'));
      await host.accepts(labelNic('eth2', 'L8'));
      const reply = await host.send(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      assert.match(reply.text, /BOND-11.*BOND-14/s);
      await host.refuses(setupNetworks(bond('bond1', ['eth1', 'eth2'])), reply.status, 'BOND-11', V.name);
      assert.deepEqual([await host.carrier(V), await host.carrier(W)], ['eth1', 'eth2']);
    }),
    'AC-169': scenario(async (stage) => {
      const { network, host } = stage;
      const V = await network({ label: 'L5' });
      const N = await network({ vm: false, label: 'L6' });
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.accepts(labelNic('bond1', 'L5'));
      const reply = await host.send(labelNic('bond1', 'L6'));
      assert.equal(reply.status, 409, reply.text);
      assert.match(reply.text, /EXCL-01/);
      assert.deepEqual([await host.carrier(V), await host.carrier(N)], ['bond1', null]);
      assert.deepEqual(await labelsOn(stage, host, 'bond1'), ['L5']);
    }),
    'AC-170': scenario(async ({ network, host, accepts, clusterId }) => {
      const V = await network({ label: 'L' });
      await host.accepts(labelNic('eth1', 'L'));
      assert.equal(await host.carrier(V), 'eth1');
      const bridge = (there: boolean) =>
        until(`the bridge ${there ? 'stands' : 'is gone'}`, async () => {
          return (await host.kernel.links()).has(V.vdsmName) === there;
        });
      await accepts('DELETE', `/clusters/${clusterId}/networks/${V.id}`);
      await bridge(false);
      assert.equal(await host.carrier(V), null);
      await accepts('POST', `/clusters/${clusterId}/networks`, 'network', { id: V.id, required: false });
      await follows(host, V, 'eth1');
      await bridge(true);
      await accepts('DELETE', `/networks/${V.id}`);
      await bridge(false);
      await until('the host knows it no more', async () => {
        return !(await host.get('/unmanagednetworks')).text.includes(V.name);
      });
    }),
    'AC-171': scenario(async (stage) => {
      const { network, host } = stage;
      const [N, M] = [await network({ vm: false, label: 'L' }), await network({ vm: false, label: 'L' })];
      await host.refuses(labelNic('eth1', 'L'), 409, 'EXCL-01');
      assert.deepEqual([await host.carrier(N), await host.carrier(M)], [null, null]);
      assert.deepEqual(await labelsOn(stage, host, 'eth1'), []);
    }),
    'AC-172': scenario(async ({ network, host, accepts, api }) => {
      const V = await network({ label: 'L' });
      const W = await network();
      await host.accepts(labelNic('eth1', 'L'));
      await accepts('POST', `/networks/${W.id}/networklabels`, 'network_label', { id: 'L' });
      await until('the failure is in the events', async () =>
        (await list(api, '/events', 'event')).some(({ description = '' }) => {
          return description.startsWith('PERSIST_NETWORK_ON_HOST_FAILED') && description.includes('EXCL-01');
        }),
      );
      assert.deepEqual([await host.carrier(V), await host.carrier(W)], ['eth1', null]);
    }),
    'AC-173': scenario(async (stage) => {
      const { network, accepts, extraHost, afterwards, dataCentreId, clusterId } = stage;
      const [both, old, fresh] = [
        await network({ label: 'L' }),
        await network({ vlan: 231, label: 'L' }),
        await network({ vlan: 232, label: 'L', assigned: false }),
      ];
      const made = await accepts('POST', '/clusters', 'cluster', { name: 'annex', data_center: { id: dataCentreId } });
      const annex = made.as('cluster').id ?? '';
      afterwards(() => accepts('DELETE', `/clusters/${annex}`));
      for (const { id } of [both, fresh]) {
        await accepts('POST', `/clusters/${annex}/networks`, 'network', { id, required: false });
      }
      const host = await extraHost({ nics: 3 });
      await host.accepts(labelNic('eth1', 'L'));
      assert.deepEqual(await host.networksOn('eth1'), [both.name, old.name].sort());
      await host.accepts(ask('POST', '/deactivate', 'action'));
      await accepts('PUT', `/hosts/${host.id}`, 'host', { cluster: { id: annex } });
      await follows(host, fresh, 'eth1');
      await follows(host, old, null);
      assert.equal(await host.carrier(both), 'eth1');
      await until('the old one is gone', async () => !(await host.kernel.links()).has('eth1.231'));
      assert.deepEqual(await labelsOn(stage, host, 'eth1'), ['L']);
      assert.notEqual(annex, clusterId);
    }),
    'AC-174': scenario(async ({ network, host, other }) => {
      for (const one of [host, other]) await one.accepts(labelNic('eth1', 'first'));
      const V = await network({ vlan: 600, label: 'first' });
      for (const one of [host, other]) await follows(one, V, 'eth1');
    }),
    'AC-175': scenario(async ({ api }) => {
      const [management] = await list(api, '/networks?search=name%3Dovirtmgmt', 'network');
      assert.deepEqual(await list(api, `/networks/${management?.id}/networklabels`, 'network_label'), []);
    }),
    'AC-176': scenario(async ({ host }) => {
      const { id = '' } = await host.nic('eth1');
      await host.refuses(setupNetworks(label('L', { id, name: 'eth2' })), 400, 'LBL-10', 'L', 'eth2');
    }),
    'AC-177': scenario(async ({ host }) => {
      await host.refuses(setupNetworks(label('L', 'eth1'), label('L', 'eth2')), 400, 'LBL-15', 'L');
    }),
    'AC-178': scenario(async ({ host }) => {
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      await host.refuses(setupNetworks(label('L', 'eth1')), 400, 'LBL-12', 'eth1');
    }),
    'AC-179': scenario(async (stage) => {
      const { host } = stage;
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2', 'eth3'])));
      await host.accepts(setupNetworks(bond('bond1', ['eth2', 'eth3']), label('L', 'eth1')));
      assert.deepEqual(await labelsOn(stage, host, 'eth1'), ['L']);
    }),
    'AC-180': scenario(async ({ host }) => {
      await host.refuses(setupNetworks(removeLabel('L')), 400, 'LBL-14', host.name, 'L');
    }),
    'AC-181': scenario(async ({ network, host }) => {
      const V = await network({ label: 'L' });
      await host.accepts(setupNetworks(attach(V, 'eth1', ip(v4.dhcp())), label('L', 'eth1')));
      const [assignment] = (await host.attachment(V)).ip_address_assignments ?? [];
      assert.equal(assignment?.assignment_method, 'dhcp');
      assert.equal(await host.carrier(V), 'eth1');
    }),
    'AC-182': scenario(async ({ network, host }) => {
      const V = await network({ label: 'L' });
      await host.accepts(labelNic('eth1', 'L'));
      await host.accepts(setupNetworks(removeLabel('L'), remove(V)));
      assert.equal(await host.carrier(V), null);
    }),
    'AC-183': scenario(async ({ host }) => {
      const reply = await host.refuses(labelNic('eth1'), 400, '', 'id');
      assert.match(reply.text, /Incomplete parameters/);
    }),
    'AC-184': scenario(async ({ host }) => {
      const { id } = await host.nic('eth1');
      assert.equal((await host.get(`/nics/${id}/networklabels/nope`)).status, 404);
      assert.equal((await host.send(unlabelNic('eth1', 'nope'))).status, 404);
    }),
  },
};
