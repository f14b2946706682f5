import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import {
  type Ask,
  ask,
  attach,
  bond,
  doors,
  ip,
  type NicRef,
  nicPost,
  type Part,
  remove,
  removeBond,
  setupNetworks,
  v4,
  v6,
} from '../asks.ts';
import type { Host } from '../host.ts';
import type { Network, Stage } from '../stage.ts';

const unknown = '00000000-0000-4000-8000-00000000dead';

/** Options of a bond as the API shows them. */
async function options(host: Host, name: string): Promise<Record<string, string>> {
  const shown = (await host.nic(name)).bonding?.options ?? [];
  return Object.fromEntries(shown.map((one) => [one.name ?? '', one.value ?? '']));
}

/** The slaves, by what the API says and by what the kernel has, which must agree. */
async function slaves(host: Host, name: string): Promise<string[]> {
  const nics = await host.nics();
  const bonding = nics.find((nic) => nic.name === name)?.bonding;
  const shown = (bonding?.slaves ?? []).map((slave) => nics.find((nic) => nic.id === slave.id)?.name ?? '');
  assert.deepEqual(shown.sort(), (await host.kernel.bond(name)).slaves);
  return shown;
}

const make = (name: NicRef, members: NicRef[], wanted?: Record<string, string | number>) =>
  setupNetworks(bond(name, members, wanted));

/** Given bonds, a request is refused. */
function refused(given: Part[], request: Part[], status: number, rule: string, ...words: string[]): Scenario['play'] {
  return async ({ host }) => {
    if (given.length > 0) await host.accepts(setupNetworks(...given));
    await host.refuses(setupNetworks(...request), status, rule, ...words);
  };
}

/** Given a network on a device, a request is refused and names the network. */
function refusedWith(
  given: (V: Network) => Part[],
  request: (V: Network) => Part[],
  status: number,
  rule: string,
): Scenario['play'] {
  return async ({ network, host }) => {
    const V = await network();
    if (given(V).length > 0) await host.accepts(setupNetworks(...given(V)));
    await host.refuses(setupNetworks(...request(V)), status, rule, V.name);
  };
}

const two = bond('bond1', ['eth1', 'eth2']);
const three = bond('bond1', ['eth1', 'eth2', 'eth3']);
const backup = { mode: 1, miimon: 100 };

/** bond0 of eth1 and eth2 with two networks on it is broken up, each network going to one slave. */
async function broken({ network, host }: Stage, entry: (V: Network, nic: string, id: string) => object): Promise<void> {
  const [V, tagged] = [await network(), await network({ vlan: 205 })];
  await host.accepts(
    setupNetworks(bond('bond0', ['eth1', 'eth2'], backup), attach(V, 'bond0'), attach(tagged, 'bond0')),
  );
  const before = [(await host.attachment(V)).id ?? '', (await host.attachment(tagged)).id ?? ''];
  const part = (one: Network, nic: string, id: string): Part => ({
    list: 'modified_network_attachments',
    member: 'network_attachment',
    value: () => entry(one, nic, id),
  });
  await host.accepts(
    setupNetworks(removeBond('bond0'), part(V, 'eth1', before[0] ?? ''), part(tagged, 'eth2', before[1] ?? '')),
  );
  assert.deepEqual([await host.carrier(V), await host.carrier(tagged)], ['eth1', 'eth2']);
  assert.deepEqual([(await host.attachment(V)).id, (await host.attachment(tagged)).id], before, 'ids stay');
  const links = await host.kernel.links();
  assert.equal(links.has('bond0'), false);
  assert.deepEqual([links.get('eth1')?.master, links.get('eth2.205')?.master], [V.vdsmName, tagged.vdsmName]);
}

