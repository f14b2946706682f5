import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete } from '../../complete/complete.ts';
import { type Asked, asked, attach, bond, hostState, refusal, request, type Scene, update } from '../../testing.ts';
import { validate } from '../validate.ts';

const scene: Scene = {
  networks: { red: {}, blue: {} },
  otherNetworks: ['far'],
  attached: { red: 'eth0' },
  vlans: ['eth2.5'],
  bonds: { bond0: { slaves: ['eth2', 'eth3'] } },
};
const one = (...attachments: ReturnType<typeof attach>[]) => ({ attachments });
const nic = (id: string | null, name: string | null) => ({ nic: { id, name } });

test('ATT-01 an attachment names a network', () => {
  assert.match(refusal('ATT-01', scene, one(attach('blue', 'eth1', { network: null }))), /must name a network/);
  assert.equal(refusal('ATT-01', scene, one(attach('blue', 'eth1'))), '');
  assert.equal(refusal('ATT-01', scene, one(update('att-red', nic(null, 'eth1')))), '');
});

test('ATT-02 a given id is known', () => {
  assert.match(refusal('ATT-02', scene, one(update('att-blue'))), /Host h1 has no network attachment att-blue/);
  assert.equal(refusal('ATT-02', scene, one(update('att-red', nic(null, 'eth1')))), '');
});

test('ATT-03 and ATT-03b the network is one of the cluster, by id and by name', () => {
  const byId = (id: string) => one(attach('', 'eth1', { network: { id, name: null } }));
  assert.match(refusal('ATT-03', scene, byId('net-nope')), /No network with id net-nope in cluster c1/);
  assert.equal(refusal('ATT-03', scene, byId('net-blue')), '');
  assert.match(refusal('ATT-03b', scene, one(attach('nope', 'eth1'))), /No network named nope in cluster c1/);
  assert.equal(refusal('ATT-03b', scene, one(attach('blue', 'eth1'))), '');
});

test('ATT-04 nic id and name belong together', () => {
  const says = (id: string, name: string) => refusal('ATT-04', scene, one(attach('blue', null, nic(id, name))));
  assert.match(says('nic-eth0', 'eth1'), /of blue: nic id nic-eth0 and nic name eth1/);
  assert.match(says('nic-eth9', 'eth1'), /do not belong together/);
  assert.equal(says('nic-eth1', 'eth1'), '');
});

test('ATT-05 network id and name belong together', () => {
  const says = (id: string, name: string) =>
    refusal('ATT-05', scene, one(attach('', 'eth1', { network: { id, name } })));
  assert.match(says('net-red', 'blue'), /network id net-red and network name blue/);
  assert.equal(says('net-blue', 'blue'), '');
});

test('ATT-06 an attachment is not changed and removed at once, even when nothing about it changes', () => {
  assert.match(
    refusal('ATT-06', scene, { ...one(update('att-red', nic(null, 'eth1'))), removed: ['att-red'] }),
    /att-red/,
  );
  assert.match(
    refusal('ATT-06', scene, { ...one(update('att-red')), removed: ['att-red'] }),
    /both changed and removed/,
  );
  assert.match(refusal('ATT-06', scene, { ...one(attach('red', 'eth1')), removed: ['att-red'] }), /att-red/);
  assert.equal(refusal('ATT-06', scene, { ...one(attach('blue', 'eth0')), removed: ['att-red'] }), '');
});

test('ATT-07 networks go on the device below a vlan device', () => {
  const says = refusal('ATT-07', scene, one(attach('blue', 'eth2.5')));
  assert.match(says, /blue must be attached to eth2, .* not to the vlan device eth2\.5/);
  assert.equal(refusal('ATT-07', scene, one(attach('blue', 'eth1'))), '');
});

test('ATT-08 a network of the data centre is assigned first', () => {
  assert.match(refusal('ATT-08', scene, one(attach('far', 'eth1'))), /Network far is not assigned to cluster c1/);
  assert.equal(refusal('ATT-08', scene, one(attach('nope', 'eth1'))), '');
});

test('ATT-09 another attachment does not have the network', () => {
  const both = { ...scene, attached: { red: 'eth0', blue: 'eth1' } };
  const switched = one(update('att-blue', { network: { id: 'net-red', name: null } }));
  assert.match(refusal('ATT-09', both, switched), /red is already on host h1 as attachment att-red/);
  assert.equal(refusal('ATT-09', scene, one(attach('red', 'eth1'))), '', 'a move');
  const labelled: Scene = { ...scene, networks: { red: { label: 'lab' } } };
  const back = { removed: ['att-red'], labels: { lab: 'eth1' } };
  assert.equal(refusal('ATT-09', labelled, back), '', 'its label brings it back');
});

