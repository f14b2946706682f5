/** The seed's operations (rules §6) and the situations of §2.11, from request to host config and records. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete } from './complete/complete.ts';
import { toHostConfig } from './host-config/to-host-config.ts';
import { validate } from './rules/validate.ts';
import {
  type Asked,
  attach,
  bond,
  drift,
  hostState,
  ip,
  ipv4Static,
  type NetworkScene,
  qos,
  request,
  type Scene,
  update,
} from './testing.ts';
import { toStored } from './to-stored/to-stored.ts';

/** What becomes of a request: the rules that refuse it, or where each network ends and which attachments are kept. */
function outcome(scene: Scene, what: Asked) {
  const completed = complete(hostState(scene), request(what));
  const { violations, warnings } = validate(completed);
  if (violations.length > 0) return { refused: violations.map((one) => one.rule) };
  let last = 0;
  const config = toHostConfig(completed);
  const { attachments } = toStored(completed, { newId: () => `new-${++last}` });
  return {
    on: Object.fromEntries(Object.entries(config.networks).map(([name, one]) => [name, one.base])),
    bonds: Object.fromEntries(Object.entries(config.bonds).map(([name, one]) => [name, one.slaves.join(' ')])),
    inserted: attachments.inserted.length,
    updated: attachments.updated.map((one) => one.id),
    deleted: attachments.deleted,
    config,
    warnings: warnings.map((one) => one.event),
    reachesHost: !completed.nothingToDo && !completed.engineOnly,
  };
}

const nic = (name: string) => ({ nic: { id: null, name } });
const bonded: Scene = {
  networks: { red: {}, blue: { vlan: 5 } },
  attached: { red: 'bond0', blue: 'bond0' },
  bonds: { bond0: { slaves: ['eth0', 'eth1'], options: 'mode=4 miimon=100' } },
};

test('S-01 attach with DHCP', () => {
  const scene: Scene = { networks: { red: {}, big: { mtu: 9000, vlan: 6 }, other: {} } };
  const asks = { attachments: [attach('red', 'eth0', { ip: { ipv4: [ip('dhcp' as const)], ipv6: [] } })] };
  const done = outcome(scene, asks);
  assert.deepEqual([done.inserted, done.on], [1, { red: 'eth0' }]);
  assert.deepEqual(
    [done.config?.networks['red']?.ipv4, done.config?.networks['red']?.ipv6],
    [{ method: 'dhcp' }, { method: 'none' }],
  );
  assert.deepEqual(outcome({ ...scene, attached: { other: 'eth0' } }, asks).refused, ['EXCL-01']);
  assert.deepEqual(outcome({ ...scene, attached: { big: 'eth0' } }, asks).refused, ['MTU-01']);
  assert.deepEqual(outcome({ ...scene, unmanaged: { old: 'eth0' } }, asks).refused, ['UNM-04']);
  assert.deepEqual(outcome({ ...scene, bonds: { bond0: { slaves: ['eth0', 'eth1'] } } }, asks).refused, ['ATT-18']);
  assert.deepEqual(outcome({ networks: {} }, asks).refused, ['ATT-03b']);
  assert.deepEqual(outcome({ networks: {}, otherNetworks: ['red'] }, asks).refused, ['ATT-03b', 'ATT-08']);
  const withQos: Scene = { networks: { red: {}, fast: { vlan: 6, qos: qos(50) } }, attached: { fast: 'eth0' } };
  assert.deepEqual(outcome(withQos, asks).refused, ['QOS-03']);
});

test('S-02 detach', () => {
  const scene: Scene = {
    networks: { red: { required: true }, mgmt: { roles: ['management'] } },
    attached: { red: 'eth0', mgmt: 'eth1' },
  };
  assert.deepEqual(outcome(scene, { removed: ['att-red'] }).deleted, ['att-red']);
  assert.deepEqual(outcome(scene, { removed: ['att-mgmt'] }).refused, ['MGMT-01']);
  const labelled: Scene = { networks: { red: { label: 'lab' } }, attached: { red: 'eth0' }, labels: { eth0: ['lab'] } };
  assert.deepEqual(outcome(labelled, { removed: ['att-red'] }).refused, ['LBL-22']);
});

