/** What must hold for every host and every request, however odd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AttachmentChange, BondChange, ChangeSet, Ref } from './change-set.ts';
import { emptyChangeSet } from './change-set.ts';
import { complete } from './complete/complete.ts';
import type { Completed } from './complete/completed.ts';
import { completedChangeSet } from './complete/completed-change-set.ts';
import type { IpAssignment, Ipv4Method, Ipv6Method } from './entities.ts';
import type { HostConfig } from './host-config/host-config.ts';
import { toHostConfig } from './host-config/to-host-config.ts';
import type { HostState } from './host-state.ts';
import { isInSync } from './in-sync/reported-configurations.ts';
import { validate } from './rules/validate.ts';
import { hostState, ip, ipv4Static, ipv6Static, observeAs, type Scene } from './testing.ts';
import { type StoredChange, toStored } from './to-stored/to-stored.ts';

const nicNames = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4', 'eth5'];
const networkNames = ['red', 'blue', 'green', 'v5', 'v6', 'mgmt'];
const labels = ['a', 'b'];
const oneOf = (...names: string[]) => fc.constantFrom(...names);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });

/** A host as only valid changes can have made it. */
const scenes: fc.Arbitrary<Scene> = fc
  .record({
    bonds: fc.constantFrom<NonNullable<Scene['bonds']>>(
      {},
      { bond0: { slaves: ['eth4', 'eth5'] } },
      { bond1: { slaves: ['eth0', 'eth5'], options: 'mode=1' } },
    ),
    label: maybe(oneOf(...labels)),
    mtu: fc.constantFrom(0, 1500, 9000),
    vm: fc.boolean(),
    on: fc.array(fc.record({ network: oneOf('red', 'v5', 'v6'), nic: oneOf('eth1', 'eth2', 'eth3', 'bond0') }), {
      maxLength: 3,
    }),
    labelled: maybe(oneOf('eth1', 'eth2', 'bond0')),
    unmanaged: maybe(oneOf('eth2', 'eth3')),
    observed: fc.boolean(),
    defaultRoute: fc.boolean(),
  })
  .map(({ bonds, label, mtu, vm, on, labelled, unmanaged, observed, defaultRoute }) => ({
    nics: nicNames,
    bonds,
    networks: {
      red: { vm, label },
      blue: { vm: false, mtu },
      green: { stp: true, nameservers: ['10.9.9.9'] },
      v5: { vlan: 5, mtu, ...(label === null ? {} : { label }) },
      v6: { vlan: 6, roles: ['display'] },
      mgmt: { roles: defaultRoute ? ['management', 'defaultRoute'] : ['management'] },
    },
    attached: {
      mgmt: {
        nic: nicNames.find((nic) => !Object.values(bonds).some((one) => one.slaves.includes(nic))) ?? 'eth1',
        ipv4: ip('dhcp'),
      },
      ...Object.fromEntries(
        on
          .filter(({ nic }) => nic in bonds || nicNames.includes(nic))
          .map(({ network, nic }) => [network, { nic, ipv4: ip('dhcp') }]),
      ),
    },
    labels: labelled === null ? {} : { [labelled]: ['a'] },
    unmanaged: unmanaged === null ? {} : { old: unmanaged },
    vlans: ['eth3.9'],
    observed: (all: NonNullable<HostState['observed']>) => (observed ? all : null),
  }));

const ref = (names: string[], prefix: string): fc.Arbitrary<Ref> =>
  fc.record({
    id: maybe(oneOf(...names.map((name) => `${prefix}-${name}`), 'nonsense')),
    name: maybe(oneOf(...names, 'nonsense', '__proto__')),
  });
const anyNic = ref([...nicNames, 'bond0', 'bond1', 'bond7', 'eth3.9'], 'nic');
const anyNetwork = ref(networkNames, 'net');
const text = maybe(
  fc.constantFrom('10.0.0.5', '10.0.0.0', '24', '255.255.255.0', '2001:db8::5', '64', '::', 'x', '', '999'),
);

