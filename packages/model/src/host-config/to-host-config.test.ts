import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Asked,
  asked,
  attach,
  bond,
  ip,
  ipv4Static,
  ipv6Static,
  type NetworkScene,
  qos,
  type Scene,
  vfs,
} from '../testing.ts';
import type { NetworkConfig } from './host-config.ts';
import { toHostConfig } from './to-host-config.ts';

const config = (scene: Scene, what: Asked = {}) => toHostConfig(asked(scene, what));
const one = (network: NetworkScene, attached: object = {}) =>
  config({ networks: { red: network }, attached: { red: { nic: 'eth0', ...attached } } }).networks['red'];

const plain = {
  base: 'eth0',
  vlan: null,
  bridged: true,
  stp: false,
  mtu: 1500,
  ipv4: { method: 'none' },
  ipv6: { method: 'none' },
  defaultRoute: false,
  nameservers: null,
  bridgeOptions: {},
};

test('A host on which nothing is wished', () => {
  assert.deepEqual(config({}), { bonds: {}, networks: {} });
});

test('A network of every kind', () => {
  assert.deepEqual(one({}), plain);
  assert.deepEqual(one({ vlan: 0 }), { ...plain, vlan: 0 });
  assert.deepEqual(one({ vlan: 5, mtu: 9000 }), { ...plain, vlan: 5, mtu: 9000 });
  assert.deepEqual(one({ vm: false, stp: true }), { ...plain, bridged: false }, 'spanning tree needs a bridge');
  assert.deepEqual(one({ stp: true }), { ...plain, stp: true });
  assert.deepEqual(one({}, { properties: { bridge_opts: 'priority=1  forward_delay=0' } }), {
    ...plain,
    bridgeOptions: { priority: '1', forward_delay: '0' },
  });
  assert.deepEqual(one({}, { properties: { ipv4_addrs: '10.0.0.6/24,10.1.0.6/25' } }), {
    ...plain,
    moreAddresses: ['10.0.0.6/24', '10.1.0.6/25'],
  });
});

test('Masks in every form are a prefix; addresses have one spelling; 0.0.0.0 is no gateway', () => {
  for (const mask of ['255.255.255.0', '24', '/24']) {
    assert.deepEqual(one({}, { ipv4: ipv4Static('10.0.0.5', mask, '10.0.0.1') })?.ipv4, {
      method: 'static',
      address: '10.0.0.5',
      prefix: 24,
      gateway: '10.0.0.1',
    });
  }
  assert.deepEqual(one({}, { ipv4: ipv4Static('10.0.0.5', '0', '0.0.0.0') })?.ipv4, {
    method: 'static',
    address: '10.0.0.5',
    prefix: 0,
    gateway: null,
  });
  assert.deepEqual(one({}, { ipv6: ipv6Static('2001:DB8:0::5') })?.ipv6, {
    method: 'static',
    address: '2001:db8::5',
    prefix: 64,
    gateway: null,
  });
});

test('What leaves is shared out by the override, else by the named QoS', () => {
  const gold = qos(10, 20, 5);
  const bits = { linkshare: 10, upperlimit: 20_000_000, realtime: 5_000_000 };
  assert.deepEqual(one({ qos: gold })?.qos, bits);
  assert.deepEqual(one({}, { qos: gold })?.qos, bits);
  assert.deepEqual(one({ qos: gold }, { qos: qos(3) })?.qos, { linkshare: 3, upperlimit: null, realtime: null });
  assert.ok(!('qos' in (one({ qos: gold }, { qos: qos(null) }) ?? {})), 'an empty override wins');
});

test('Words for ethtool reach the host as settings', () => {
  const ethtool_opts = '-K * gro off tx on --set-ring eth0 rx 512';
  assert.deepEqual(one({}, { properties: { ethtool_opts } })?.ethtool, [
    { device: '*', section: 'features', values: { gro: 'off', tx: 'on' } },
    { device: 'eth0', section: 'ring', values: { rx: '512' } },
  ]);
});