test('S-03 give a static address', () => {
  const scene: Scene = { networks: { red: {} }, attached: { red: { nic: 'eth0', ipv6: ip('autoconf') } } };
  const give = (gateway: string) => ({
    attachments: [update('att-red', { ip: { ipv4: [ipv4Static('10.0.0.15', '255.255.255.0', gateway)], ipv6: [] } })],
  });
  const done = outcome(scene, give('10.0.0.254'));
  assert.deepEqual(done.updated, ['att-red']);
  assert.deepEqual(done.config?.networks['red']?.ipv6, { method: 'none' }, 'IPv6 was not sent');
  assert.deepEqual(outcome(scene, give('10.0.1.254')).warnings, ['NETWORK_IPV4_GATEWAY_OUT_OF_RANGE']);
  const refused = (ipv4: ReturnType<typeof ipv4Static>, on = scene) =>
    outcome(on, { attachments: [update('att-red', { ip: { ipv4: [ipv4], ipv6: [] } })] }).refused;
  assert.deepEqual(refused({ ...ipv4Static('10.0.0.15'), netmask: null }), ['IP-04']);
  assert.deepEqual(refused(ipv4Static('10.0.0.256')), ['IP-08']);
  assert.deepEqual(refused(ipv4Static('10.0.0.15', '255.0.255.0')), ['IP-09']);
  const drifted: Scene = { ...scene, observed: drift('red', { mtu: 9000 }) };
  assert.deepEqual(refused(ipv4Static('10.0.0.15'), drifted), ['SYNC-01']);
});

test('S-04 many tagged networks on one nic', () => {
  const networks = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`v${n}`, { vlan: n + 1 }]));
  const done = outcome({ networks }, { attachments: Object.keys(networks).map((name) => attach(name, 'eth0')) });
  assert.equal(done.inserted, 20);
  const twice: Scene = { networks: { red: { vlan: 5 }, blue: { vlan: 5 } }, attached: { red: 'eth0' } };
  assert.deepEqual(outcome(twice, { attachments: [attach('blue', 'eth0')] }).refused, ['VLAN-01']);
  const beside: Scene = { networks: { red: {}, big: { vlan: 5, mtu: 9000 }, plain: {} }, attached: { red: 'eth0' } };
  assert.deepEqual(outcome(beside, { attachments: [attach('plain', 'eth0')] }).refused, ['EXCL-01']);
  assert.deepEqual(outcome(beside, { attachments: [attach('big', 'eth0')] }).refused, ['MTU-01']);
});

test('S-05 and S-15 synchronise, also what is in sync already', () => {
  const scene: Scene = { networks: { red: {} }, attached: { red: 'eth0' } };
  for (const what of [{ attachments: [update('att-red', { override: true })] }, { synchronized: ['att-red'] }]) {
    const done = outcome(scene, what);
    assert.deepEqual([done.reachesHost, done.on, done.updated], [true, { red: 'eth0' }, ['att-red']]);
  }
});

test('S-06 make a bond', () => {
  const done = outcome({}, { bonds: [bond('bond0', ['eth0', 'eth1'], 'module=bonding')] });
  assert.deepEqual(done.bonds, { bond0: 'eth0 eth1' });
  assert.deepEqual(done.config?.bonds['bond0']?.options, { mode: '4', miimon: '100', xmit_hash_policy: '2' });
  const unused: Scene = { ...bonded, attached: {} };
  const refused = (...what: Parameters<typeof bond>) => outcome(unused, { bonds: [bond(...what)] }).refused;
  assert.deepEqual(refused('bond-1', ['eth2', 'eth3']), ['BOND-04']);
  assert.deepEqual(refused('bond1', ['eth2']), ['BOND-06']);
  assert.deepEqual(refused('bond1', ['eth2', 'eth9']), ['BOND-07']);
  assert.deepEqual(refused('bond1', ['eth2', 'bond0']), ['BOND-08']);
  assert.deepEqual(refused('bond1', ['eth1', 'eth2']), ['BOND-09']);
  assert.deepEqual(refused('bond1', ['eth2', 'eth3'], 'mode=1 nosuch=1'), ['BOND-22']);
});