function anyIp<M extends string>(methods: M[], fine: fc.Arbitrary<IpAssignment<M>>): fc.Arbitrary<IpAssignment<M>[]> {
  const odd = fc.record({ method: maybe(fc.constantFrom(...methods)), address: text, netmask: text, gateway: text });
  return fc.array(fc.oneof({ arbitrary: fine, weight: 4 }, { arbitrary: odd, weight: 1 }), { maxLength: 2 });
}
const address = fc.integer({ min: 2, max: 9 });
const anyIpv4 = anyIp<Ipv4Method>(
  ['none', 'dhcp', 'static'],
  fc.oneof(
    fc.constant(ip<Ipv4Method>('dhcp')),
    address.map((host): IpAssignment<Ipv4Method> => ipv4Static(`10.0.0.${host}`, '24', '10.0.0.1')),
  ),
);
const anyIpv6 = anyIp<Ipv6Method>(
  ['none', 'dhcp', 'autoconf', 'poly_dhcp_autoconf', 'static'],
  fc.oneof(
    fc.constant(ip<Ipv6Method>('autoconf')),
    address.map((host): IpAssignment<Ipv6Method> => ipv6Static(`2001:DB8::0${host}`, '64', '2001:db8::1')),
  ),
);

const attachmentChange = fc.record(
  {
    id: maybe(oneOf('att-red', 'att-v5', 'att-mgmt', 'nonsense')),
    network: maybe(anyNetwork),
    nic: maybe(anyNic),
    ip: fc.record({ ipv4: anyIpv4, ipv6: anyIpv6 }),
    properties: fc.constantFrom({}, { bridge_opts: 'priority=1' }, { nosuch: '' }),
    qos: maybe(
      fc.record({
        outboundAverageLinkshare: maybe(fc.integer({ min: 0, max: 200 })),
        outboundAverageUpperlimit: maybe(fc.nat()),
        outboundAverageRealtime: maybe(fc.nat()),
      }),
    ),
    nameservers: maybe(fc.array(fc.constantFrom('10.0.0.1', '2001:db8::1', 'x'), { maxLength: 4 })),
    override: fc.boolean(),
    path: fc.constant('attachment'),
  },
  { requiredKeys: ['id', 'network', 'nic', 'override', 'path'] },
) as fc.Arbitrary<AttachmentChange>;

/** Likely to be accepted: otherwise hardly any random request would be. */
const sensibleAttachment: fc.Arbitrary<AttachmentChange> = fc
  .record({
    network: oneOf(...networkNames),
    nic: oneOf(...nicNames, 'bond0', 'bond7'),
    ipv4: anyIpv4.filter((list) => list.length < 2),
    ipv6: anyIpv6.filter((list) => list.length < 2),
  })
  .map(({ network, nic, ipv4, ipv6 }) => ({
    ...{ id: null, network: { id: null, name: network }, nic: { id: null, name: nic }, override: false, path: network },
    ip: { ipv4: ipv4.length > 0 ? ipv4 : [ip<Ipv4Method>('dhcp')], ipv6 },
  }));

const bondChange = fc.record(
  {
    id: maybe(oneOf('nic-bond0', 'nic-eth0', 'nonsense')),
    name: maybe(oneOf('bond0', 'bond1', 'bond7', 'eth0', 'bad name')),
    slaves: fc.array(anyNic, { maxLength: 3 }),
    options: fc.array(
      fc.record({ name: oneOf('mode', 'miimon', 'module', 'nosuch'), value: oneOf('1', '4', '100', 'x', '') }),
      { maxLength: 3 },
    ),
    path: fc.constant('bond'),
  },
  { requiredKeys: ['id', 'name', 'path'] },
) as fc.Arbitrary<BondChange>;
const sensibleBond: fc.Arbitrary<BondChange> = fc
  .record({ name: oneOf('bond0', 'bond7'), slaves: fc.subarray(nicNames, { minLength: 2, maxLength: 3 }) })
  .map(({ name, slaves }) => ({
    id: null,
    name,
    slaves: slaves.map((slave) => ({ id: null, name: slave })),
    path: name,
  }));

const path = fc.constant('here');
function requests(
  attachments: fc.Arbitrary<AttachmentChange>,
  bonds: fc.Arbitrary<BondChange>,
): fc.Arbitrary<ChangeSet> {
  const few = <T>(items: fc.Arbitrary<T>) => fc.array(items, { maxLength: 2 });
  return fc
    .record({
      attachments: fc.array(attachments, { maxLength: 4 }),
      bonds: fc.array(bonds, { maxLength: 2 }),
      removedAttachments: few(
        fc.record({ id: maybe(oneOf('att-red', 'att-v6', 'nonsense')), network: maybe(anyNetwork), path }),
      ),
      synchronized: few(fc.record({ id: maybe(oneOf('att-red', 'att-mgmt', 'nonsense')), path })),
      removedBonds: few(
        fc.record({ id: maybe(oneOf('nic-bond0', 'nonsense')), name: maybe(oneOf('bond0', 'bond1', 'eth0')), path }),
      ),
      labels: few(fc.record({ label: oneOf(...labels, '', 'b d'), nic: maybe(anyNic), path })),
      removedLabels: few(fc.record({ label: oneOf(...labels, ''), path })),
      removedUnmanaged: few(oneOf('old', 'red', 'nonsense')),
      checkConnectivity: fc.boolean(),
      connectivityTimeout: fc.integer({ min: -1, max: 121 }),
    })
    .map((parts) => ({ ...emptyChangeSet(), ...parts }));
}