export const bonds: Area = {
  name: 'Bonds',
  scenarios: {
    'AC-107': scenario(async ({ host }) => {
      await host.accepts(make('bond1', ['eth1', 'eth2']));
      assert.deepEqual(await slaves(host, 'bond1'), ['eth1', 'eth2']);
      assert.deepEqual(await options(host, 'bond1'), { mode: '4', miimon: '100', xmit_hash_policy: '2' });
      const kernel = (await host.kernel.bond('bond1')).options;
      assert.deepEqual([kernel['mode'], kernel['miimon'], kernel['xmit_hash_policy']], ['4', '100', '2']);
    }),
    'AC-108': alsoInLab(async ({ host }) => {
      await host.accepts(make('bond1', ['eth1', 'eth2']));
      const { index } = await host.kernel.link('bond1');
      await host.accepts(setupNetworks(three));
      assert.deepEqual(await slaves(host, 'bond1'), ['eth1', 'eth2', 'eth3']);
      assert.equal((await host.kernel.link('bond1')).index, index, 'the same bond');
    }),
    'AC-109': scenario(async ({ host }) => {
      await host.accepts(setupNetworks(three));
      await host.accepts(setupNetworks(two));
      assert.deepEqual(await slaves(host, 'bond1'), ['eth1', 'eth2']);
      const freed = await host.kernel.link('eth3');
      assert.deepEqual([freed.master, freed.up], [null, true]);
    }),
    'AC-110': alsoInLab(async ({ host }) => {
      await host.accepts(setupNetworks(two));
      await host.accepts(setupNetworks(bond('bond1', null, { mode: 1 })));
      assert.deepEqual(await slaves(host, 'bond1'), ['eth1', 'eth2']);
      const mode = (await host.nic('bond1')).bonding?.options?.find((one) => one.name === 'mode');
      assert.deepEqual([mode?.value, mode?.type], ['1', 'Active-Backup']);
      assert.equal((await host.kernel.bond('bond1')).options['mode'], '1');
    }),
    'AC-111': scenario(async ({ host }) => {
      const wanted = { bond1: ['eth1', 'eth2'], bond2: ['eth3', 'eth4'], bond3: ['eth5', 'eth6'] };
      await host.accepts(setupNetworks(...Object.entries(wanted).map(([name, members]) => bond(name, members))));
      for (const [name, members] of Object.entries(wanted)) assert.deepEqual(await slaves(host, name), members);
    }),
    'AC-112': scenario(async ({ host }) => {
      const five = ['eth1', 'eth2', 'eth3', 'eth4', 'eth5'];
      await host.accepts(make('bond1', five));
      assert.deepEqual(await slaves(host, 'bond1'), five);
    }),
    'AC-113': scenario(async ({ host }) => {
      await host.accepts(make('bond1', ['eth1', 'eth2'], { mode: 'balance-rr', arp_interval: 1 }));
      const shown = await options(host, 'bond1');
      assert.deepEqual([shown['mode'], shown['arp_interval']], ['0', '1']);
    }),
    'AC-114': scenario(async ({ host }) => {
      await host.accepts(make('bond1', ['eth1', 'eth2'], { mode: 'balance-rr', arp_interval: 1 }));
      await host.accepts(setupNetworks(bond('bond1', null, { mode: 'active-backup', arp_ip_target: '192.168.0.2' })));
      assert.deepEqual(await options(host, 'bond1'), { mode: '1', arp_ip_target: '192.168.0.2' });
      const kernel = (await host.kernel.bond('bond1')).options;
      assert.deepEqual([kernel['mode'], kernel['arp_interval'], kernel['arp_ip_target']], ['1', '0', '192.168.0.2']);
    }),
    'AC-115': scenario(async ({ network, host }) => {
      await host.accepts(setupNetworks(two));
      const networks = [await network({ vlan: 201 }), await network({ vlan: 202 }), await network()];
      for (const [at, door] of doors.entries()) await host.accepts(door.attach(networks[at] as Network, 'bond1'));
      assert.deepEqual(await host.networksOn('bond1'), networks.map(({ name }) => name).sort());
    }),
    'AC-116': alsoInLab(async ({ network, host, other }) => {
      const V = await network({ mtu: 9000 });
      for (const [at, one] of [host, other].entries()) {
        const both = ip(v4.static(`192.0.116.${at + 1}`, 24), v6.static(`2001:db8:116::${at + 1}`, 64));
        await one.accepts(
          setupNetworks(
            bond('bond_fancy0', ['eth2', 'eth3'], { mode: 1, miimon: 200 }),
            attach(V, 'bond_fancy0', both),
          ),
        );
        assert.equal((await one.attachment(V)).host_nic?.id, (await one.nic('bond_fancy0')).id);
        assert.deepEqual(await options(one, 'bond_fancy0'), { mode: '1', miimon: '200' });
        assert.equal((await one.kernel.link('eth2')).mtu, 9000);
      }
      assert.notEqual(await host.kernel.reaches('192.0.116.2'), false);
      assert.notEqual(await host.kernel.reaches('2001:db8:116::2'), false);
    }),
    'AC-117': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(two, attach(V, 'bond1')));
      await host.accepts(setupNetworks(remove(V), removeBond('bond1')));
      const links = await host.kernel.links();
      assert.deepEqual([links.has('bond1'), links.has(V.vdsmName)], [false, false]);
      assert.deepEqual([links.get('eth1')?.master, links.get('eth2')?.master], [null, null]);
      assert.equal(
        (await host.nics()).some((nic) => nic.name === 'bond1'),
        false,
      );
    }),
    'AC-118': scenario(async ({ host }) => {
      const reply = await host.accepts(await olderBond(host));
      const made = reply.as('host_nic');
      assert.equal(made.name, 'bond0');
      assert.deepEqual(await slaves(host, 'bond0'), ['eth1', 'eth2']);
      assert.deepEqual(await options(host, 'bond0'), { mode: '1', miimon: '100' });
    }),
    'AC-119': scenario(async ({ network, host }) => {
      const [V, tagged] = [await network(), await network({ vlan: 203 })];
      await host.accepts(setupNetworks(bond('bond0', ['eth1', 'eth2']), attach(V, 'bond0'), attach(tagged, 'bond0')));
      await host.accepts(ask('DELETE', (ids) => `/nics/${ids.nic('bond0')}`));
      assert.deepEqual(await host.attachments(), []);
      const links = await host.kernel.links();
      assert.deepEqual([links.has('bond0'), links.get('eth1')?.master, links.get('eth2')?.master], [false, null, null]);
    }),
    'AC-120': scenario(async ({ host }) => {
      await host.accepts(await olderBond(host));
      const members = await Promise.all(
        ['eth1', 'eth2', 'eth3'].map(async (name) => ({ id: (await host.nic(name)).id })),
      );
      await host.accepts(
        ask('PUT', (ids) => `/nics/${ids.nic('bond0')}`, 'host_nic', {
          name: 'bond0',
          bonding: { options: { option: [{ name: 'mode', value: '2' }] }, slaves: { host_nic: members } },
        }),
      );
      assert.deepEqual(await slaves(host, 'bond0'), ['eth1', 'eth2', 'eth3']);
      assert.deepEqual(await options(host, 'bond0'), { mode: '2' });
      const kernel = (await host.kernel.bond('bond0')).options;
      assert.deepEqual([kernel['mode'], kernel['miimon']], ['2', '100']);
    }),
    'AC-121': scenario(async ({ network, host }) => {
      const [V, tagged] = [await network(), await network({ vlan: 204 })];
      await host.accepts(setupNetworks(attach(V, 'eth1'), attach(tagged, 'eth2')));
      const before = [(await host.attachment(V)).id, (await host.attachment(tagged)).id];
      const older = (list: string, member: string, content: object): Part => ({ list, member, value: () => content });
      const onBond = (one: Network) =>
        older('network_attachments', 'network_attachment', { network: { id: one.id }, host_nic: { name: 'bond0' } });
      await host.accepts(
        setupNetworks(
          older('bonds', 'host_nic', {
            name: 'bond0',
            link_aggregation: {
              options: { option: [{ name: 'mode', value: '1' }] },
              slaves: { host_nic: [{ name: 'eth1' }, { name: 'eth2' }] },
            },
          }),
          onBond(V),
          onBond(tagged),
        ),
      );
      assert.deepEqual(await host.networksOn('bond0'), [V.name, tagged.name].sort());
      assert.deepEqual([(await host.attachment(V)).id, (await host.attachment(tagged)).id], before);
    }),
    'AC-122': alsoInLab((stage) => broken(stage, (V, nic) => ({ network: { id: V.id }, host_nic: { name: nic } }))),
    'AC-123': scenario((stage) => broken(stage, (_, nic, id) => ({ id, host_nic: { name: nic } }))),
    'AC-124': scenario(refused([], [bond({}, ['eth1', 'eth2'])], 400, 'BOND-02')),
    'AC-125': scenario(refused([], [bond('eth1', ['eth2', 'eth3'])], 409, 'BOND-05', 'eth1')),
    'AC-126': scenario(refused([], [bond('bond1', ['eth1'])], 400, 'BOND-06', 'bond1')),
    'AC-127': scenario(refused([], [bond('bond1', ['eth1', 'eth99'])], 400, 'BOND-07', 'eth99')),
    'AC-128': scenario(async ({ network, host }) => {
      const tagged = await network({ vlan: 206 });
      await host.accepts(setupNetworks(two, attach(tagged, 'eth3')));
      await host.refuses(make('bond2', ['bond1', 'eth4']), 409, 'BOND-08', 'bond1');
      await host.refuses(make('bond2', ['eth3.206', 'eth4']), 409, 'BOND-08', 'eth3.206');
    }),
    'AC-129': scenario(refused([two], [bond('bond2', ['eth2', 'eth3'])], 409, 'BOND-09', 'bond1', 'eth2')),
    'AC-130': alsoInLab(async ({ host }) => {
      await host.accepts(setupNetworks(two));
      await host.accepts(setupNetworks(removeBond('bond1'), bond('bond2', ['eth2', 'eth3'])));
      assert.deepEqual(await slaves(host, 'bond2'), ['eth2', 'eth3']);
      const links = await host.kernel.links();
      assert.deepEqual([links.has('bond1'), links.get('eth1')?.master], [false, null]);
    }),
    'AC-131': scenario(
      refusedWith(
        (V) => [attach(V, 'eth1')],
        () => [two],
        409,
        'BOND-11',
      ),
    ),
    'AC-132': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(nicPost('eth1', V));
      await host.accepts(setupNetworks(remove(V), two));
      assert.deepEqual(await slaves(host, 'bond1'), ['eth1', 'eth2']);
      assert.equal(await host.carrier(V), null);
    }),
    'AC-133': scenario(
      refusedWith(
        () => [],
        (V) => [attach(V, 'eth1'), two],
        409,
        'BOND-10',
      ),
    ),
    'AC-134': scenario(refused([], [removeBond('eth1')], 409, 'BOND-17', 'eth1')),
    'AC-135': scenario(refused([], [removeBond({ id: unknown })], 400, 'BOND-15', unknown)),
    'AC-136': scenario(
      refusedWith(
        (V) => [two, attach(V, 'bond1')],
        () => [removeBond('bond1')],
        409,
        'BOND-18',
      ),
    ),
    'AC-137': scenario(async ({ host }) => {
      await host.accepts(setupNetworks(two));
      await host.accepts(setupNetworks(removeBond('bond1')));
      assert.equal((await host.kernel.links()).has('bond1'), false);
    }),
    'AC-138': scenario(
      refused([two], [bond('bond1', null, { mode: 1 }), removeBond('bond1')], 400, 'BOND-16', 'bond1'),
    ),
    'AC-139': scenario(async ({ host }) => {
      for (const name of ['bond0', 'bond_fancy0', 'bondABC']) {
        await host.accepts(make(name, ['eth1', 'eth2']));
        assert.deepEqual(await slaves(host, name), ['eth1', 'eth2']);
        await host.accepts(setupNetworks(removeBond(name)));
      }
      for (const name of ['bond', 'bond-1', 'bond 1', 'mybond', 'bond.1', 'bondé']) {
        await host.refuses(make(name, ['eth1', 'eth2']), 400, 'BOND-04', name);
      }
    }),
  },
};

/** bond0 of eth1 and eth2 as older clients write it, with an option that is none. */
async function olderBond(host: Host): Promise<Ask> {
  const members = await Promise.all(['eth1', 'eth2'].map(async (name) => ({ id: (await host.nic(name)).id })));
  const option = [
    { name: 'module', value: 'bonding' },
    { name: 'mode', value: '1', type: 'Active-Backup' },
    { name: 'miimon', value: '100' },
  ];
  const content = { name: 'bond0', link_aggregation: { options: { option }, slaves: { host_nic: members } } };
  return { ...ask('POST', '/nics', 'host_nic', content), success: 201 };
}