test('S-07 delete a bond with its attachments listed', () => {
  assert.deepEqual(outcome(bonded, { removedBonds: ['bond0'] }).refused, ['BOND-18']);
  const done = outcome(bonded, { removedBonds: ['bond0'], removed: ['att-red', 'att-blue'] });
  assert.deepEqual([done.on, done.bonds, done.deleted], [{}, {}, ['att-red', 'att-blue']]);
  assert.deepEqual(outcome(bonded, { removedBonds: ['eth2'] }).refused, ['BOND-17']);
  const managed: Scene = { ...bonded, networks: { red: { roles: ['management'] }, blue: { vlan: 5 } } };
  assert.deepEqual(outcome(managed, { removedBonds: ['bond0'], removed: ['att-red', 'att-blue'] }).refused, [
    'MGMT-01',
  ]);
});

test('S-08 change a bond', () => {
  const done = outcome(bonded, { bonds: [bond('bond0', ['eth0', 'eth1', 'eth2'], 'mode=2')] });
  assert.deepEqual([done.bonds, done.config?.bonds['bond0']?.options], [{ bond0: 'eth0 eth1 eth2' }, { mode: '2' }]);
  assert.deepEqual(outcome(bonded, { bonds: [bond('bond0', undefined, 'mode=5')] }).refused, ['BOND-20', 'BOND-20']);
  assert.equal(outcome(bonded, { bonds: [bond('bond0', ['eth1', 'eth0'], 'mode=4 miimon=100')] }).reachesHost, false);
  assert.deepEqual(outcome(bonded, { bonds: [bond('eth2', ['eth0', 'eth1'])] }).refused?.[0], 'BOND-05');
});

test('S-09 and S-10 move to another nic', () => {
  const scene: Scene = { networks: { red: {} }, attached: { red: 'eth0' } };
  const done = outcome(scene, { attachments: [update('att-red', nic('eth1'))] });
  assert.deepEqual([done.on, done.updated, done.inserted, done.deleted], [{ red: 'eth1' }, ['att-red'], 0, []]);
  const refused = (more: Scene, to = 'eth1') =>
    outcome({ ...scene, ...more }, { attachments: [update('att-red', nic(to))] }).refused;
  const beside = (blue: NetworkScene): Scene => ({
    networks: { red: {}, blue },
    attached: { red: 'eth0', blue: 'eth1' },
  });
  assert.deepEqual(refused({ networks: { red: { label: 'lab' } }, labels: { eth0: ['lab'] } }), ['LBL-21']);
  assert.deepEqual(refused(beside({})), ['EXCL-01']);
  assert.deepEqual(refused(beside({ vlan: 5, mtu: 9000 })), ['MTU-01']);
  assert.deepEqual(refused(beside({ vlan: 5, qos: qos(50) })), ['QOS-03']);
  assert.deepEqual(refused({ vlans: ['eth1.5'] }, 'eth1.5'), ['ATT-07']);
  assert.deepEqual(refused({ bonds: { bond0: { slaves: ['eth1', 'eth2'] } } }), ['ATT-18']);
  assert.deepEqual(refused({ observed: drift('red', { bridged: false }) }), ['SYNC-01']);
});

test('S-11 bond two nics and put their networks on the bond', () => {
  const scene: Scene = { networks: { red: {}, blue: { vlan: 5 } }, attached: { red: 'eth0', blue: 'eth1' } };
  const onBond = {
    attachments: [attach('red', 'bond0'), attach('blue', 'bond0')],
    bonds: [bond('bond0', ['eth0', 'eth1'], 'mode=1')],
  };
  const done = outcome(scene, onBond);
  assert.deepEqual(
    [done.on, done.updated, done.inserted],
    [{ red: 'bond0', blue: 'bond0' }, ['att-red', 'att-blue'], 0],
  );
  assert.deepEqual(outcome({ ...scene, networks: { red: {}, blue: {} } }, onBond).refused, ['EXCL-01']);
});

test('S-12 and S-13 break the bond and put the networks back, by network and by id', () => {
  for (const attachments of [
    [attach('red', 'eth0'), attach('blue', 'eth1')],
    [update('att-red', nic('eth0')), update('att-blue', nic('eth1'))],
  ]) {
    const done = outcome(bonded, { removedBonds: ['bond0'], attachments });
    assert.deepEqual([done.on, done.bonds], [{ red: 'eth0', blue: 'eth1' }, {}]);
    assert.deepEqual([done.updated, done.deleted, done.inserted], [['att-red', 'att-blue'], [], 0], 'ids survive');
  }
  assert.deepEqual(outcome(bonded, { removedBonds: ['bond0'], attachments: [attach('red', 'eth0')] }).refused, [
    'BOND-18',
  ]);
});