test('ATT-10 a network is named once', () => {
  assert.match(
    refusal('ATT-10', scene, one(attach('blue', 'eth1'), attach('blue', 'eth0'))),
    /blue is attached more than once/,
  );
  assert.equal(refusal('ATT-10', scene, one(attach('blue', 'eth1'), attach('red', 'eth1'))), '');
});

test('ATT-11 a network stays on one nic, counting what the request does not mention (AC-091)', () => {
  const both = { ...scene, attached: { red: 'eth0', blue: 'eth1' } };
  const switched = one(update('att-blue', { network: { id: 'net-red', name: null } }));
  assert.match(refusal('ATT-11', both, switched), /red would be on several nics of host h1: eth1, eth0/);
  assert.equal(refusal('ATT-11', both, one(attach('red', 'eth1'))), '');
});

test('ATT-13 an attachment names a nic', () => {
  assert.match(refusal('ATT-13', scene, one(attach('blue', null))), /Attachment of blue names no nic/);
  assert.equal(refusal('ATT-13', scene, one(attach('red', null))), '', 'a stored one has its nic');
});

test('ATT-14 the nic exists or is made by the request', () => {
  assert.match(refusal('ATT-14', scene, one(attach('blue', 'eth9'))), /Host h1 has no nic eth9/);
  assert.match(refusal('ATT-14', scene, one(attach('blue', null, nic('nic-eth9', null)))), /no nic nic-eth9/);
  assert.equal(
    refusal('ATT-14', scene, one(attach('blue', null, nic('nic-eth9', 'eth1')))),
    '',
    'ATT-04 speaks of that',
  );
  const makes = { ...one(attach('blue', 'bond1')), bonds: [bond('bond1', ['eth0', 'eth1'])] };
  assert.equal(refusal('ATT-14', scene, makes), '');
});

test('ATT-14 a nic that has vanished is none, unless nobody mentions it', () => {
  const gone: Scene = {
    ...scene,
    observed: (all) => ({ ...all, nics: all.nics.filter((one) => one.name !== 'eth0') }),
  };
  assert.match(refusal('ATT-14', gone, { synchronized: ['att-red'] }), /Host h1 has no nic eth0/);
  assert.equal(refusal('ATT-14', gone, one(attach('blue', 'eth1'))), '');
  assert.equal(refusal('ATT-14', gone, one(attach('red', 'eth1'))), '');
});

test('ATT-15 an attachment keeps its network', () => {
  const says = (id: string) => refusal('ATT-15', scene, one(update('att-red', { network: { id, name: null } })));
  assert.match(says('net-blue'), /att-red cannot switch to network blue/);
  assert.equal(says('net-red'), '');
});

test('ATT-18 no network on a slave', () => {
  assert.match(
    refusal('ATT-18', scene, one(attach('blue', 'eth2'))),
    /eth2 is a slave of bond0; attach blue to the bond/,
  );
  assert.equal(refusal('ATT-18', scene, { ...one(attach('blue', 'eth2')), removedBonds: ['bond0'] }), '');
  assert.equal(refusal('ATT-18', scene, one(attach('blue', 'bond0'))), '');
});

test('LBL-20 a network goes where the request puts its label', () => {
  const labelled = { networks: { red: { label: 'lab' } } };
  const says = (target: string) =>
    refusal('LBL-20', labelled, { ...one(attach('red', target)), labels: { lab: 'eth1' } });
  assert.match(says('eth0'), /red belongs to label lab, which this request puts on eth1, not eth0/);
  assert.equal(says('eth1'), '');
});

test('LBL-21 a labelled network moves with its label', () => {
  const labelled = {
    networks: { red: { label: 'lab' } },
    labels: { bond0: ['lab'] },
    bonds: { bond0: { slaves: ['eth2', 'eth3'] } },
    attached: { red: 'bond0' },
  };
  const move = one(update('att-red', nic(null, 'eth1')));
  assert.match(refusal('LBL-21', labelled, move), /red is on bond0 through label lab; move the label/);
  assert.equal(refusal('LBL-21', labelled, { ...move, removedLabels: ['lab'] }), '');
  assert.equal(refusal('LBL-21', labelled, { ...move, removedBonds: ['bond0'] }), '', 'labels vanish with their bond');
  assert.equal(refusal('LBL-21', labelled, { labels: { lab: 'eth1' } }), '');
});