test('Methods are passed on', () => {
  assert.deepEqual(one({}, { ipv4: ip('dhcp') })?.ipv4, { method: 'dhcp' });
  for (const method of ['dhcp', 'autoconf', 'poly_dhcp_autoconf'] as const) {
    assert.deepEqual(one({}, { ipv6: ip(method) })?.ipv6, { method });
  }
});

test('Default route, IPv6 gateway and name servers belong to the default route role', () => {
  const wish = { ipv6: ipv6Static('2001:db8::5', '64', '2001:db8::1'), nameservers: ['10.0.0.2'] };
  const without = one({}, wish);
  assert.deepEqual([without?.defaultRoute, without?.nameservers], [false, null]);
  assert.equal(without?.ipv6.method === 'static' && without.ipv6.gateway, null);
  const routed = one({ roles: ['defaultRoute'], nameservers: ['10.0.0.3'] }, wish);
  assert.deepEqual([routed?.defaultRoute, routed?.nameservers], [true, ['10.0.0.2']], "the attachment's own win");
  assert.equal(routed?.ipv6.method === 'static' && routed.ipv6.gateway, '2001:db8::1');
  assert.deepEqual(one({ roles: ['defaultRoute'], nameservers: ['10.0.0.3'] })?.nameservers, ['10.0.0.3']);
  assert.equal(one({ roles: ['defaultRoute'] })?.nameservers, null);
});

test('A long name goes by its host-side name', () => {
  assert.deepEqual(
    Object.keys(
      config({ networks: { 'long name': { id: 'net-long name' } }, attached: { 'long name': 'eth0' } }).networks,
    ),
    ['onnetlong name'.slice(0, 15)],
  );
});

test('The whole host: what the request does not mention stays, what it removes goes', () => {
  const scene: Scene = {
    networks: { red: {}, blue: { vlan: 5 }, green: {} },
    attached: { red: 'eth0', blue: 'bond0' },
    bonds: { bond0: { slaves: ['eth2', 'eth3'], options: 'mode=active-backup miimon=100' } },
  };
  const all = config(scene, { attachments: [attach('green', 'eth1')], removed: ['att-red'] });
  assert.deepEqual(Object.keys(all.networks).sort(), ['blue', 'green']);
  assert.equal(all.networks['blue']?.base, 'bond0');
  assert.deepEqual(all.bonds, { bond0: { slaves: ['eth2', 'eth3'], options: { mode: '1', miimon: '100' } } });
  assert.deepEqual(config(scene, { removedBonds: ['bond0'], removed: ['att-blue'] }).bonds, {});
});

test('New bonds have the default options in one spelling', () => {
  assert.deepEqual(config({}, { bonds: [bond('bond0', ['eth0', 'eth1'])] }).bonds, {
    bond0: { slaves: ['eth0', 'eth1'], options: { mode: '4', miimon: '100', xmit_hash_policy: '2' } },
  });
  const spelt = bond('bond0', ['eth0', 'eth1'], 'mode=802.3ad lacp_rate=fast xmit_hash_policy=layer3+4 num_unsol_na=2');
  assert.deepEqual(config({}, { bonds: [spelt] }).bonds['bond0']?.options, {
    mode: '4',
    lacp_rate: '1',
    xmit_hash_policy: '1',
    num_grat_arp: '2',
  });
});

