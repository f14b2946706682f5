import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, attach, bond, hostState, ip, ipv4Static, request, type Scene, update, vfs } from '../testing.ts';
import { complete } from './complete.ts';

const scene: Scene = {
  networks: { red: { label: 'lab' }, blue: { vlan: 5 }, role: { vlan: 6, roles: ['migration'], label: 'lab' } },
  attached: {
    red: {
      nic: 'eth0',
      ipv4: ipv4Static('10.0.0.5'),
      properties: { bridge_opts: 'priority=1' },
      qos: { outboundAverageLinkshare: 5, outboundAverageUpperlimit: null, outboundAverageRealtime: null },
      nameservers: ['10.0.0.1'],
    },
  },
  bonds: { bond0: { slaves: ['eth2', 'eth3'], options: 'mode=1 miimon=100' } },
};
const only = <T>(items: readonly T[]): T => {
  assert.equal(items.length, 1);
  return items[0] as T;
};

test('References are completed from either half, and left alone when both are given', () => {
  const byId = only(
    asked(scene, {
      attachments: [attach('', null, { network: { id: 'net-blue', name: null }, nic: { id: 'nic-eth1', name: null } })],
    }).attachments,
  );
  assert.deepEqual(
    [byId.networkRef.name, byId.nicRef.name, byId.network?.name, byId.nic],
    ['blue', 'eth1', 'blue', 'eth1'],
  );
  const byName = only(asked(scene, { attachments: [attach('blue', 'eth1')] }).attachments);
  assert.deepEqual([byName.networkRef.id, byName.nicRef.id], ['net-blue', 'nic-eth1']);
  const both = attach('blue', null, { nic: { id: 'nic-eth0', name: 'eth1' } });
  const incoherent = only(asked(scene, { attachments: [both] }).attachments);
  assert.deepEqual([incoherent.nicRef, incoherent.nic], [{ id: 'nic-eth0', name: 'eth1' }, null]);
});

test('A new bond is known by name and has no id', () => {
  const { attachments, after } = asked(scene, {
    attachments: [attach('blue', 'bond1')],
    bonds: [bond('bond1', ['eth0', 'eth1'])],
  });
  assert.deepEqual([only(attachments).nic, only(attachments).nicRef.id], ['bond1', null]);
  assert.deepEqual(after.bonds.get('bond1')?.id, null);
});

test('Naming an attached network means its attachment: a move that keeps what is not sent', () => {
  const moved = only(asked(scene, { attachments: [attach('red', 'eth1')] }).attachments);
  assert.equal(moved.stored?.id, 'att-red');
  assert.equal(moved.nic, 'eth1');
  assert.equal(moved.ipv4.address, '10.0.0.5');
  assert.deepEqual(moved.nameservers, ['10.0.0.1']);
  assert.equal(moved.qos?.outboundAverageLinkshare, 5);
});

test('What is sent replaces whole: a family left out is none, an empty list of servers clears', () => {
  const changes = { ip: { ipv4: [], ipv6: [ip('autoconf' as const)] }, properties: {}, qos: null, nameservers: [] };
  const wanted = only(asked(scene, { attachments: [update('att-red', changes)] }).attachments);
  assert.equal(wanted.ipv4.method, 'none');
  assert.equal(wanted.ipv6.method, 'autoconf');
  assert.deepEqual([wanted.properties, wanted.qos, wanted.nameservers], [{}, null, null]);
});

test('Nothing said about IP is none on a new attachment', () => {
  const fresh = only(asked(scene, { attachments: [attach('blue', 'eth1')] }).attachments);
  assert.deepEqual([fresh.ipv4.method, fresh.ipv6.method], ['none', 'none']);
});

test('Synchronising adds the stored attachment, or marks the one that is changed', () => {
  const alone = only(asked(scene, { synchronized: ['att-red'] }).attachments);
  assert.deepEqual([alone.stored?.id, alone.override, alone.nic], ['att-red', true, 'eth0']);
  const both = only(asked(scene, { synchronized: ['att-red'], attachments: [attach('red', 'eth1')] }).attachments);
  assert.deepEqual([both.override, both.nic], [true, 'eth1']);
});

test('A label brings its networks: role networks with DHCP, others without address', () => {
  const bare = { ...scene, attached: {} };
  const { attachments } = asked(bare, { labels: { lab: 'eth1' } });
  assert.deepEqual(
    attachments.map((one) => [one.network?.name, one.nic, one.ipv4.method, one.label]),
    [
      ['red', 'eth1', 'none', 'lab'],
      ['role', 'eth1', 'dhcp', 'lab'],
    ],
  );
});