test('S-14 remove several, all or nothing', () => {
  assert.deepEqual(outcome(bonded, { removed: ['att-red', 'att-blue'] }).on, {});
  assert.deepEqual(outcome(bonded, { removed: ['att-red', 'att-x'] }).refused, ['ATT-12']);
});

test('S-16 attach at host level', () => {
  assert.deepEqual(outcome({ networks: { red: {} } }, { attachments: [attach('red', 'eth2')] }).on, { red: 'eth2' });
  assert.deepEqual(outcome({ networks: { red: {} } }, { attachments: [attach('red', null)] }).refused, ['ATT-13']);
});

test('Two networks swap nics', () => {
  const scene: Scene = { networks: { red: {}, blue: {} }, attached: { red: 'eth0', blue: 'eth1' } };
  const done = outcome(scene, { attachments: [attach('red', 'eth1'), attach('blue', 'eth0')] });
  assert.deepEqual(done.on, { red: 'eth1', blue: 'eth0' });
});

test('A slave goes from a removed bond to a new one, and the network with it', () => {
  const done = outcome(bonded, {
    removedBonds: ['bond0'],
    bonds: [bond('bond1', ['eth1', 'eth2'])],
    attachments: [attach('red', 'bond1'), attach('blue', 'bond1')],
  });
  assert.deepEqual([done.on, done.bonds], [{ red: 'bond1', blue: 'bond1' }, { bond1: 'eth1 eth2' }]);
});

test('The untagged network of a nic is replaced', () => {
  const scene: Scene = { networks: { red: {}, blue: {} }, attached: { red: 'eth0' } };
  assert.deepEqual(outcome(scene, { removed: ['att-red'], attachments: [attach('blue', 'eth0')] }).on, {
    blue: 'eth0',
  });
});

test('The management network moves onto a new bond of its own nic', () => {
  const scene: Scene = {
    networks: { mgmt: { roles: ['management', 'defaultRoute'] } },
    attached: { mgmt: { nic: 'eth0', ipv4: ipv4Static('10.0.0.5', '24', '10.0.0.1') } },
    host: { address: '10.0.0.5' },
  };
  const done = outcome(scene, {
    bonds: [bond('bond0', ['eth0', 'eth1'], 'mode=1')],
    attachments: [attach('mgmt', 'bond0')],
  });
  assert.deepEqual([done.on, done.updated, done.warnings], [{ mgmt: 'bond0' }, ['att-mgmt'], []]);
});

test('A removed bond takes its labels along, so labelled networks leave it freely', () => {
  const scene: Scene = {
    ...bonded,
    networks: { red: { label: 'lab' }, blue: { vlan: 5 } },
    labels: { bond0: ['lab'] },
  };
  const done = outcome(scene, { removedBonds: ['bond0'], removed: ['att-red'], attachments: [attach('blue', 'eth0')] });
  assert.deepEqual([done.on, done.deleted], [{ blue: 'eth0' }, ['att-red']]);
});

test('A label that moves takes its networks along', () => {
  const scene: Scene = { networks: { red: { label: 'lab' } }, attached: { red: 'eth0' }, labels: { eth0: ['lab'] } };
  assert.deepEqual(outcome(scene, { labels: { lab: 'eth1' } }).on, { red: 'eth1' });
  assert.deepEqual(outcome(scene, { removedLabels: ['lab'] }).on, {});
});

test('Labels move from two nics to the bond made of them', () => {
  const scene: Scene = {
    networks: { red: { vlan: 5, label: 'a' }, blue: { vlan: 6, label: 'b' } },
    attached: { red: 'eth0', blue: 'eth1' },
    labels: { eth0: ['a'], eth1: ['b'] },
  };
  const done = outcome(scene, { bonds: [bond('bond0', ['eth0', 'eth1'])], labels: { a: 'bond0', b: 'bond0' } });
  assert.deepEqual([done.on, done.updated], [{ red: 'bond0', blue: 'bond0' }, ['att-red', 'att-blue']]);
  assert.deepEqual(outcome(scene, { bonds: [bond('bond0', ['eth0', 'eth1'])] }).refused, [
    'BOND-11',
    'BOND-11',
    'BOND-14',
    'BOND-14',
  ]);
});