test('Unmanaged networks stay as they run, unless removed', () => {
  const scene: Scene = { networks: { red: { roles: ['defaultRoute'] } }, unmanaged: { old: 'eth1', gone: 'eth2' } };
  const { ipv4, ipv6, ...rest } = plain;
  const old = {
    ...rest,
    base: 'eth1',
    defaultRoute: true,
    nameservers: ['10.0.0.1'],
    ipv4: { method: 'dhcp' },
    ipv6: { method: 'none' },
  } as const;
  const running = { old: { ...old, nameservers: ['10.0.0.1'] }, gone: { ...old, nameservers: null } };
  const kept = toHostConfig(asked(scene, { removedUnmanaged: ['gone'] }), running);
  assert.deepEqual(kept.networks, { old: running.old });
  const routed = toHostConfig(asked(scene, { attachments: [attach('red', 'eth0')] }), running);
  assert.deepEqual(
    Object.entries(routed.networks).map(([name, network]) => [name, network.defaultRoute]),
    [
      ['old', false],
      ['gone', false],
      ['red', true],
    ],
    'one default route per host',
  );
  assert.deepEqual([ipv4.method, ipv6.method], ['none', 'none']);
});

test('A network that the request does not mention stays as it runs, where it is wished', () => {
  const scene: Scene = { networks: { red: { vlan: 7 }, blue: {} }, attached: { red: 'eth1' } };
  const red = { ...plain, base: 'eth1', vlan: 4, ipv4: { method: 'dhcp' }, ipv6: { method: 'none' } } as const;
  const told = (what: Asked, running: Record<string, NetworkConfig>) =>
    toHostConfig(asked(scene, what), running).networks['red'];
  const other = { attachments: [attach('blue', 'eth0')] };
  assert.deepEqual(told(other, { red }), red);
  assert.equal(told({ synchronized: ['att-red'] }, { red })?.vlan, 7, 'it is mentioned');
  assert.equal(told({ removed: ['att-red'] }, { red }), undefined);
  assert.equal(told(other, {})?.vlan, 7, 'it does not run');
  assert.equal(told(other, { red: { ...red, base: null } })?.base, 'eth1', 'it runs elsewhere');
  const place: Scene = { ...scene, networks: { ...scene.networks, blue: { vlan: 4 } } };
  const swapped = toHostConfig(asked(place, { attachments: [attach('blue', 'eth1')] }), { red }).networks;
  assert.deepEqual([swapped['red']?.vlan, swapped['blue']?.vlan], [7, 4], 'its place is given to another');
  const left = toHostConfig(asked({ networks: { red: {} } }, {}), { red }).networks;
  assert.deepEqual(left, {}, 'nobody wishes it here any more');
});

test('The default route moves only with one of the networks that it moves between', () => {
  const scene: Scene = {
    networks: { red: {}, blue: { roles: ['defaultRoute'], nameservers: ['10.0.0.3'] }, green: {} },
    attached: { red: 'eth1', blue: 'eth2' },
  };
  const on = (base: string, more: Partial<NetworkConfig> = {}): NetworkConfig => ({
    ...{ ...plain, base, ipv4: { method: 'none' }, ipv6: { method: 'none' } },
    ...more,
  });
  const running = { red: on('eth1', { defaultRoute: true, nameservers: ['10.0.0.2'] }), blue: on('eth2') };
  const routes = (what: Asked) =>
    Object.entries(toHostConfig(asked(scene, what), running).networks)
      .map(([name, { defaultRoute, nameservers }]) => (defaultRoute ? `${name} ${nameservers}` : name))
      .sort();
  assert.deepEqual(routes({ attachments: [attach('green', 'eth3')] }), ['blue', 'green', 'red 10.0.0.2']);
  assert.deepEqual(routes({ synchronized: ['att-red'] }), ['blue 10.0.0.3', 'red']);
  assert.deepEqual(routes({ synchronized: ['att-blue'] }), ['blue 10.0.0.3', 'red']);
  assert.deepEqual(routes({ removed: ['att-red'] }), ['blue 10.0.0.3']);
  const six = { method: 'static', address: '2001:db8::5', prefix: 64, gateway: '2001:db8::1' } as const;
  const moved = toHostConfig(asked(scene, { synchronized: ['att-blue'] }), {
    ...running,
    red: { ...running.red, ipv6: six },
  });
  assert.deepEqual(moved.networks['red']?.ipv6, { ...six, gateway: null });
  const vanished: Scene = {
    ...scene,
    networks: { ...scene.networks, blue: { vm: false, roles: ['defaultRoute'] } },
    observed: (all) => ({
      ...all,
      nics: all.nics.filter(({ name }) => name !== 'eth2'),
      networks: all.networks.filter(({ vdsmName }) => vdsmName !== 'blue'),
    }),
  };
  const red = toHostConfig(asked(vanished, { attachments: [attach('green', 'eth3')] }), { red: running.red });
  assert.equal(red.networks['red']?.defaultRoute, true, 'nobody else could have it');
});

