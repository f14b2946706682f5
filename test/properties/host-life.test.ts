/** What must hold for every host and every life that valid changes can give it, down to the kernel. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AttachmentChange,
  type BondChange,
  type ChangeSet,
  emptyChangeSet,
  type HostState,
  type IpAssignment,
  type Ipv4Method,
  type Ipv6Method,
} from '@patchbay/model';
import { ip, ipv4Static, ipv6Static, options } from '@patchbay/model/testing';
import fc from 'fast-check';
import { HostLife, networkNames, nicNames } from './host-life.ts';

const RUNS = Number(process.env['PATCHBAY_PROPERTY_RUNS'] ?? 40);
const movable = networkNames.filter((name) => name !== 'mgmt');
const devices = [...nicNames.slice(1), 'bond0', 'bond1'];

/** A request knows what there is when its turn comes, as whoever sends one does; otherwise hardly any would be accepted. */
type Request = (state: HostState) => Partial<ChangeSet>;

const address = fc.nat({ max: 6 });
const ipv4: fc.Arbitrary<IpAssignment<Ipv4Method>> = fc.oneof(
  fc.constant(ip<Ipv4Method>('none')),
  fc.constant(ip<Ipv4Method>('dhcp')),
  fc
    .tuple(address, fc.boolean())
    .map(([n, gateway]): IpAssignment<Ipv4Method> => ipv4Static(`10.${n}.0.5`, '24', gateway ? `10.${n}.0.1` : null)),
);
const ipv6: fc.Arbitrary<IpAssignment<Ipv6Method>> = fc.oneof(
  fc.constant(ip<Ipv6Method>('none')),
  fc.constant(ip<Ipv6Method>('autoconf')),
  address.map((n): IpAssignment<Ipv6Method> => ipv6Static(`fd00:${n}::5`)),
);
const attach = fc.record({ network: fc.constantFrom(...movable), nic: fc.constantFrom(...devices), ipv4, ipv6 }).map(
  ({ network, nic, ...families }): AttachmentChange => ({
    ...{ id: null, network: { id: null, name: network }, nic: { id: null, name: nic }, override: false, path: network },
    ip: { ipv4: [families.ipv4], ipv6: [families.ipv6] },
  }),
);
const bondChange = fc
  .record({
    name: fc.constantFrom('bond0', 'bond1'),
    slaves: fc.subarray(nicNames.slice(1), { minLength: 2, maxLength: 3 }),
    mode: fc.constantFrom('mode=1', 'mode=4 miimon=200', 'mode=2 xmit_hash_policy=1'),
  })
  .map(
    ({ name, slaves, mode }): BondChange => ({
      ...{ id: null, name, path: name, options: options(mode) },
      slaves: slaves.map((slave) => ({ id: null, name: slave })),
    }),
  );

const some = <T>(items: fc.Arbitrary<T>, maxLength: number) => fc.array(items, { minLength: 1, maxLength });
const request: fc.Arbitrary<Request> = fc.oneof(
  some(attach, 3).map((attachments) => () => ({ attachments })),
  fc.tuple(bondChange, some(attach, 3), fc.nat()).map(([bond, attachments, seed]) => (state: HostState) => ({
    bonds: [bond],
    // What sits on a future slave moves onto the bond or leaves.
    attachments: [...attachments, ...movedTo(state, bond)].slice(seed % 2),
  })),
  fc.constantFrom('bond0', 'bond1').map((name) => (state: HostState) => ({
    removedBonds: [{ id: null, name, path: name }],
    removedAttachments: on(state, name).map(({ id }) => ({ id, network: null, path: id })),
  })),
  fc.constantFrom(...movable).map((name) => () => ({
    removedAttachments: [{ id: null, network: { id: null, name }, path: name }],
  })),
  fc.constantFrom(...devices).map((nic) => () => ({
    labels: [{ label: 'lab', nic: { id: null, name: nic }, path: 'lab' }],
  })),
  fc.constant(() => ({ removedLabels: [{ label: 'lab', path: 'lab' }] })),
  fc.constantFrom(...devices).map((nic) => (state: HostState) => ({
    attachments: state.attachments
      .filter((one) => one.networkId === 'net-mgmt')
      .map(({ id }) => ({ id, network: null, nic: { id: null, name: nic }, override: false, path: 'mgmt' })),
  })),
);

function on(state: HostState, nic: string) {
  const id = state.nics.find((one) => one.name === nic)?.id;
  return state.attachments.filter((one) => one.nicId === id);
}

function movedTo(state: HostState, { name, slaves }: BondChange): AttachmentChange[] {
  return (slaves ?? []).flatMap((slave) =>
    on(state, slave.name ?? '').map(({ id }) => ({
      ...{ id, network: null, nic: { id: null, name }, override: false, path: id },
    })),
  );
}

test('every accepted change is in sync at once, done as shown, undone by a revert and done again by the next', async (t) => {
  let accepted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 4, maxLength: 12 }), async (requests) => {
      const life = await HostLife.installed();
      for (const ask of requests) {
        const before = await life.moment();
        const violations = await life.change({ ...emptyChangeSet(), ...ask(life.state) });
        if (violations.length > 0) {
          refused += 1;
          assert.deepEqual(await life.moment(), before, 'a refused change leaves everything');
          continue;
        }
        accepted += 1;
        const after = await life.moment();
        await life.revertTo(before);
        const back = await life.moment();
        assert.deepEqual({ ...back, ids: null }, { ...before, ids: null }, 'undone');
        for (const [network, id] of after.ids) {
          if (before.ids.has(network)) assert.equal(back.ids.get(network), id, `${network} keeps its id`);
        }
        await life.revertTo(after);
        assert.deepEqual({ ...(await life.moment()), ids: null }, { ...after, ids: null }, 'done again');
      }
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  );
  t.diagnostic(`${accepted} accepted, ${refused} refused`);
  assert.ok(accepted > RUNS, `only ${accepted} requests were accepted: the property says little`);
});
