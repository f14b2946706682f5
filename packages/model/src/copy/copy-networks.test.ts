import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostState } from '../host-state.ts';
import { attach, hostState, ip, ipv4Static, type Scene } from '../testing.ts';
import { type CopyExtra, copyCandidates, copyNetworks, pairedCandidates } from './copy-networks.ts';

const networks: Scene['networks'] = { mgmt: { roles: ['management'] }, red: {}, blue: { vlan: 5 } };
const same = new Map(['eth1', 'eth2', 'eth3'].map((nic) => [nic, nic]));
const copy = (source: HostState, target: HostState, pairs = same, ...include: CopyExtra[]) =>
  copyNetworks({ source, target, pairs, include: new Set(include) });

test('What carries management, and its slaves, take no part', () => {
  assert.deepEqual(copyCandidates(hostState({ networks, attached: { mgmt: 'eth0' } })), ['eth1', 'eth2', 'eth3']);
  const tagged: Scene = { networks: { mgmt: { roles: ['management'], vlan: 9 } }, attached: { mgmt: 'eth2' } };
  assert.deepEqual(copyCandidates(hostState(tagged)), ['eth0', 'eth1', 'eth3'], 'the device below the tag');
  const bonded: Scene = { networks, bonds: { bond0: { slaves: ['eth0', 'eth1'] } }, attached: { mgmt: 'bond0' } };
  assert.deepEqual(copyCandidates(hostState(bonded)), ['eth2', 'eth3']);
});

test('Virtual functions take part unless a VM has them; by place only those that carry something', () => {
  const state = hostState({
    ...{ networks, nics: ['eth0', 'eth1', 'v0', 'v1', 'v2', 'v3'], held: { v0: 'web' } },
    functions: { eth1: { total: 7, names: ['v0', 'v1', 'v2', 'v3'] } },
    attached: { mgmt: 'eth0', red: 'v1' },
    bonds: { bond0: { slaves: ['v2'] } },
  });
  assert.deepEqual(copyCandidates(state), ['eth1', 'v1', 'v2', 'v3']);
  assert.deepEqual(pairedCandidates(state), ['eth1', 'v1', 'v2']);
  const onFunction = hostState({
    ...{ networks, nics: ['eth0', 'eth1', 'v0'], functions: { eth1: { total: 7, names: ['v0'] } } },
    attached: { mgmt: 'v0' },
  });
  assert.deepEqual(copyCandidates(onFunction), ['eth0'], 'the nic below management takes no part');
});

test('Networks come with the way to an address, not with the address', () => {
  const source = hostState({
    networks,
    attached: { red: { nic: 'eth1', ipv4: ipv4Static('10.0.0.1') }, blue: { nic: 'eth1', ipv4: ip('dhcp') } },
  });
  const { attachments } = copy(source, hostState({ networks }));
  assert.deepEqual(
    attachments.map(({ network, nic, ip: { ipv4 = [] } = {} }) => [network?.id, nic?.name, ipv4[0]?.method]),
    [
      ['net-red', 'eth1', 'none'],
      ['net-blue', 'eth1', 'dhcp'],
    ],
  );
  assert.equal(attachments[0]?.ip?.ipv4[0]?.address, null);
});

test('What the target has of the source moves, and the rest goes', () => {
  const source = hostState({ networks, attached: { red: 'eth2' } });
  const target = hostState({ networks, attached: { red: 'eth1', blue: 'eth3', mgmt: 'eth0' } });
  const { attachments, removedAttachments } = copy(source, target);
  assert.deepEqual(
    attachments.map(({ id, nic }) => [id, nic?.name]),
    [['att-red', 'eth2']],
  );
  assert.deepEqual(
    removedAttachments.map(({ id }) => id),
    ['att-blue'],
  );
});

test('A bond of the target on nics that take part is replaced; one of its name beside them is left alone', () => {
  const source = hostState({ networks, bonds: { bond0: { slaves: ['eth1', 'eth2'] } }, attached: { red: 'bond0' } });
  const other = hostState({ networks, bonds: { bond7: { slaves: ['eth2', 'eth3'] } }, attached: { blue: 'bond7' } });
  const first = copy(source, other);
  assert.deepEqual([first.bonds[0]?.name, first.removedBonds[0]?.id], ['bond0', 'nic-bond7']);
  assert.deepEqual(
    first.removedAttachments.map(({ id }) => id),
    ['att-blue'],
  );

  const nics = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4', 'eth5'];
  const beside: Scene = { networks, nics, bonds: { bond0: { slaves: ['eth4', 'eth5'] } }, attached: { mgmt: 'bond0' } };
  const second = copy(source, hostState(beside));
  assert.equal(second.bonds[0]?.name, 'bond1', 'the first number that is free on both');
  assert.equal(second.attachments[0]?.nic?.name, 'bond1');
  assert.deepEqual([second.removedBonds, second.removedAttachments], [[], []]);
});

test('A bond of the source keeps the slaves that are paired', () => {
  const source = hostState({ networks, bonds: { bond0: { slaves: ['eth1', 'eth2'], options: 'mode=1' } } });
  const { bonds } = copy(
    source,
    hostState({ networks }),
    new Map([
      ['eth1', 'eth3'],
      ['eth2', 'eth1'],
    ]),
  );
  assert.deepEqual(
    bonds[0]?.slaves?.map(({ name }) => name),
    ['eth3', 'eth1'],
  );
  assert.deepEqual(bonds[0]?.options, [{ name: 'mode', value: '1' }]);
});

test('Labels, QoS, name servers and properties come when asked for', () => {
  const qos = { outboundAverageLinkshare: 5, outboundAverageUpperlimit: null, outboundAverageRealtime: null };
  const more = { qos, nameservers: ['10.0.0.53'], properties: { bridge_opts: 'priority=1' } };
  const own = { ...more, properties: { ...more.properties, ipv4_addrs: '10.0.0.6/24' } };
  const source = hostState({ networks, attached: { red: { nic: 'eth1', ...own } }, labels: { eth1: ['lab'] } });
  const target = hostState({ networks, labels: { eth2: ['old'], eth0: ['mine'] } });
  const plain = copy(source, target);
  assert.deepEqual([plain.labels, plain.removedLabels], [[], []]);
  assert.ok(!('qos' in (plain.attachments[0] ?? attach('', ''))));
  const all = copy(source, target, same, 'labels', 'qos', 'dns', 'properties');
  const { qos: share, nameservers, properties } = all.attachments[0] ?? attach('', '');
  assert.deepEqual({ qos: share, nameservers, properties }, more, 'addresses belong to one host');
  assert.deepEqual(
    all.labels.map(({ label, nic }) => [label, nic?.name]),
    [['lab', 'eth1']],
  );
  assert.deepEqual(
    all.removedLabels.map(({ label }) => label),
    ['old'],
  );
});
