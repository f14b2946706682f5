/** VLANs and shared base devices (HT-023 to HT-033), and VLAN 0. */
import assert from 'node:assert/strict';
import { emptyHostConfig, type NetworkConfig } from '@patchbay/protocol';
import { bond, ip } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { config, kernelCase, kernelCases, sayFar } from './kit/case.ts';
import type { CaseHost } from './kit/host.ts';
import { addressesOf, exists, link, portsOf, sysfs } from './kit/look.ts';

const TAP = [
  'link add name tap0 address 02:00:00:00:20:01 type veth peer name tap1',
  'link set dev tap0 up',
  'link set dev tap1 up',
];

kernelCases('VLANs', () => {
  kernelCase('HT-023 untagged and tagged traffic of one nic each reach their own bridge alone', async (host) => {
    await host.reach(
      config({
        plain: { base: 'nic1', ipv4: ip('198.51.100.1') },
        tagged: { base: 'nic1', vlan: 5, ipv4: ip('203.0.113.1') },
      }),
    );
    await farEnds(host, { untagged: '198.51.100.2', tagged: '203.0.113.2' });
    const received = () => ['plain', 'tagged'].map((name) => Number(sysfs(name, 'statistics/rx_packets')));
    const [plain = 0, tagged = 0] = received();
    sayFar('ping', '-c', '2', '-W', '5', '203.0.113.1');
    const [plainThen = 0, taggedThen = 0] = received();
    assert.ok(taggedThen > tagged && plainThen === plain, `${[plain, tagged]} ${[plainThen, taggedThen]}`);
    sayFar('ping', '-c', '2', '-W', '5', '198.51.100.1');
    const [plainLast = 0, taggedLast = 0] = received();
    assert.ok(
      plainLast > plainThen && taggedLast === taggedThen,
      `${[plainThen, taggedThen]} ${[plainLast, taggedLast]}`,
    );
  });

  kernelCase('HT-024 a tagged bridged network stands on a VLAN device, which goes with it', async (host) => {
    const { state } = await host.reach(config({ blue: { base: 'nic1', vlan: 101 } }));
    const { kind, base, vlan, master } = link(state, 'nic1.101');
    assert.deepEqual([kind, base, vlan, master], ['vlan', 'nic1', 101, 'blue']);
    assert.deepEqual(portsOf(state, 'blue'), ['nic1.101']);
    const { state: gone } = await host.reach(emptyHostConfig);
    assert.deepEqual([exists(gone, 'nic1.101'), link(gone, 'nic1').adminUp], [false, true]);
  });

  kernelCase('HT-025 a tagged network without a bridge has the address, the nic below has none', async (host) => {
    await host.foreign(['link set dev nic1 down'], []);
    host.forgo('a freed nic stays up, so that its neighbour is heard', up('nic1'));
    const { state } = await host.reach(
      config({ blue: { base: 'nic1', vlan: 101, bridged: false, ipv4: ip('203.0.113.1') } }),
    );
    assert.deepEqual(addressesOf(state, 'nic1.101'), ['203.0.113.1/24']);
    assert.deepEqual([link(state, 'nic1').addresses, link(state, 'nic1').ipv6Disabled], [[], true]);
  });

  kernelCase('HT-026 VLAN ids 0, 1 and 2 on one nic', async (host) => {
    const networks = Object.fromEntries([0, 1, 2].map((vlan) => [`net${vlan}`, { base: 'nic1', vlan }]));
    const { state } = await host.reach(config(networks));
    for (const vlan of [0, 1, 2]) {
      assert.equal(link(state, `nic1.${vlan}`).vlan, vlan);
      assert.deepEqual(portsOf(state, `net${vlan}`), [`nic1.${vlan}`]);
    }
  });

  kernelCase('HT-027 another VLAN id under the same bridge, and without one', async (host) => {
    const of = (vlan: number) =>
      config({
        blue: { base: 'nic1', vlan, ipv4: ip('198.51.100.1') },
        red: { base: 'nic2', vlan, bridged: false, ipv4: ip('203.0.113.1') },
      });
    const { state: before } = await host.reach(of(101));
    const { state } = await host.reach(of(102));
    assert.equal(link(state, 'blue').index, link(before, 'blue').index);
    assert.deepEqual(portsOf(state, 'blue'), ['nic1.102']);
    assert.deepEqual(addressesOf(state, 'nic2.102'), ['203.0.113.1/24']);
    for (const gone of ['nic1.101', 'nic2.101']) assert.ok(!exists(state, gone), gone);
  });

  kernelCase('HT-028 another VLAN id under a bridge that has a foreign port', async (host) => {
    await host.foreign(TAP, ['link del dev tap0']);
    await host.reach(config({ blue: { base: 'nic1', vlan: 101 } }));
    await host.ip('link set dev tap0 master blue');
    const { state } = await host.reach(config({ blue: { base: 'nic1', vlan: 102 } }));
    assert.deepEqual(portsOf(state, 'blue'), ['nic1.102', 'tap0']);
    await host.ip('link set dev tap0 nomaster');
  });

  kernelCase('HT-029 one VLAN id on two nics', async (host) => {
    const { state } = await host.reach(config({ blue: { base: 'nic1', vlan: 7 }, red: { base: 'nic2', vlan: 7 } }));
    assert.deepEqual([portsOf(state, 'blue'), portsOf(state, 'red')], [['nic1.7'], ['nic2.7']]);
  });

  kernelCase('HT-030 a tagged network moves to another nic and leaves nothing behind', async (host) => {
    const of = (base: string) => config({ blue: { base, vlan: 7, ipv4: ip('198.51.100.1') } });
    await host.reach(of('nic1'));
    const { state } = await host.reach(of('nic2'));
    assert.deepEqual(
      state.links.filter(({ base }) => base === 'nic1'),
      [],
    );
    assert.deepEqual([portsOf(state, 'blue'), link(state, 'nic1').alias], [['nic2.7'], null]);
  });

  kernelCase('HT-031 two networks trade a nic and a VLAN id in one request', async (host) => {
    await host.reach(config({ net1: { base: 'nic1', vlan: 7 } }));
    const { state } = await host.reach(config({ net1: { base: 'nic2', vlan: 7 }, net2: { base: 'nic1', vlan: 7 } }));
    assert.deepEqual([portsOf(state, 'net1'), portsOf(state, 'net2')], [['nic2.7'], ['nic1.7']]);
  });

  kernelCase('HT-032 the untagged network goes, and the tagged one on the nic works on', async (host) => {
    const red: Partial<NetworkConfig> = { base: 'nic1', vlan: 5, ipv4: ip('203.0.113.1') };
    await host.reach(config({ blue: { base: 'nic1', bridged: false, ipv4: ip('198.51.100.1') }, red }));
    await farEnds(host, { untagged: '198.51.100.2', tagged: '203.0.113.2' });
    sayFar('ping', '-c', '1', '-W', '5', '203.0.113.1');
    const { state } = await host.reach(config({ red }));
    assert.deepEqual(addressesOf(state, 'nic1'), []);
    sayFar('ping', '-c', '1', '-W', '5', '203.0.113.1');
  });

  kernelCase('HT-033 a VLAN device that vanished is made again', async (host) => {
    const blue = config({ blue: { base: 'nic1', vlan: 7, bridged: false, ipv4: ip('198.51.100.1', '198.51.100.9') } });
    await host.reach(blue);
    await host.ip('link del dev nic1.7');
    const { state } = await host.reach(blue);
    assert.deepEqual(addressesOf(state, 'nic1.7'), ['198.51.100.1/24']);
  });

  kernelCase('X12 VLAN 0 is a VLAN like any other: device, address, class and filter', async (host) => {
    const qos = { linkshare: 10, upperlimit: 20_000_000, realtime: null };
    const { state } = await host.reach(
      config(
        {
          zero: { base: 'bond0', vlan: 0, bridged: false, ipv4: ip('198.51.100.1', '198.51.100.9'), qos },
          plain: { base: 'bond0', ipv4: ip('203.0.113.1') },
        },
        { bond0: bond(['nic1', 'nic2']) },
      ),
    );
    assert.deepEqual([link(state, 'bond0.0').vlan, addressesOf(state, 'bond0.0')], [0, ['198.51.100.1/24']]);
    const { classes = [], filters = [] } = link(state, 'bond0').shaping ?? {};
    assert.deepEqual(
      filters.map(({ vlan, minor }) => [vlan, minor]),
      [
        [0, 4095],
        [null, 0x1388],
      ],
    );
    assert.deepEqual(
      classes.map(({ minor }) => minor),
      [4095, 0x1388],
    );
    const both = await host.refused(config({ a: { base: 'nic3', vlan: 0 }, b: { base: 'nic3', vlan: 0 } }));
    assert.match(both.message, /cannot both use nic3 with VLAN 0/);
    const { state: untagged } = await host.reach(config({ zero: { base: 'nic3' }, other: { base: 'nic3', vlan: 0 } }));
    assert.deepEqual([portsOf(untagged, 'zero'), portsOf(untagged, 'other')], [['nic3'], ['nic3.0']]);
  });

  kernelCase('a VLAN of another hand gets back what it loses when the bond below has to go down', async (host) => {
    const of = (rate: string) =>
      config({ blue: { base: 'bond0' } }, { bond0: bond(['nic1', 'nic2'], { mode: '4', lacp_rate: rate }) });
    await host.reach(of('0'));
    await host.ip(
      'link add link bond0 name theirs up type vlan id 9',
      'addr add 198.51.100.5/24 dev theirs',
      'addr add 2001:db8::5/64 dev theirs nodad',
      'route add default via 198.51.100.1 dev theirs table 100 proto static',
    );
    const { state } = await host.reach(of('1'), ['theirs']);
    assert.equal(link(state, 'bond0').bond?.options['lacp_rate'], 'fast');
    assert.deepEqual(addressesOf(state, 'theirs'), ['198.51.100.5/24', '2001:db8::5/64']);
    assert.deepEqual(
      state.routes
        .filter(({ table }) => table === 100)
        .map(({ gateway, device, protocol }) => [gateway, device, protocol]),
      [['198.51.100.1', 'theirs', 'static']],
    );
    await host.ip('link del dev theirs');
  });

  kernelCase('a device of another hand is in the way of no network, and none takes it', async (host) => {
    await host.foreign(
      [
        'link add link nic1 name nic2.7 type vlan id 9',
        'link add name fremd type bridge',
        'link add link nic3 name nic3.7 type vlan id 7',
        'link set dev nic3.7 master fremd',
        'link add link nic3 name nic3.8 type vlan protocol 802.1ad id 8',
        'link add link nic3 name outer type vlan protocol 802.1ad id 9',
      ],
      ['nic2.7', 'nic3.7', 'nic3.8', 'outer', 'fremd'].map((name) => `link del dev ${name}`),
    );
    const inTheWay = await host.refused(config({ blue: { base: 'nic2', vlan: 7 } }));
    assert.deepEqual(
      [inTheWay.code, inTheWay.message],
      ['ERR_BAD_VLAN', 'Network blue: nic2.7 exists already as VLAN 9 on nic1, which is not managed here.'],
    );
    const taken = await host.refused(config({ blue: { base: 'nic3', vlan: 7 } }));
    assert.deepEqual(
      [taken.code, taken.message],
      [
        'ERR_USED_NIC',
        'nic3.7 is a port of fremd, which is not managed here; a network called fremd would take it over.',
      ],
    );
    const otherTag = await host.refused(config({ blue: { base: 'nic3', vlan: 8 } }));
    assert.match(otherTag.message, /nic3.8 exists already as a VLAN of another protocol than 802.1Q on nic3/);
    const { state } = await host.reach(config({ blue: { base: 'nic3', vlan: 9, bridged: false } }));
    assert.deepEqual(
      [link(state, 'nic3.9').vlan, link(state, 'outer').vlan, link(state, 'outer').base],
      [9, null, 'nic3'],
    );
  });
});

/** Gives the other end of nic1 addresses to answer from. */
async function farEnds(host: CaseHost, { untagged, tagged }: { untagged: string; tagged: string }): Promise<void> {
  await host.far(
    `addr add ${untagged}/24 dev far1`,
    'link add link far1 name far1.5 type vlan id 5',
    `addr add ${tagged}/24 dev far1.5`,
    'link set dev far1.5 up',
  );
  host.afterwards(() => host.far('link del dev far1.5', `addr del ${untagged}/24 dev far1`));
}

function up(name: string) {
  return (start: KernelState): KernelState => ({
    ...start,
    links: start.links.map((one) => (one.name === name ? { ...one, adminUp: true } : one)),
  });
}
