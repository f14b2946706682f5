import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinkReport } from '@patchbay/protocol';
import { keptOps } from '../dhcp/following.ts';
import { driftOf } from '../drift/differences.ts';
import { network, TestHost, words } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';

const LEASED = '2001:db8::1ec';
const here = { device: 'eth1', family: 6, address: LEASED, prefix: 64 } as const;
const at = (base: string) => ({
  bonds: {},
  networks: { red: network({ base, bridged: false, ipv6: { method: 'dhcp' } as const }) },
});

/** A host whose lease has just come into the kernel, which is still asking others about it. */
function asking(): TestHost {
  const host = new TestHost();
  host.apply(at('eth1'));
  host.lease('eth1', `${LEASED}/128`);
  host.run(host.plan(at('eth1')).ops);
  show(host, { tentative: true });
  return host;
}

function show(host: TestHost, part: Partial<LinkReport['addresses'][number]>): void {
  const link = host.link('eth1');
  link.addresses = link.addresses.map((one) => (one.address === LEASED ? { ...one, ...part } : one));
}

const additions = (host: TestHost, base: string) =>
  host.plan(at(base)).ops.filter((op) => op.kind === 'addr.add' && op.address === LEASED);

describe('HT-166 an IPv6 address is somebody else’s until nobody has answered for it', () => {
  test('while the kernel asks, nothing is said about it', () => {
    const host = asking();
    const held = host.link('eth1').addresses.find(({ address }) => address === LEASED);
    assert.deepEqual([held?.validFor, held?.origin], [null, 'dhcp']);
    assert.deepEqual(words(host.plan(at('eth1')).ops), []);
  });

  test('when it has asked, the lease’s end is set', () => {
    const host = asking();
    show(host, { tentative: false });
    assert.deepEqual(additions(host, 'eth1'), [
      { kind: 'addr.add', device: 'eth1', family: 6, address: LEASED, prefix: 128, nodad: true, validFor: 120 },
    ]);
  });

  test('one that another machine answered for is not taken all the same', () => {
    const host = asking();
    show(host, { dadFailed: true });
    assert.deepEqual(additions(host, 'eth1'), []);
  });

  test('one whose lease is over before that goes again, and is no other hand’s', () => {
    const host = asking();
    host.lease('eth1', null);
    host.lease('eth1', '2001:db8::1ed/128');
    assert.equal(driftOf(host.state, at('eth1')).state, 'in-sync');
    const { ops } = host.plan(at('eth1'));
    assert.deepEqual(words(keptOps(host.state, at('eth1'), ops)), words(ops));
    assert.ok(words(ops).includes(`addr.del eth1 address=${LEASED}`));
  });

  test('one that is no lease of ours comes back with its end, when a change is taken back', () => {
    const host = new TestHost();
    host.run([{ kind: 'sysctl.set', key: 'net/ipv6/conf/eth1/disable_ipv6', value: '0' }]);
    host.run([{ kind: 'addr.add', ...here, nodad: true, validFor: 86_400 }]);
    const before = host.state;
    host.run([{ kind: 'addr.del', ...here }]);
    assert.deepEqual(
      planRestore(host.state, before).ops.filter(({ kind }) => kind === 'addr.add'),
      [{ kind: 'addr.add', ...here, nodad: false, validFor: 86_400 }],
    );
  });

  test('moved to another device, it is asked about unless it had been', () => {
    for (const tentative of [true, false]) {
      const host = asking();
      show(host, { tentative });
      const moved = host.plan({
        bonds: {},
        networks: { red: network({ base: 'eth1', ipv6: { method: 'dhcp' } as const }) },
      }).ops;
      const added = moved.filter((op) => op.kind === 'addr.add' && op.address === LEASED);
      assert.deepEqual(
        added.map((op) => op.kind === 'addr.add' && [op.device, op.nodad, op.validFor, op.preferredFor]),
        [tentative ? ['red', false, null, 120] : ['red', true, 120, undefined]],
      );
    }
  });
});
