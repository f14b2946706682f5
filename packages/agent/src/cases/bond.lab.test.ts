/** Bonds (HT-045 to HT-072), and devices stacked on them and below (HT-145). */
import assert from 'node:assert/strict';
import type { BondConfig, HostConfig, KernelOp } from '@patchbay/protocol';
import { emptyHostConfig } from '@patchbay/protocol';
import { bond, ip } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { config, kernelCase, kernelCases } from './kit/case.ts';
import { type CaseHost, macOf } from './kit/host.ts';
import { addressesOf, carrierLosses, exists, link, linkEvents, portsOf } from './kit/look.ts';

/** A bond of two nics and nothing on it. */
const alone = (options: Record<string, string>, more: Partial<BondConfig> = {}): HostConfig =>
  config({}, { bond0: { ...bond(['nic1', 'nic2'], options), ...more } });
const optionsOf = (state: KernelState, name = 'bond0') => link(state, name).bond?.options ?? {};
const slavesOf = (state: KernelState, name = 'bond0') => link(state, name).bond?.slaves;

/** Another hand's bond, with a MAC and an interval of its own. */
const FOREIGN = [
  'link add name bond7 address 02:00:00:00:70:07 type bond mode 1 miimon 77 xmit_hash_policy layer3+4',
  'link set dev nic1 down master bond7',
  'link set dev nic2 down master bond7',
  'link set dev bond7 up',
];
const FOREIGN_GONE = ['link del dev bond7', 'link set dev nic1 up', 'link set dev nic2 up'];

