/** The founding operations S-01 to S-16 through the typed client: one after the other, each leaving what the next needs. */
import assert from 'node:assert/strict';
import type { ApiObject, Patchbay } from '@patchbay/client';

/** A client that is signed in, one host, and four networks of its cluster. */
export interface Walk {
  api: Patchbay;
  host: ReturnType<Patchbay['hosts']['id']>;
  nic(name: string): Promise<string>;
  attachment(network: Network): Promise<ApiObject<'network_attachment'> & { id: string }>;
  /** On which nic the network is. */
  nicOf(network: Network): Promise<string | undefined>;
  /** Changes the MTU of `lease` behind the engine's back, where that can be done. */
  disturb(): Promise<void>;
}

const networks = {
  lease: { vlan: { id: 10 } },
  red: { vlan: { id: 101 } },
  blue: { vlan: { id: 102 } },
  storage: { usages: [] },
} as const;

export type Network = keyof typeof networks;

/** Makes the networks. @param disturb where the kernel can be reached */
export async function beginWalk(api: Patchbay, hostName: string, disturb = async () => {}): Promise<Walk> {
  const [found] = await api.hosts.list({ search: `name=${hostName}` });
  const [cluster] = await api.clusters.list({ search: 'name=Default' });
  for (const [name, network] of Object.entries(networks)) {
    const { id = '' } = await api.networks.add({ ...network, usages: [], name, data_center: { name: 'Default' } });
    if (name !== 'storage') await api.networks.id(id).update({ usages: ['vm'] });
    await api.clusters.id(cluster?.id ?? '').networks.add({ id, required: false });
  }
  const host = api.hosts.id(found?.id ?? '');
  const nics = () => host.nics.list();
  const attachments = () => host.networkAttachments.list({ follow: 'network' });
  const walk: Walk = {
    ...{ api, host, disturb },
    async nic(name) {
      const id = (await nics()).find((nic) => nic.name === name)?.id;
      assert.ok(id !== undefined, `there is no nic ${name}`);
      return id;
    },
    async attachment(network) {
      const one = (await attachments()).find((attachment) => attachment.network?.name === network);
      assert.ok(one?.id !== undefined, `${network} is not attached`);
      return { ...one, id: one.id };
    },
    async nicOf(network) {
      const { host_nic: link } = await walk.attachment(network);
      return (await nics()).find(({ id }) => id === link?.id)?.name;
    },
  };
  return walk;
}

const options = (mode: string) => [
  { name: 'mode', value: mode },
  { name: 'miimon', value: '100' },
];
const bond0: ApiObject<'host_nic'> = {
  name: 'bond0',
  bonding: { options: options('1'), slaves: [{ name: 'eth1' }, { name: 'eth2' }] },
};
const on = (network: Network, nic: string): ApiObject<'network_attachment'> => ({
  network: { name: network },
  host_nic: { name: nic },
});
const statically = (ip: ApiObject<'ip'>): ApiObject<'ip_address_assignment'>[] => [
  { assignment_method: 'static', ip: { ...ip, version: 'v4' } },
];

