/** Kernels that lack what a network needs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyHostConfig, type HostConfig } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import { Reporter } from '../link/reporter.ts';
import { documented, type Offers } from '../observe/offers.ts';
import type { Documents } from '../persist/documents.ts';
import { bond, network, TestHost } from '../plan/host-for-tests.ts';
import { planFor } from '../plan/plan-for.ts';

const hostWith = (part: Partial<Offers>): KernelState => ({
  ...new TestHost().state,
  offers: { ...documented, ...part },
});

function reporterOf(state: KernelState): Reporter {
  const kernel: Kernel = { observe: async () => state, execute: async () => ({ ok: true }) };
  const documents = { running: async () => emptyHostConfig, committed: async () => emptyHostConfig };
  return new Reporter(kernel, documents as unknown as Documents, 1, () => false);
}

test('HT-127 a kernel that cannot shape refuses before any change, and says so before anybody asks', async () => {
  const state = hostWith({ shaping: false });
  const qos = { linkshare: 10, upperlimit: null, realtime: null };
  const planned = planFor(state, { bonds: {}, networks: { blue: network({ base: 'eth1', qos }) } });
  assert.deepEqual(planned, {
    ok: false,
    problem: { code: 'ERR_UNSUPPORTED', message: 'Network blue: the kernel of this host cannot shape traffic.' },
  });
  assert.ok(planFor(state, { bonds: {}, networks: { blue: network({ base: 'eth1' }) } }).ok);
  const { features, ...report } = await reporterOf(state).report();
  assert.deepEqual(features, { bonding: true, bridge: true, vlan: true, shaping: false });
  assert.ok(!('offers' in report), 'what was found out is no part of a report');
});

test('a kernel without bonds, bridges or VLANs refuses what is made of them', () => {
  const cases: [Partial<Offers>, HostConfig, RegExp][] = [
    [{ bond: null }, { bonds: { bond0: bond(['eth1']) }, networks: {} }, /has no bonds/],
    [{ bridge: null }, { bonds: {}, networks: { blue: network({ base: 'eth1' }) } }, /has no bridges/],
    [
      { vlan: false },
      { bonds: {}, networks: { blue: network({ base: 'eth1', vlan: 5, bridged: false }) } },
      /has no VLANs/,
    ],
  ];
  for (const [part, config, sentence] of cases) {
    const planned = planFor(hostWith(part), config);
    assert.ok(!planned.ok && planned.problem.code === 'ERR_UNSUPPORTED' && sentence.test(planned.problem.message));
    assert.ok(planFor(hostWith({}), config).ok);
  }
});

test('a kernel whose bonds have other defaults and values is held to those', () => {
  assert.ok(documented.bond !== null);
  const { fresh, values } = documented.bond;
  const other: Offers['bond'] = {
    ...documented.bond,
    fresh: { ...fresh, '1': { ...fresh['1'], resend_igmp: '5' } },
    values: { ...values, xmit_hash_policy: { names: ['layer2', 'layer3+4'] } },
  };
  const of = (options: Record<string, string>) =>
    planFor(hostWith({ bond: other }), { bonds: { bond0: bond(['eth1'], { mode: '1', ...options }) }, networks: {} });
  const made = of({});
  const [add] = made.ok ? made.value.ops.filter(({ kind }) => kind === 'link.add') : [];
  assert.deepEqual(add?.kind === 'link.add' ? add.options : null, { mode: '1', miimon: '100' });
  const refused = of({ xmit_hash_policy: 'encap2+3' });
  assert.match(refused.ok ? '' : refused.problem.message, /it takes layer2 \(0\) or layer3\+4 \(1\)\.$/);
});