test('DNS-01 at most three name servers; none clears them', () => {
  const says = (...nameservers: string[]) => refusal('DNS-01', scene, one(attach('blue', 'eth1', { nameservers })));
  assert.match(
    says('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'),
    /between 1 and 3 name servers may be given, got 4/,
  );
  assert.equal(says('10.0.0.1', '10.0.0.2', '10.0.0.3'), '');
  assert.equal(says(), '');
});

test('DNS-02 name servers are addresses', () => {
  const says = (server: string) => refusal('DNS-02', scene, one(attach('blue', 'eth1', { nameservers: [server] })));
  assert.match(says('dns.example.org'), /dns.example.org is not an IP address/);
  for (const fine of ['10.0.0.1', '2001:db8::1', 'fe80::1%eth0']) assert.equal(says(fine), '');
});

const qos = (share: number | null, limit: number | null, committed: number | null) =>
  one(
    attach('blue', 'eth1', {
      qos: { outboundAverageLinkshare: share, outboundAverageUpperlimit: limit, outboundAverageRealtime: committed },
    }),
  );

test('QOS-01 an override has a share, unless it is empty', () => {
  assert.match(refusal('QOS-01', scene, qos(null, 10, null)), /QoS of blue: the weighted share/);
  assert.equal(refusal('QOS-01', scene, qos(null, null, null)), '');
  assert.equal(refusal('QOS-01', scene, qos(5, 10, null)), '');
});

test('QOS-02 the limit is not below the committed rate', () => {
  assert.match(refusal('QOS-02', scene, qos(5, 10, 20)), /limit of 10 Mbit\/s is below the committed rate of 20/);
  assert.equal(refusal('QOS-02', scene, qos(5, 20, 20)), '');
});

test('QOS-04 values are in range', () => {
  assert.match(
    refusal('QOS-04', scene, qos(101, null, null)),
    /outbound_average_linkshare must be between 1 and 100, got 101/,
  );
  assert.match(refusal('QOS-04', scene, qos(5, 17180, 0)), /upperlimit.*17179, got 17180\.\n.*realtime.*got 0/);
  assert.equal(refusal('QOS-04', scene, qos(100, 17179, 1)), '');
  const raised = { ...scene, settings: { maxQosShare: 200, maxQosRate: 40_000 } };
  assert.equal(refusal('QOS-04', raised, qos(200, 40_000, 20_000)), '');
  assert.match(refusal('QOS-04', raised, qos(201, null, null)), /between 1 and 200, got 201/);
});