test('A label moves what is attached elsewhere and keeps QoS and name servers', () => {
  const { attachments } = asked(scene, { labels: { lab: 'bond0' } });
  const red = only(attachments.filter((one) => one.network?.name === 'red'));
  assert.deepEqual(
    [red.stored?.id, red.nic, red.nameservers, red.qos?.outboundAverageLinkshare],
    ['att-red', 'bond0', ['10.0.0.1'], 5],
  );
});

test('What the request says of a labelled network wins', () => {
  const { attachments } = asked(scene, { labels: { lab: 'eth1' }, attachments: [attach('red', 'eth2')] });
  const red = only(attachments.filter((one) => one.network?.name === 'red'));
  assert.deepEqual([red.nic, red.label], ['eth2', null]);
});

test('A network that is removed while its label arrives comes back as a new attachment', () => {
  const { attachments, removedAttachments } = asked(scene, { labels: { lab: 'eth1' }, removed: ['att-red'] });
  const red = only(attachments.filter((one) => one.network?.name === 'red'));
  assert.deepEqual([red.stored, only(removedAttachments).id], [null, 'att-red']);
});

test('Networks leave with their label', () => {
  const labelled = { ...scene, labels: { eth0: ['lab'] } };
  const removal = only(asked(labelled, { removedLabels: ['lab'] }).removedAttachments);
  assert.deepEqual([removal.id, removal.label], ['att-red', 'lab']);
  const moved = asked(labelled, { removedLabels: ['lab'], attachments: [attach('red', 'eth1')] });
  assert.deepEqual(moved.removedAttachments, [], 'unless the request moves them');
  const elsewhere = asked({ ...scene, labels: { eth1: ['lab'] } }, { removedLabels: ['lab'] });
  assert.deepEqual(elsewhere.removedAttachments, [], 'or the label was not what held them');
});

test('Removals by id and by network', () => {
  assert.equal(only(asked(scene, { removed: ['att-red'] }).removedAttachments).network?.name, 'red');
  assert.equal(only(asked(scene, { removedNetworks: ['red'] }).removedAttachments).id, 'att-red');
  assert.equal(only(asked(scene, { removedNetworks: ['blue'] }).removedAttachments).stored, null);
});

test('A bond keeps what is not sent; options are replaced whole; none are the default', () => {
  const slaves = only(asked(scene, { bonds: [bond('bond0', ['eth0', 'eth1'])] }).bonds);
  assert.deepEqual(slaves.options, [
    { name: 'mode', value: '1' },
    { name: 'miimon', value: '100' },
  ]);
  const options = only(asked(scene, { bonds: [bond('bond0', undefined, 'mode=2 module=bonding')] }).bonds);
  assert.deepEqual(options.options, [{ name: 'mode', value: '2' }]);
  assert.deepEqual(
    options.slaves.map((slave) => slave.name),
    ['eth2', 'eth3'],
  );
  const fresh = only(asked(scene, { bonds: [bond('bond1', ['eth0', 'eth1'])] }).bonds);
  assert.equal(
    fresh.options.map(({ name, value }) => `${name}=${value}`).join(' '),
    'mode=4 miimon=100 xmit_hash_policy=2',
  );
});

test('A bond that nobody asked for keeps the options the kernel shows, as far as they mean something', () => {
  const foreign: Scene = {
    ...scene,
    observed: (all) => ({
      ...all,
      nics: all.nics.map((nic) => ({
        ...nic,
        bond: nic.bond && {
          ...nic.bond,
          options: { mode: '802.3ad 4', miimon: '100', primary: '', xmit_hash_policy: 'layer2+3 2' },
        },
      })),
    }),
  };
  const state = hostState(foreign);
  const nics = state.nics.map((nic) => (nic.kind === 'bond' ? { ...nic, bond: null } : nic));
  const wanted = only(complete({ ...state, nics }, request({ bonds: [bond('bond0', ['eth0', 'eth1'])] })).bonds);
  assert.equal(
    wanted.options.map(({ name, value }) => `${name}=${value}`).join(' '),
    'mode=4 miimon=100 xmit_hash_policy=2',
  );
});

test('What changes nothing is set aside, in any spelling, and the host need not be asked', () => {
  const same = {
    ip: { ipv4: [ipv4Static('10.0.0.5', '/24')], ipv6: [] },
    nic: { id: null, name: 'eth0' },
    nameservers: ['10.0.0.1'],
    properties: { bridge_opts: 'priority=1' },
  };
  const nothing = asked(scene, {
    attachments: [update('att-red', same)],
    bonds: [bond('bond0', ['eth3', 'eth2'], 'miimon=100 mode=active-backup')],
  });
  assert.equal(nothing.nothingToDo, true);
  assert.deepEqual([nothing.attachments, nothing.bonds], [[], []]);
  assert.deepEqual([nothing.unchanged.attachments.length, nothing.unchanged.bonds.length], [1, 1]);
  for (const what of [
    { attachments: [update('att-red', { ...same, nameservers: ['10.0.0.2'] })] },
    { attachments: [update('att-red', { ...same, override: true })] },
    { attachments: [update('att-red', { ...same, properties: {} })] },
    { attachments: [update('att-red', { ip: { ipv4: [ipv4Static('10.0.0.5', '16')], ipv6: [] } })] },
    { bonds: [bond('bond0', undefined, 'mode=1')] },
    { bonds: [bond('bond0', ['eth2', 'eth1'])] },
    { synchronized: ['att-red'] },
    { removed: ['att-x'] },
    { removedUnmanaged: ['x'] },
    { removedLabels: ['x'] },
  ]) {
    assert.equal(asked(scene, what).nothingToDo, false, JSON.stringify(what));
  }
});