export const foundingOperations: Readonly<Record<string, (walk: Walk) => Promise<void>>> = {
  async 'S-01 a network with DHCP on a nic'({ api, host, nic }) {
    const [network] = await api.networks.list({ search: 'name=lease' });
    const made = await host.nics.id(await nic('eth1')).networkAttachments.add({
      network: { id: network?.id },
      ip_address_assignments: [{ assignment_method: 'dhcp' }],
    });
    assert.equal(made.ip_address_assignments?.[0]?.assignment_method, 'dhcp');
  },
  async 'S-03 the boot protocol becomes static'({ host, nic, attachment }) {
    const { id } = await attachment('lease');
    const ip = { address: '10.0.10.15', netmask: '255.255.255.0', gateway: '10.0.10.254' };
    const changed = await host.nics
      .id(await nic('eth1'))
      .networkAttachments.id(id)
      .update({
        ip_address_assignments: statically(ip),
      });
    assert.deepEqual(changed.ip_address_assignments?.[0]?.ip, { ...ip, version: 'v4' });
  },
  async 'S-05 one network is synchronised'({ host, nic, attachment, disturb }) {
    await disturb();
    const { id } = await attachment('lease');
    const one = host.nics.id(await nic('eth1')).networkAttachments.id(id);
    assert.equal((await one.update({}, { override_configuration: true })).in_sync, true);
  },
  async 'S-02 the network is taken off the nic'({ host, nic, attachment }) {
    const { id } = await attachment('lease');
    const here = host.nics.id(await nic('eth1')).networkAttachments;
    assert.equal((await here.id(id).remove()).status, 'complete');
    await assert.rejects(here.id(id).get(), { name: 'ApiError', status: 404 });
  },
  async 'S-04 VLAN networks, one after the other'({ host, nic }) {
    const here = host.nics.id(await nic('eth1')).networkAttachments;
    for (const name of ['red', 'blue']) await here.add({ network: { name } });
    assert.deepEqual((await host.nics.list()).find(({ name }) => name === 'eth1.102')?.vlan, { id: 102 });
  },
  async 'S-09 a network moves to another nic'({ host, nic, attachment, nicOf }) {
    const { id } = await attachment('red');
    const moved = await host.networkAttachments.id(id).update({ host_nic: { id: await nic('eth2') } });
    assert.equal(moved.id, id, 'the attachment keeps its id');
    assert.equal(await nicOf('red'), 'eth2');
  },
  async 'S-10 a network moves by setupnetworks'({ host, attachment, nicOf }) {
    const { id } = await attachment('red');
    await host.setupNetworks({ modified_network_attachments: [{ id, host_nic: { name: 'eth1' } }] });
    assert.equal(await nicOf('red'), 'eth1');
  },
  async 'S-06 a bond is made'({ host, nic }) {
    const slaves = [{ id: await nic('eth3') }, { id: await nic('eth4') }];
    const made = await host.nics.add({ name: 'bond1', bonding: { options: options('1'), slaves } });
    assert.equal(made.name, 'bond1');
    await assert.rejects(host.nics.add({ name: 'bond1', bonding: { slaves } }), { status: 409, code: 'S-06' });
  },
  async 'S-08 a bond gets another mode and a slave more'({ host, nic }) {
    const slaves = [{ name: 'eth3' }, { name: 'eth4' }, { name: 'eth5' }];
    const bond = host.nics.id(await nic('bond1'));
    await bond.update({ bonding: { options: [{ name: 'mode', value: '2' }], slaves } });
    const { bonding } = await bond.get();
    assert.equal(bonding?.options?.find(({ name }) => name === 'mode')?.value, '2');
    assert.equal(bonding?.slaves?.length, 3);
  },
  async 'S-16 a network is attached at the host'({ host, nic }) {
    const made = await host.networkAttachments.add({
      ...on('storage', 'bond1'),
      ip_address_assignments: statically({ address: '203.0.113.5', netmask: '255.255.255.0' }),
    });
    assert.equal(made.host_nic?.id, await nic('bond1'));
  },
  async 'S-15 several networks are synchronised at once'({ host, attachment }) {
    const ids = [await attachment('storage'), await attachment('red')].map(({ id }) => ({ id }));
    const done = await host.setupNetworks({ synchronized_network_attachments: ids });
    assert.equal(done.status, 'complete');
  },
  async 'S-07 a bond is removed with everything on it'({ host, nic, attachment }) {
    await host.nics.id(await nic('bond1')).remove();
    await assert.rejects(nic('bond1'), /no nic bond1/);
    await assert.rejects(attachment('storage'), /not attached/);
  },
  async 'S-11 a bond takes the networks of both nics'({ host, nicOf }) {
    await host.setupNetworks({
      modified_bonds: [bond0],
      modified_network_attachments: [on('red', 'bond0'), on('blue', 'bond0')],
    });
    assert.deepEqual([await nicOf('red'), await nicOf('blue')], ['bond0', 'bond0']);
  },
  async 'S-12 the bond is broken, and its networks go back to the nics'({ host, attachment, nicOf }) {
    const { id } = await attachment('red');
    await host.setupNetworks({
      modified_network_attachments: [on('red', 'eth1'), on('blue', 'eth2')],
      removed_bonds: [{ name: 'bond0' }],
    });
    assert.deepEqual([await nicOf('red'), await nicOf('blue')], ['eth1', 'eth2']);
    assert.equal((await attachment('red')).id, id, 'the attachment keeps its id');
  },
  async 'S-13 the same with attachment ids'({ host, attachment, nicOf }) {
    await host.setupNetworks({
      modified_bonds: [bond0],
      modified_network_attachments: [on('red', 'bond0'), on('blue', 'bond0')],
    });
    const [red, blue] = [await attachment('red'), await attachment('blue')];
    await host.setupNetworks({
      modified_network_attachments: [
        { id: red.id, host_nic: { name: 'eth1' } },
        { id: blue.id, host_nic: { name: 'eth2' } },
      ],
      removed_bonds: [{ name: 'bond0' }],
    });
    assert.equal(await nicOf('blue'), 'eth2');
  },
  async 'S-14 several networks go at once, or none'({ host, attachment }) {
    const ids = [{ id: (await attachment('red')).id }, { id: (await attachment('blue')).id }];
    const more = [...ids, { id: '00000000-0000-0000-0000-00000000dead' }];
    await assert.rejects(host.setupNetworks({ removed_network_attachments: more }), { status: 400, code: 'ATT-12' });
    assert.equal((await attachment('red')).id, ids[0]?.id);
    await host.setupNetworks({ removed_network_attachments: ids });
    await assert.rejects(attachment('red'), /not attached/);
    await assert.rejects(attachment('blue'), /not attached/);
  },
};