test('PROP-01 properties are known and well-formed', () => {
  const networks = { red: {}, store: { vm: false } };
  const says = (network: string, properties: Record<string, string>) =>
    refusal('PROP-01', { networks }, one(attach(network, 'eth1', { properties })));
  assert.match(says('red', { nosuch: '1' }), /red: property nosuch is unknown/);
  assert.match(says('red', { bridge_opts: 'priority' }), /bridge_opts gives "priority" the value ""/);
  assert.match(says('red', { bridge_opts: 'nosuch=1' }), /not a bridge option/);
  assert.match(says('red', { bridge_opts: 'priority=1 priority=2' }), /names "priority" twice/);
  assert.match(says('red', { bridge_opts: '' }), /at least one/);
  assert.match(says('red', { bridge_opts: '__proto__=1' }), /not a bridge option/);
  assert.match(says('store', { bridge_opts: 'priority=1' }), /only for VM networks/);
  assert.match(says('red', { ipv4_addrs: ' , ' }), /ipv4_addrs must name at least one address/);
  for (const bad of ['10.0.0.6', '10.0.0.6/33', '2001:db8::6/64', '10.0.0.06/24', '10.0.0.6/24/24']) {
    assert.match(says('red', { ipv4_addrs: `10.0.0.5/24,${bad}` }), /which is not an IPv4 address with its prefix/);
  }
  assert.match(says('red', { ipv4_addrs: '10.0.0.255/24' }), /10.0.0.255\/24, which is the subnet's broadcast address/);
  assert.match(says('red', { ipv4_addrs: '10.0.0.5/24 10.0.0.5/24' }), /names 10.0.0.5\/24 twice/);
  assert.equal(says('red', { ipv4_addrs: '10.0.0.5/24, 10.0.1.5/32' }), '');
  assert.match(says('red', { ethtool_opts: '-K' }), /names no device/);
  assert.match(says('red', { ethtool_opts: '--flash eth0 x' }), /may not be set/);
  assert.match(says('red', { ethtool_opts: '-K eth1 gro;reboot' }), /not an ethtool word/);
  assert.match(says('red', { ethtool_opts: '-K eth0 gro off' }), /names eth0, which does not carry .* give eth1 or/);
  assert.match(says('red', { ethtool_opts: '-K eth1' }), /sets nothing of the features section/);
  assert.match(says('red', { ethtool_opts: '-K eth1 gro maybe' }), /gives "gro" the value "maybe"/);
  assert.match(says('red', { ethtool_opts: '-A eth1 usecs 5' }), /sets "usecs", which the pause section does not have/);
  assert.equal(
    says('red', { bridge_opts: 'priority=1 multicast_snooping=0', ethtool_opts: '-K * gro off -G eth1 rx 512' }),
    '',
  );
});

test('PROP-01 properties are those that the administrator declared', () => {
  const says = (properties: Record<string, string>) =>
    refusal(
      'PROP-01',
      { networks: { red: {} }, settings: { customProperties: { colour: 'red|blue' } } },
      one(attach('red', 'eth1', { properties })),
    );
  assert.equal(says({ colour: 'blue', bridge_opts: 'priority=1' }), '');
  assert.match(says({ colour: 'redder' }), /colour has the bad value "redder"; it must match red\|blue/);
  assert.match(
    says({ ethtool_opts: '-K * gro off' }),
    /ethtool_opts is unknown; known are bridge_opts, ipv4_addrs, colour/,
  );
});

test('UNM-04 no network beside an unmanaged one', () => {
  const unmanaged = { ...scene, unmanaged: { legacy: 'eth1' } };
  assert.match(refusal('UNM-04', unmanaged, one(attach('blue', 'eth1'))), /eth1 carries unmanaged network legacy/);
  assert.equal(refusal('UNM-04', unmanaged, { ...one(attach('blue', 'eth1')), removedUnmanaged: ['legacy'] }), '');
});

test('The first violation is the one oVirt would give, and all others follow', () => {
  const { violations } = validate(
    asked(scene, {
      ...one(attach('nope', 'eth9'), attach('blue', 'eth2.5')),
      removedBonds: ['eth0'],
      removed: ['att-x'],
    }),
  );
  assert.deepEqual(
    violations.map((one) => one.rule),
    ['ATT-03b', 'ATT-14', 'ATT-07', 'ATT-12', 'BOND-17'],
  );
  assert.ok(violations.every((one) => one.path !== null));
});

test('A fine request has neither violations nor warnings', () => {
  const completed = complete(hostState(scene), request(one(attach('blue', 'eth1'))));
  assert.deepEqual(validate(completed), { violations: [], warnings: [] });
});

test('EXT-01 an external network is not attached', () => {
  const external = { providerId: 'ovn', externalId: 'x', physicalNetworkId: null, physicalName: null };
  const far: Scene = { networks: { far: { external }, red: {} } };
  assert.match(
    refusal('EXT-01', far, { attachments: [attach('far', 'eth0')] }),
    /External network far is not configured on hosts/,
  );
  assert.equal(refusal('EXT-01', far, { attachments: [attach('red', 'eth0')] }), '');
});

test('VF-09 what a VM holds is left alone', () => {
  const held: Scene = { networks: { red: {} }, held: { eth1: 'web' } };
  const says = (what: Asked) => refusal('VF-09', held, what);
  assert.equal(
    says({ attachments: [attach('red', 'eth1')] }),
    'eth1 is held by VM web; stop the VM or choose another nic.',
  );
  assert.match(says({ bonds: [bond('bond0', ['eth1', 'eth2'])] }), /eth1 is held by VM web/);
  assert.match(says({ labels: { lab: 'eth1' } }), /eth1 is held by VM web/);
  assert.equal(says({ attachments: [attach('red', 'eth0')] }), '');
  assert.equal(says({ bonds: [bond('bond0', ['eth0', 'eth2'])], labels: { lab: 'eth3' } }), '');
});