test('A bond nobody asked for is only told of when it carries a network', () => {
  const completed = (what: Asked) => {
    const full = asked({ networks: { red: {} }, bonds: { bond0: { slaves: ['eth2', 'eth3'] } } }, what);
    const nics = full.state.nics.map((nic) => (nic.kind === 'bond' ? { ...nic, bond: null } : nic));
    return { ...full, state: { ...full.state, nics } };
  };
  assert.deepEqual(toHostConfig(completed({})).bonds, {});
  assert.deepEqual(Object.keys(toHostConfig(completed({ attachments: [attach('red', 'bond0')] })).bonds), ['bond0']);
});

test('A nic that has vanished does not stand in the way of other changes', () => {
  const scene: Scene = {
    networks: { red: {}, store: { vm: false, vlan: 5 }, blue: { vlan: 6 }, green: {} },
    attached: { red: 'eth1', store: 'eth1', blue: 'bond0' },
    bonds: { bond0: { slaves: ['eth2', 'eth3'] } },
    observed: (all) => ({
      ...all,
      nics: all.nics.filter((nic) => nic.name !== 'eth1' && nic.name !== 'eth3'),
      networks: all.networks.map((one) => (one.base === 'eth1' ? { ...one, base: null } : one)),
    }),
  };
  const told = config(scene, { attachments: [attach('green', 'eth0')] });
  assert.deepEqual(told.bonds['bond0']?.slaves, ['eth2']);
  assert.deepEqual(
    Object.entries(told.networks).map(([name, one]) => [name, one.base, one.vlan]),
    [
      ['green', 'eth0', null],
      ['red', null, null],
      ['blue', 'bond0', 6],
    ],
    'the bridge stays without a port, the vlan device is gone',
  );
  const never: Scene = { ...scene, observed: (all) => ({ ...all, nics: [], networks: [] }) };
  assert.deepEqual(config(never), { bonds: {}, networks: {} });
});

test('Numbers of virtual functions are told as asked for now, else as they are', () => {
  const scene: Scene = {
    nics: ['eth0', 'eth1', 'eth2', 'eth3', 'v0'],
    functions: { eth0: { total: 7, names: ['v0'], asked: 4 }, eth1: { total: 7 }, eth2: { total: 7, asked: 3 } },
  };
  const told = (what: Asked, on = scene) => config(on, what).virtualFunctions;
  assert.deepEqual(told({}), { eth0: 1, eth2: 0 }, 'nobody expects a reset of a nic from another change');
  assert.deepEqual(told({ virtualFunctions: [vfs('eth0', { count: 4 }), vfs('eth1', { count: 2 })] }), {
    eth0: 4,
    eth1: 2,
    eth2: 0,
  });
  assert.deepEqual(told({ virtualFunctions: [vfs('eth1', { allNetworksAllowed: false })] }), { eth0: 1, eth2: 0 });
  const gone = (all: { nics: { name: string }[] }) => all.nics.filter((nic) => nic.name !== 'eth2');
  const vanished: Scene = { ...scene, observed: (all) => ({ ...all, nics: gone(all) as typeof all.nics }) };
  assert.deepEqual(told({ virtualFunctions: [vfs('eth2', { count: 0 })] }, vanished), { eth0: 1 });
  assert.deepEqual(
    told({}, { ...scene, observed: () => null }),
    { eth0: 4, eth2: 3 },
    'of a host that has not reported',
  );
});