kernelCases('bonds', () => {
  kernelCase('HT-045 a bond of two without options has mode 0, both slaves, and watches their links', async (host) => {
    const { state } = await host.reach(alone({}));
    assert.deepEqual([optionsOf(state)['mode'], optionsOf(state)['miimon']], ['0', '100']);
    assert.deepEqual(slavesOf(state), ['nic1', 'nic2']);
    assert.ok(link(state, 'bond0').adminUp && link(state, 'bond0').carrier);
  });

  kernelCase('HT-046 mode and monitoring interval are as asked', async (host) => {
    const { state } = await host.reach(alone({ mode: '3', miimon: '150' }));
    assert.deepEqual([optionsOf(state)['mode'], optionsOf(state)['miimon']], ['3', '150']);
  });

  kernelCase('HT-047 a primary slave becomes the active one', async (host) => {
    for (const primary of ['nic1', 'nic2']) {
      const { state } = await host.reach(alone({ mode: '1', primary }));
      assert.deepEqual([optionsOf(state)['primary'], link(state, 'bond0').bond?.activeSlave], [primary, primary]);
    }
  });

  kernelCase('HT-048 options come in any order', async (host) => {
    const { state } = await host.reach(alone({ lacp_rate: 'fast', mode: '802.3ad' }));
    assert.deepEqual([optionsOf(state)['mode'], optionsOf(state)['lacp_rate']], ['4', 'fast']);
  });

  kernelCase('HT-049 targets of ARP monitoring are exchanged', async (host) => {
    const of = (arp_ip_target: string) => alone({ mode: '1', arp_interval: '30000', arp_ip_target });
    assert.equal(optionsOf((await host.reach(of('198.51.100.1'))).state)['arp_ip_target'], '198.51.100.1');
    const { state } = await host.reach(of('198.51.100.2,198.51.100.3'));
    assert.deepEqual(optionsOf(state)['arp_ip_target']?.split(',').sort(), ['198.51.100.2', '198.51.100.3']);
  });

  kernelCase('HT-050 from ARP monitoring to carrier monitoring and back, one is always off', async (host) => {
    const byArp = alone({ mode: '1', arp_interval: '30000', arp_ip_target: '198.51.100.1', arp_validate: 'all' });
    const byLink = alone({ mode: '1', miimon: '70', updelay: '140' });
    const shown = (state: KernelState) =>
      ['miimon', 'updelay', 'arp_interval', 'arp_validate'].map((one) => optionsOf(state)[one]);
    assert.deepEqual(shown((await host.reach(byArp)).state), ['0', '0', '30000', 'all']);
    assert.deepEqual(shown((await host.reach(byLink)).state), ['70', '140', '0', 'none']);
    assert.deepEqual(shown((await host.reach(byArp)).state), ['0', '0', '30000', 'all']);
  });

  kernelCase('HT-051 a mode changes: slaves stay, options of the old one go', async (host) => {
    await host.reach(alone({ mode: '1', miimon: '150' }));
    const { state } = await host.reach(alone({ mode: '3' }));
    assert.deepEqual([slavesOf(state), optionsOf(state)['miimon']], [['nic1', 'nic2'], '100']);
    await host.reach(alone({ mode: '4', lacp_rate: 'fast', ad_user_port_key: '7', ad_select: 'count' }));
    await host.reach(alone({ mode: '1' }));
    const { state: again } = await host.reach(alone({ mode: '4' }));
    const { lacp_rate: rate, ad_user_port_key: key, ad_select: select } = optionsOf(again);
    assert.deepEqual(
      [rate, key, select],
      ['slow', '0', 'stable'],
      'nothing sleeps in the kernel until its mode is back',
    );
  });

  kernelCase('HT-052 a mode changes under bridge, VLAN and address, which survive', async (host) => {
    const of = (mode: string) =>
      config(
        {
          blue: { base: 'bond0', vlan: 5, ipv4: ip('198.51.100.5', '198.51.100.1') },
          red: { base: 'bond0', ipv4: ip('203.0.113.5', '203.0.113.1') },
        },
        { bond0: bond(['nic1', 'nic2'], { mode }) },
      );
    const { state: before } = await host.reach(of('1'));
    const { state } = await host.reach(of('4'));
    for (const name of ['bond0', 'bond0.5', 'blue', 'red']) {
      assert.equal(link(state, name).index, link(before, name).index, name);
    }
    assert.deepEqual(
      [addressesOf(state, 'blue'), addressesOf(state, 'red')],
      [['198.51.100.5/24'], ['203.0.113.5/24']],
    );
    const routes = (of: KernelState) =>
      of.routes.map(({ destination, table, device }) => `${destination} ${table} ${device}`).sort();
    assert.deepEqual(routes(state), routes(before));
  });

  kernelCase('HT-054 options that are dropped return to what a new bond has', async (host) => {
    const given = { miimon: '50', updelay: '100', num_grat_arp: '7', resend_igmp: '9', primary_reselect: 'better' };
    await host.reach(alone({ mode: '1', ...given }));
    const { state } = await host.reach(alone({ mode: '1' }));
    const fresh = host.offers.bond?.fresh['1'] ?? {};
    for (const name of Object.keys(given)) {
      // A bond without any monitor would never fail over.
      assert.equal(optionsOf(state)[name], name === 'miimon' ? '100' : fresh[name], name);
    }
  });

  kernelCase('HT-055 a MAC that is given is that of the bond and its slaves', async (host) => {
    const mac = '02:00:00:00:55:01';
    const { state } = await host.reach(alone({ mode: '1' }, { mac }));
    for (const name of ['bond0', 'nic1', 'nic2']) assert.equal(link(state, name).mac, mac, name);
    const other = '02:00:00:00:55:02';
    const { state: changed } = await host.reach(alone({ mode: '1' }, { mac: other }));
    for (const name of ['bond0', 'nic1', 'nic2']) assert.equal(link(changed, name).mac, other, name);
    const { state: kept } = await host.reach(alone({ mode: '1' }));
    assert.equal(link(kept, 'bond0').mac, other, 'and stays when it is not given any more');
  });

  kernelCase('HT-056 the order of slaves leaves the MAC alone', async (host) => {
    for (const slaves of [
      ['nic2', 'nic1'],
      ['nic1', 'nic2'],
    ]) {
      const { state } = await host.reach(config({}, { bond0: bond(slaves) }));
      assert.equal(link(state, 'bond0').mac, macOf('nic1'));
      await host.reach(emptyHostConfig);
    }
  });

  kernelCase('HT-057 a slave comes, goes, is exchanged: same MAC, and a carrier all along', async (host) => {
    const of = (...slaves: string[]) => config({ blue: { base: 'bond0' } }, { bond0: bond(slaves) });
    await host.reach(of('nic1', 'nic2'));
    const losses = carrierLosses('bond0');
    for (const slaves of [
      ['nic1', 'nic2', 'nic3'],
      ['nic1', 'nic3'],
      ['nic1', 'nic4'],
      ['nic4', 'nic2'],
    ]) {
      const { state } = await host.reach(of(...slaves));
      assert.deepEqual(slavesOf(state), [...slaves].sort());
      assert.deepEqual([link(state, 'bond0').mac, link(state, 'blue').mac], [macOf('nic1'), macOf('nic1')]);
      assert.equal(carrierLosses('bond0'), losses, slaves.join());
    }
  });

  kernelCase('HT-058 both slaves are exchanged at once: the bond stays and is never empty', async (host) => {
    const of = (...slaves: string[]) => config({ blue: { base: 'bond0' } }, { bond0: bond(slaves) });
    const { state: before } = await host.reach(of('nic1', 'nic2'));
    const losses = carrierLosses('bond0');
    assert.equal(fewestSlaves(await host.observe(), await host.plan(of('nic3', 'nic4')), 'bond0'), 2);
    const { state } = await host.reach(of('nic3', 'nic4'));
    assert.deepEqual(
      [link(state, 'bond0').index, link(state, 'bond0').mac, carrierLosses('bond0')],
      [link(before, 'bond0').index, macOf('nic1'), losses],
    );
  });

  kernelCase('HT-059 two bonds swap a slave, and neither is ever empty', async (host) => {
    const of = (one: string[], other: string[]) => config({}, { bond0: bond(one), bond1: bond(other) });
    await host.reach(of(['nic1', 'nic2'], ['nic3', 'nic4']));
    const swapped = of(['nic1', 'nic3'], ['nic2', 'nic4']);
    const [state, ops] = [await host.observe(), await host.plan(swapped)];
    for (const name of ['bond0', 'bond1']) assert.ok(fewestSlaves(state, ops, name) > 0, name);
    const losses = ['bond0', 'bond1'].map(carrierLosses);
    const { state: after } = await host.reach(swapped);
    assert.deepEqual(
      [slavesOf(after, 'bond0'), slavesOf(after, 'bond1')],
      [
        ['nic1', 'nic3'],
        ['nic2', 'nic4'],
      ],
    );
    assert.deepEqual(['bond0', 'bond1'].map(carrierLosses), losses);
  });

  kernelCase('HT-060 from two slaves to four to three', async (host) => {
    for (const count of [2, 4, 3]) {
      const slaves = ['nic1', 'nic2', 'nic3', 'nic4'].slice(0, count);
      const { state } = await host.reach(config({}, { bond0: bond(slaves) }));
      assert.deepEqual(slavesOf(state), slaves);
    }
  });

  kernelCase('HT-061 a slave leaves a bond in use for a network of its own', async (host) => {
    await host.reach(config({ blue: { base: 'bond0' } }, { bond0: bond(['nic1', 'nic2', 'nic3']) }));
    const { state } = await host.reach(
      config({ blue: { base: 'bond0' }, red: { base: 'nic3' } }, { bond0: bond(['nic1', 'nic2']) }),
    );
    assert.deepEqual([slavesOf(state), portsOf(state, 'red')], [['nic1', 'nic2'], ['nic3']]);
    assert.deepEqual([link(state, 'nic3').mac, link(state, 'red').mac], [macOf('nic3'), macOf('nic3')]);
  });

  kernelCase('HT-062 a bond goes, and its slaves have their own MAC, no master and their MTU', async (host) => {
    await host.reach(config({ blue: { base: 'bond0', mtu: 2000 } }, { bond0: bond(['nic1', 'nic2']) }));
    assert.equal(link(await host.observe(), 'nic2').mac, macOf('nic1'));
    const { state } = await host.reach(emptyHostConfig);
    for (const nic of ['nic1', 'nic2']) {
      const { mac, master, mtu, adminUp } = link(state, nic);
      assert.deepEqual([mac, master, mtu, adminUp], [macOf(nic), null, 1500, true], nic);
    }
  });

  kernelCase('HT-063 a network moves from a bond to a slave of it, and the bond goes', async (host) => {
    await host.reach(config({ blue: { base: 'bond0', ipv4: ip('198.51.100.5') } }, { bond0: bond(['nic1', 'nic2']) }));
    const { state } = await host.reach(config({ blue: { base: 'nic2', ipv4: ip('198.51.100.5') } }));
    assert.deepEqual([exists(state, 'bond0'), portsOf(state, 'blue')], [false, ['nic2']]);
    assert.deepEqual([link(state, 'nic2').mac, addressesOf(state, 'blue')], [macOf('nic2'), ['198.51.100.5/24']]);
  });

  kernelCase('HT-064 a network moves from a nic onto a new bond of that nic, untagged and tagged', async (host) => {
    for (const vlan of [null, 5]) {
      const ipv4 = ip('198.51.100.5', '198.51.100.1');
      await host.reach(config({ blue: { base: 'nic1', vlan, ipv4 } }));
      const { state } = await host.reach(
        config({ blue: { base: 'bond0', vlan, ipv4 } }, { bond0: bond(['nic1', 'nic2']) }),
      );
      assert.deepEqual(portsOf(state, 'blue'), [vlan === null ? 'bond0' : 'bond0.5']);
      assert.deepEqual([addressesOf(state, 'blue'), link(state, 'blue').mac], [['198.51.100.5/24'], macOf('nic1')]);
    }
  });

  kernelCase('HT-065 a bridged network goes, its bond stays', async (host) => {
    const bonds = { bond0: bond(['nic1', 'nic2']) };
    const { state: before } = await host.reach(config({ blue: { base: 'bond0', mtu: 2000 } }, bonds));
    const { state } = await host.reach(config({}, bonds));
    const { index, master, mtu } = link(state, 'bond0');
    assert.deepEqual([index, master, mtu], [link(before, 'bond0').index, null, 1500]);
    assert.deepEqual(slavesOf(state), ['nic1', 'nic2']);
  });

  kernelCase(
    'HT-066 an untagged network on a shared bond becomes tagged, and the bond does not notice',
    async (host) => {
      const bonds = { bond0: bond(['nic1', 'nic2']) };
      const of = (vlan: number | null) =>
        config({ blue: { base: 'bond0', vlan }, red: { base: 'bond0', vlan: 6 } }, bonds);
      const { state: before } = await host.reach(of(null));
      const losses = ['bond0', 'nic1', 'nic2', 'bond0.6', 'red'].map(carrierLosses);
      const { state } = await host.reach(of(5));
      assert.deepEqual(['bond0', 'nic1', 'nic2', 'bond0.6', 'red'].map(carrierLosses), losses);
      assert.deepEqual([portsOf(state, 'blue'), portsOf(state, 'red')], [['bond0.5'], ['bond0.6']]);
      for (const name of ['bond0', 'bond0.6', 'blue']) assert.equal(link(state, name).index, link(before, name).index);
    },
  );

  kernelCase('HT-067 another VLAN network on a bond in use does not disturb it', async (host) => {
    const bonds = { bond0: bond(['nic1', 'nic2']) };
    const blue = { base: 'bond0', vlan: 5 };
    await host.reach(config({ blue }, bonds));
    const losses = ['bond0', 'nic1', 'nic2', 'bond0.5', 'blue'].map(carrierLosses);
    for (const bridged of [false, true]) {
      const { events } = await host.reach(config({ blue, red: { base: 'bond0', vlan: 6, bridged } }, bonds));
      assert.deepEqual(['bond0', 'nic1', 'nic2', 'bond0.5', 'blue'].map(carrierLosses), losses);
      // The kernel itself tells that one more stands on the bond, and listens to all that it hears.
      for (const text of linkEvents(events, 'bond0')) assert.match(text, /UP,LOWER_UP> .* state UP /);
      for (const name of ['nic1', 'nic2', 'bond0.5', 'blue']) assert.deepEqual(linkEvents(events, name), [], name);
    }
  });

  kernelCase(
    'HT-068 a foreign bond under a new network keeps MAC and options, and stays when the network goes',
    async (host) => {
      await host.foreign(FOREIGN, FOREIGN_GONE);
      const { state } = await host.reach(
        config({ blue: { base: 'bond7' }, red: { base: 'bond7', vlan: 5, mtu: 1400 } }),
      );
      const { mac, index } = link(state, 'bond7');
      assert.deepEqual([mac, index], ['02:00:00:00:70:07', link(host.start, 'bond7').index]);
      assert.deepEqual(optionsOf(state, 'bond7'), optionsOf(host.start, 'bond7'));
      assert.deepEqual([portsOf(state, 'blue'), link(state, 'blue').mac], [['bond7'], mac]);
      const { state: freed } = await host.reach(emptyHostConfig);
      assert.equal(link(freed, 'bond7').index, index);
    },
  );

  kernelCase('HT-069 foreign addresses of slaves go, those of a foreign VLAN stay', async (host) => {
    await host.foreign(
      [
        ...FOREIGN,
        'link add link bond7 name bond7.9 type vlan id 9',
        'link set dev bond7.9 up',
        'addr add 203.0.113.9/24 dev bond7.9',
        'addr add 198.51.100.77/24 dev nic1',
      ],
      FOREIGN_GONE,
    );
    host.forgo('an address on a slave answers nobody', (start) => ({
      ...start,
      links: start.links.map((one) => (one.name === 'nic1' ? { ...one, addresses: [] } : one)),
      routes: start.routes.filter(({ device }) => device !== 'nic1'),
    }));
    const { state } = await host.reach(config({ blue: { base: 'bond7' } }));
    assert.deepEqual([addressesOf(state, 'nic1'), addressesOf(state, 'bond7.9')], [[], ['203.0.113.9/24']]);
  });

  kernelCase('HT-070 the active slave is told where there is one', async (host) => {
    const { state } = await host.reach(alone({ mode: '1' }));
    assert.equal(link(state, 'bond0').bond?.activeSlave, 'nic1');
    const { state: lacp } = await host.reach(alone({ mode: '4' }));
    assert.equal(link(lacp, 'bond0').bond?.activeSlave, null);
  });

  kernelCase('HT-071 LACP tells aggregators and partners, and no other mode does', async (host) => {
    await host.foreign(
      [
        'link add name lacp1 type veth peer name lacp2',
        'link add name lacp3 type veth peer name lacp4',
        ...[1, 2, 3, 4].map((at) => `link set dev lacp${at} up`),
      ],
      ['link del dev lacp1', 'link del dev lacp3'],
    );
    const of = (options: Record<string, string>) =>
      config({}, { bonda: bond(['lacp1', 'lacp3'], options), bondb: bond(['lacp2', 'lacp4'], options) });
    await host.reach(of({ mode: '4', lacp_rate: 'fast' }));
    const state = await partnered(host);
    for (const [one, other] of [
      ['bonda', 'bondb'],
      ['bondb', 'bonda'],
    ] as const) {
      assert.equal(link(state, one).bond?.partnerMac, link(state, other).mac);
      const { aggregator } = link(state, one).bond ?? {};
      assert.ok(typeof aggregator === 'number' && aggregator > 0);
      for (const slave of slavesOf(state, one) ?? []) assert.equal(link(state, slave).slave?.aggregator, aggregator);
    }
    const { state: plain } = await host.reach(of({ mode: '0' }));
    const { aggregator, partnerMac } = link(plain, 'bonda').bond ?? {};
    assert.deepEqual([aggregator, partnerMac, link(plain, 'lacp1').slave?.aggregator], [null, null, null]);
  });

  kernelCase('HT-072 a network and a bond whose slave vanished are removed', async (host) => {
    await host.foreign(['link add name nicx type veth peer name farx netns far', 'link set dev nicx up'], []);
    host.forgo('somebody pulled it out', (start) => ({
      ...start,
      links: start.links.filter(({ name }) => name !== 'nicx'),
    }));
    await host.reach(config({ blue: { base: 'bond0', vlan: 5 } }, { bond0: bond(['nic1', 'nicx']) }));
    await host.ip('link del dev nicx');
    const { state } = await host.reach(emptyHostConfig);
    assert.deepEqual(
      ['bond0', 'bond0.5', 'blue'].filter((name) => exists(state, name)),
      [],
    );
  });

  kernelCase(
    'with fail_over_mac the bond has the MAC of its active slave, and a bridge above keeps its own',
    async (host) => {
      const of = (options: Record<string, string>) =>
        config(
          { blue: { base: 'bond0' }, red: { base: 'bond0', vlan: 5 } },
          { bond0: bond(['nic1', 'nic2'], options) },
        );
      const { state } = await host.reach(of({ mode: '1', fail_over_mac: 'active', primary: 'nic2' }));
      assert.deepEqual([link(state, 'bond0').mac, link(state, 'nic1').mac], [macOf('nic2'), macOf('nic1')]);
      for (const name of ['blue', 'red', 'bond0.5']) assert.equal(link(state, name).mac, macOf('nic2'), name);
      await host.reach(of({ mode: '1', fail_over_mac: 'follow' }));
      await host.reach(of({ mode: '1' }));
      const refused = await host.refused(alone({ mode: '1', fail_over_mac: 'active' }, { mac: '02:00:00:00:55:01' }));
      assert.equal(refused.code, 'ERR_BAD_BONDING');
    },
  );

  kernelCase('HT-145 devices stacked four high on a nic, and foreign ones six high beside them', async (host) => {
    const names = [1, 2, 3, 4, 5, 6].map((at) => `deep${at}`);
    const below = ['nic3', ...names];
    await host.foreign(
      [
        'link set dev nic3 mtu 1600',
        ...names.map((name, at) => `link add link ${below[at]} name ${name} type vlan id ${at + 1}`),
        ...names.map((name) => `link set dev ${name} up`),
        'addr add 203.0.113.66/24 dev deep6',
      ],
      ['link del dev deep1', 'link set dev nic3 mtu 1500'],
    );
    const four = (mtu: number) =>
      config(
        {
          blue: { base: 'bond0', vlan: 5, mtu, ipv4: ip('198.51.100.5', '198.51.100.1') },
          red: { base: 'nic3', vlan: 77, mtu: 2000 },
        },
        { bond0: bond(['nic1', 'nic2'], { mode: '4' }) },
      );
    for (const mtu of [9000, 1400]) {
      const { state } = await host.reach(four(mtu));
      for (const name of ['blue', 'bond0.5', 'bond0', 'nic1', 'nic2']) assert.equal(link(state, name).mtu, mtu, name);
      assert.equal(link(state, 'nic3').mtu, 2000);
      assert.deepEqual([link(state, 'deep6').mtu, addressesOf(state, 'deep6')], [1600, ['203.0.113.66/24']]);
    }
    const { state } = await host.reach(emptyHostConfig);
    assert.deepEqual([link(state, 'nic3').mtu, link(state, 'deep6').mtu], [1600, 1600]);
  });
});

/** How few slaves a bond has at any point of a plan. */
function fewestSlaves(state: KernelState, ops: readonly KernelOp[], name: string): number {
  const slaves = new Set(link(state, name).bond?.slaves);
  let fewest = slaves.size;
  for (const op of ops) {
    if (op.kind !== 'link.set' || op.master === undefined) continue;
    if (op.master === name) slaves.add(op.name);
    else slaves.delete(op.name);
    fewest = Math.min(fewest, slaves.size);
  }
  return fewest;
}

/** Waits until both ends of a pair of LACP bonds have heard of each other. */
async function partnered(host: CaseHost): Promise<KernelState> {
  for (const end = Date.now() + 30_000; ; ) {
    const state = await host.observe();
    const partners = ['bonda', 'bondb'].map((name) => link(state, name).bond?.partnerMac);
    if (partners.every((mac) => mac !== '00:00:00:00:00:00' && mac !== null)) return state;
    assert.ok(Date.now() < end, `partners: ${partners.join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