const sensible = requests(sensibleAttachment, sensibleBond).map((request) => ({
  ...request,
  ...{ connectivityTimeout: 60, synchronized: [], removedAttachments: [], removedBonds: [] },
  labels: request.labels.filter(({ label, nic }) => labels.includes(label) && nic?.id === null),
  removedLabels: [],
  removedUnmanaged: request.removedUnmanaged.filter((name) => name === 'old'),
}));

test('Completing and judging never throw, and what is accepted can be carried out', () => {
  fc.assert(
    fc.property(scenes, requests(attachmentChange, bondChange), (scene, request) => {
      const completed = complete(hostState(scene), request);
      const { violations } = validate(completed);
      for (const one of violations) assert.doesNotMatch(one.message, /\{\w+\}|undefined|\bnull\b|NaN/, one.rule);
      if (violations.length > 0) return;
      toHostConfig(completed);
      toStored(completed, { newId: () => 'new' });
    }),
    { numRuns: 500 },
  );
});

test('The completed change set of an accepted request means what the request meant', () => {
  let several = 0;
  const any = fc.oneof(
    { arbitrary: sensible, weight: 8 },
    { arbitrary: requests(sensibleAttachment, sensibleBond), weight: 2 },
  );
  fc.assert(
    fc.property(scenes, any, (scene, request) => {
      const state = hostState(scene);
      const completed = complete(state, request);
      if (validate(completed).violations.length > 0) return;
      several += 1;
      const again = complete(state, completedChangeSet(completed));
      assert.deepEqual(validate(again).violations, []);
      assert.deepEqual(completedChangeSet(again), completedChangeSet(completed));
      assert.deepEqual(toHostConfig(again), toHostConfig(completed));
      const stored = (one: Completed) => toStored(one, { newId: () => 'new' });
      assert.deepEqual(stored(again), stored(completed));
    }),
    { numRuns: 1500 },
  );
  assert.ok(several > 50, `only ${several} requests were accepted: the property says little`);
});

test('An accepted change, stored and seen as configured, is in sync and asks for nothing more', () => {
  let accepted = 0;
  fc.assert(
    fc.property(scenes, sensible, (scene, request) => {
      const before = hostState(scene);
      const completed = complete(before, request);
      if (validate(completed).violations.length > 0) return;
      accepted += 1;
      const config = toHostConfig(completed);
      let last = 0;
      const after = keep(before, toStored(completed, { newId: () => `new-${++last}` }), config);
      for (const attachment of after.attachments) assert.equal(isInSync(after, attachment), true);
      assert.deepEqual(toHostConfig(complete(after, emptyChangeSet())), config, 'the wish is what was sent');
      const ids = before.attachments
        .map((one) => one.id)
        .filter((id) => !toStored(completed, { newId: () => '' }).attachments.deleted.includes(id));
      assert.ok(
        ids.every((id) => after.attachments.some((one) => one.id === id)),
        'ids survive',
      );
      const again = complete(after, { ...request, removedUnmanaged: [] });
      assert.equal(again.nothingToDo, true, 'asked again it is done already');
    }),
    { numRuns: 1500 },
  );
  assert.ok(accepted > 50, `only ${accepted} requests were accepted: the property says little`);
});

/** The host after the change: records written as told, and the kernel exactly as configured. */
function keep(before: HostState, { nics, attachments }: StoredChange, config: HostConfig): HostState {
  const updated = <T extends { id: string }>(all: T[], change: { inserted: T[]; updated: T[]; deleted: string[] }) => [
    ...all
      .filter((one) => !change.deleted.includes(one.id))
      .map((one) => change.updated.find((other) => other.id === one.id) ?? one),
    ...change.inserted,
  ];
  const state = { ...before, nics: updated(before.nics, nics), attachments: updated(before.attachments, attachments) };
  return { ...state, observed: observeAs(state, config) };
}
