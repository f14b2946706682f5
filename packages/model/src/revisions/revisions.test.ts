import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangeSet } from '../change-set.ts';
import { complete } from '../complete/complete.ts';
import type { HostState } from '../host-state.ts';
import { validate } from '../rules/validate.ts';
import { lookup } from '../state/lookup.ts';
import { attach, bond, drift, hostState, ip, ipv4Static, request, type Scene, update, vfs } from '../testing.ts';
import { toStored } from '../to-stored/to-stored.ts';
import { changeSetTo } from './change-set-to.ts';
import { type HostWish, wishOf } from './wish.ts';

const scene: Scene = {
  networks: { red: { vlan: 5 }, blue: { vlan: 6 }, green: { label: 'lab' } },
  attached: { red: { nic: 'bond0', ipv4: ipv4Static('10.0.0.5') }, blue: 'eth2' },
  bonds: { bond0: { slaves: ['eth0', 'eth1'], options: 'mode=1' } },
  labels: { eth3: ['other'] },
};
const wish = (state: HostState): HostWish =>
  wishOf(state.nics, state.attachments, (id) => state.networks.find((one) => one.id === id)?.name ?? null);

function after(state: HostState, changeSet: ChangeSet): HostState {
  const completed = complete(state, changeSet);
  assert.deepEqual(validate(completed).violations, []);
  const { nics, attachments } = toStored(completed, { newId: () => 'new' });
  const kept = <T extends { id: string }>(all: T[], change: { inserted: T[]; updated: T[]; deleted: string[] }) => [
    ...all
      .filter(({ id }) => !change.deleted.includes(id))
      .map((one) => change.updated.find((n) => n.id === one.id) ?? one),
    ...change.inserted,
  ];
  return { ...state, nics: kept(state.nics, nics), attachments: kept(state.attachments, attachments), observed: null };
}

test('a wish has names, addresses, bonds and labels, and no ids but those of networks', () => {
  assert.deepEqual(wish(hostState(scene)), {
    attachments: [
      {
        network: { id: 'net-red', name: 'red' },
        nic: 'bond0',
        ...{ ipv4: ipv4Static('10.0.0.5'), ipv6: ip('none'), properties: {}, qos: null, nameservers: null },
      },
      {
        network: { id: 'net-blue', name: 'blue' },
        nic: 'eth2',
        ...{ ipv4: ip('none'), ipv6: ip('none'), properties: {}, qos: null, nameservers: null },
      },
    ],
    bonds: [{ name: 'bond0', slaves: ['eth0', 'eth1'], options: [{ name: 'mode', value: '1' }] }],
    labels: [{ label: 'other', nic: 'eth3' }],
  });
});

test('what is there already asks for nothing', () => {
  const state = hostState(scene);
  assert.equal(complete(state, changeSetTo(state, wish(state))).nothingToDo, true);
});

test('bonds, attachments and labels come back, and what is still attached keeps its id', () => {
  const before = hostState(scene);
  const changed = after(
    before,
    request({
      removedBonds: ['bond0'],
      bonds: [bond('bond1', ['eth1', 'eth2'])],
      attachments: [update('att-red', { nic: { id: null, name: 'bond1' }, ip: { ipv4: [ip('dhcp')], ipv6: [] } })],
      removed: ['att-blue'],
      labels: { lab: 'bond1' },
      removedLabels: ['other'],
    }),
  );
  assert.ok(
    changed.attachments.some((one) => one.networkId === 'net-green'),
    'the label brought it',
  );
  const reverted = after(changed, changeSetTo(changed, wish(before)));
  assert.deepEqual(wish(reverted), wish(before));
  const ids = new Map(reverted.attachments.map((one) => [one.networkId, one.id]));
  assert.deepEqual(
    [...ids],
    [
      ['net-red', 'att-red'],
      ['net-blue', 'new'],
    ],
  );
});