test('A bond that the host no longer has as wanted is a change', () => {
  const drifted: Scene = {
    ...scene,
    observed: (all) => ({
      ...all,
      nics: all.nics.map((nic) => ({ ...nic, bond: nic.bond && { ...nic.bond, slaves: ['eth2'] } })),
    }),
  };
  assert.equal(asked(drifted, { bonds: [bond('bond0', ['eth2', 'eth3'])] }).nothingToDo, false);
});

test('Labels that move no network are only stored', () => {
  const quiet: Scene = { networks: { red: {} }, labels: { eth0: ['old'] } };
  assert.deepEqual(flags(quiet, { labels: { lab: 'eth1' } }), [false, true]);
  assert.deepEqual(flags(quiet, { removedLabels: ['old'] }), [false, true]);
  assert.deepEqual(flags(quiet, { labels: { old: 'eth0' } }), [true, false], 'already there');
  assert.deepEqual(flags(scene, { labels: { lab: 'eth1' } }), [false, false], 'a network follows');
});

test('Virtual functions: a number is the host’s to make, which networks may use them is only stored', () => {
  const on: Scene = {
    nics: ['eth0', 'eth1', 'v0', 'v1'],
    functions: { eth0: { total: 7, names: ['v0', 'v1'], asked: 2 } },
  };
  const is = (changes: Parameters<typeof vfs>[1], scene = on) =>
    flags(scene, { virtualFunctions: [vfs('eth0', changes)] });
  assert.deepEqual(is({ count: 2 }), [true, false], 'it has them');
  assert.deepEqual(is({ count: 3 }), [false, false]);
  assert.deepEqual(is({ allNetworksAllowed: true }), [true, false], 'all are allowed until somebody says otherwise');
  assert.deepEqual(is({ allNetworksAllowed: false }), [false, true]);
  assert.deepEqual(is({ count: 2, allNetworksAllowed: false }), [false, true]);
  const never = { ...on, functions: { eth0: { total: 7, names: ['v0', 'v1'] } } };
  assert.deepEqual(is({ count: 2 }, never), [false, false], 'asked for the first time, to be kept over a boot');
  const drifted = { ...on, functions: { eth0: { total: 7, names: ['v0'], asked: 2 } } };
  assert.deepEqual(is({ count: 2 }, drifted), [false, false]);
  const lists = only(
    asked(on, { virtualFunctions: [vfs('eth0', { allNetworksAllowed: false, labels: ['a'] })] }).virtualFunctions,
  );
  assert.deepEqual(lists.allowance, { allNetworksAllowed: false, networkIds: [], labels: ['a'] });
  const all = only(asked(on, { virtualFunctions: [vfs('eth0', { count: 0, labels: ['a'] })] }).virtualFunctions);
  assert.deepEqual(all.allowance.labels, [], 'while all are allowed, there are no lists');
});

function flags(on: Scene, what: Parameters<typeof asked>[1]): [boolean, boolean] {
  const { nothingToDo, engineOnly } = asked(on, what);
  return [nothingToDo, engineOnly];
}

test('After the change: bonds, labels, unmanaged networks, masters', () => {
  const full: Scene = { ...scene, labels: { bond0: ['x'], eth0: ['y'] }, unmanaged: { old: 'eth1', gone: 'eth1' } };
  const { after } = asked(full, {
    removedBonds: ['bond0'],
    bonds: [bond('bond1', ['eth2', 'eth3'])],
    labels: { y: 'bond1' },
    removedUnmanaged: ['gone'],
  });
  assert.deepEqual([...after.bonds.keys()], ['bond1']);
  assert.deepEqual(
    [...after.masterOf],
    [
      ['eth2', 'bond1'],
      ['eth3', 'bond1'],
    ],
  );
  assert.deepEqual([...after.labelsOn], [['bond1', ['y']]]);
  assert.deepEqual(
    [...after.unmanagedOn].map(([nic, all]) => [nic, all.map((one) => one.vdsmName)]),
    [['eth1', ['old']]],
  );
});
