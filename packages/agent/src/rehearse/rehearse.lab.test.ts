/** Rehearsals on a real kernel. Runs on a lab host, as root, and uses eth1 to eth4; none of it may be seen afterwards. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import { apply, batch, bond, essence, ip, kernel, network, restore } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { planFor } from '../plan/plan-for.ts';
import { rehearse } from './rehearse.ts';

const possible =
  process.getuid?.() === 0 && existsSync('/sys/class/net/eth5') && process.env['PATCHBAY_LAB'] !== undefined;

const vlans = (from: number, to: number): HostConfig['networks'] =>
  Object.fromEntries(
    Array.from({ length: to - from }, (_, at) => [`v${from + at}`, network({ base: 'bond0', vlan: from + at })]),
  );
const bonded: HostConfig = {
  bonds: { bond0: bond(['eth1', 'eth2'], { mode: '1', primary: 'eth2' }) },
  networks: {
    ...vlans(100, 120),
    blue: network({
      base: 'bond0',
      ipv4: ip('198.51.100.5', '198.51.100.1'),
      qos: { linkshare: 10, upperlimit: 1e9, realtime: null },
    }),
  },
};
const nothing: HostConfig = { bonds: {}, networks: {} };

describe('a rehearsal', { skip: possible ? false : 'runs on a lab host', timeout: 120_000 }, () => {
  let start: KernelState;
  before(async () => {
    await batch(...[1, 2, 3, 4].map((nic) => `link set eth${nic} up`));
    start = await kernel.observe();
  });
  afterEach(() => restore(start));

  /** The plan to a config, rehearsed, with proof that the host is as it was. */
  async function tryOut(config: HostConfig, more: readonly KernelOp[] = []) {
    const now = await kernel.observe();
    const plan = planFor(now, config);
    assert.ok(plan.ok, JSON.stringify(plan));
    const namespaces = namespacesInUse();
    const result = await rehearse(now, [...plan.value.ops, ...more], {});
    assert.deepEqual(essence(await kernel.observe()), essence(now));
    assert.deepEqual(namespacesInUse(), namespaces);
    return result;
  }

  test('accepts what the kernel accepts: to a bond with many networks, and from there to anything', async () => {
    assert.deepEqual(await tryOut(bonded), { verdict: 'accepted' });
    await apply(bonded);
    const onto = (base: string): HostConfig => ({ bonds: {}, networks: { blue: network({ base, vlan: 7 }) } });
    const larger: HostConfig = {
      bonds: { bond0: bond(['eth1', 'eth2', 'eth3'], { mode: '4' }) },
      networks: Object.fromEntries(
        Object.entries(bonded.networks).map(([name, one]) => [name, { ...one, mtu: 9000 }] as const),
      ),
    };
    const more = { ...bonded, networks: { ...bonded.networks, ...vlans(200, 205) } };
    for (const config of [nothing, onto('eth1'), onto('eth3'), larger, more]) {
      assert.deepEqual(await tryOut(config), { verdict: 'accepted' });
    }
  });

  test('refuses what the kernel refuses, and names the step', async () => {
    const step: KernelOp = { kind: 'bond.option', name: 'bond0', option: 'lacp_rate', value: 'fast' };
    const result = await tryOut(bonded, [step]);
    assert.ok(result.verdict === 'refused', JSON.stringify(result));
    assert.deepEqual(result.op, step);
    assert.notEqual(result.message, '');
  });

  test('sees what somebody else has put in the way', async () => {
    await batch('link add link eth1 name foreign type vlan id 7');
    const now = await kernel.observe();
    const step: KernelOp = {
      ...{ kind: 'link.add', name: 'eth1.7', type: 'vlan' },
      mac: null,
      base: 'eth1',
      vlan: 7,
      options: {},
    };
    const result = await rehearse(now, [step], {});
    await batch('link del foreign');
    assert.ok(result.verdict === 'refused', JSON.stringify(result));
    assert.match(result.message, /File exists|already exists/);
  });

  test('says that it knows nothing when there is no namespace to be had', async () => {
    const now = await kernel.observe();
    const plan = planFor(now, bonded);
    assert.ok(plan.ok);
    const result = await rehearse(now, plan.value.ops, { PATH: '/nowhere' });
    assert.equal(result.verdict, 'impossible');
  });
});

/** Network namespaces that processes are in. */
function namespacesInUse(): string[] {
  const found = readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [readlinkSync(`/proc/${pid}/ns/net`)];
    } catch {
      return [];
    }
  });
  return [...new Set(found)].sort();
}