test('what drifted is overridden, and only that', () => {
  const state = hostState({ ...scene, observed: drift('red', { mtu: 9000 }) });
  const { attachments } = changeSetTo(state, wish(state));
  assert.deepEqual(
    attachments.map(({ id, override }) => [id, override]),
    [
      ['att-red', true],
      ['att-blue', false],
    ],
  );
});

test('a network that was made anew goes by its name, one that is gone is refused by it', () => {
  const before = wish(hostState(scene));
  const anew = hostState({ ...scene, attached: {}, networks: { ...scene.networks, blue: { id: 'net-2', vlan: 6 } } });
  assert.deepEqual(changeSetTo(anew, before).attachments[1]?.network, { id: 'net-2', name: null });
  assert.deepEqual(validate(complete(anew, changeSetTo(anew, before))).violations, []);
  const gone = hostState({ ...scene, attached: {}, networks: { red: { vlan: 5 } } });
  const { violations } = validate(complete(gone, changeSetTo(gone, before)));
  assert.ok(violations.length > 0);
  for (const { message } of violations) assert.match(message, /blue/);
});

test('other networks on the host go, whoever attached them since', () => {
  const state = hostState({ ...scene, attached: { ...scene.attached, green: 'eth3' } });
  const then = wish(hostState(scene));
  assert.deepEqual(
    changeSetTo(state, then).removedAttachments.map((one) => one.id),
    ['att-green'],
  );
  assert.deepEqual(changeSetTo(state, { ...then, attachments: [] }).removedAttachments.length, 3);
});

test('attaching by setupnetworks and reverting twice ends where it began', () => {
  const first = hostState(scene);
  const second = after(first, request({ attachments: [attach('green', 'eth3')] }));
  const third = after(second, changeSetTo(second, wish(first)));
  const fourth = after(third, changeSetTo(third, wish(second)));
  assert.deepEqual(wish(third), wish(first));
  assert.deepEqual(wish(fourth), wish(second));
});

test('virtual functions go back to what they were, also where nobody had asked for any then', () => {
  const on: Scene = {
    nics: ['eth0', 'eth1', 'v0'],
    networks: { red: {} },
    functions: { eth0: { total: 7, names: ['v0'] }, eth1: { total: 7 } },
  };
  const functionsOn = (state: HostState) => (nic: string) => lookup(state).observedNic.get(nic)?.sriov?.current;
  const wished = (state: HostState) => wishOf(state.nics, state.attachments, () => null, functionsOn(state));
  const first = hostState(on);
  const seen = (state: HostState) => ({ ...state, observed: first.observed });
  assert.deepEqual(wished(first).virtualFunctions, [
    { nic: 'eth0', count: 1, allowance: { allNetworksAllowed: true, networkIds: [], labels: [] } },
    { nic: 'eth1', count: 0, allowance: { allNetworksAllowed: true, networkIds: [], labels: [] } },
  ]);
  assert.deepEqual(changeSetTo(first, wished(first)).virtualFunctions, [], 'nobody has ever asked');
  const changes = [
    vfs('eth0', { count: 4, allNetworksAllowed: false, networkIds: ['net-red', 'net-gone'], labels: ['l'] }),
  ];
  const second = seen(after(first, request({ virtualFunctions: changes })));
  const back = changeSetTo(second, wished(first)).virtualFunctions;
  assert.deepEqual(
    back.map(({ nic, count, allNetworksAllowed }) => [nic?.name, count, allNetworksAllowed]),
    [['eth0', 1, true]],
  );
  const third = seen(after(second, request({ virtualFunctions: back })));
  const again = changeSetTo(third, wished(second)).virtualFunctions[0];
  assert.deepEqual([again?.count, again?.networkIds, again?.labels], [4, ['net-red'], ['l']]);
  assert.deepEqual(
    changeSetTo(third, { attachments: [], bonds: [], labels: [] }).virtualFunctions,
    [],
    'an old revision',
  );
});
