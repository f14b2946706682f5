/**
 * Transactions on a real kernel, with real guards: what is not confirmed, or goes wrong, leaves no trace. Runs on a lab
 * host, as root, and uses eth1 to eth5.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import {
  batch,
  bond,
  essence,
  eventsDuring,
  has,
  ip,
  kernel,
  link,
  network,
  quiet,
} from '../execute/real-kernel-for-tests.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import { planRestore } from '../plan/plan-for.ts';
import { bootTime } from './boot-clock.ts';
import { programs, RealHost } from './real-host-for-tests.ts';
import { staysSilent } from './testing.ts';

const nothing: HostConfig = { bonds: {}, networks: {} };
const unconfirmed = { confirmTimeout: 300 };
const one = (part: Partial<NetworkConfig>): HostConfig => ({ bonds: {}, networks: { blue: network(part) } });
const say = (...argv: [string, ...string[]]): string => {
  const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: 'utf8' });
  assert.equal(status, 0, `${argv.join(' ')}: ${stderr}`);
  return stdout;
};

describe('transactions on a real kernel', { skip: programs === null && 'runs on a lab host', timeout: 600_000 }, () => {
  let start: KernelState;
  let host: RealHost;
  before(async () => {
    await batch(...[1, 2, 3, 4, 5].map((nic) => `link set eth${nic} up`));
    start = await kernel.observe();
  });
  afterEach(async () => {
    await host?.close();
    await kernel.execute(planRestore(await kernel.observe(), start).ops);
    assert.deepEqual(essence(await kernel.observe()), essence(start), 'the next test finds a clean host');
  });

  const silent = async (): Promise<void> => {
    host = await RealHost.open(() => ({ confirm: staysSilent }));
  };
  const open = async (part?: (real: Kernel) => Partial<RealHost['parts']>): Promise<void> => {
    host = await RealHost.open(part);
  };
  const isLike = async (before: KernelState): Promise<void> =>
    assert.deepEqual(essence(await kernel.observe()), essence(before));

  test('HT-111 a new network that nobody confirms is taken back, on a nic and on a new bond', async () => {
    await silent();
    const onBond = {
      bonds: { bond0: bond(['eth1', 'eth2']) },
      networks: { blue: network({ base: 'bond0', vlan: 5 }) },
    };
    for (const config of [one({ base: 'eth1', ipv4: ip('198.51.100.5', '198.51.100.1') }), onBond]) {
      const { outcome, problem } = await host.change(config, unconfirmed);
      assert.equal(outcome, 'reverted');
      assert.equal(problem?.code, 'ERR_LOST_CONNECTION');
      await isLike(start);
      assert.deepEqual(await host.parts.documents.running(), nothing);
    }
  });

  test('HT-112 a network on a bond that is there: not confirmed, it goes and the bond stays as it was', async () => {
    await silent();
    const bonds = { bond0: bond(['eth1', 'eth2'], { mode: '1', miimon: '150' }) };
    await host.keep({ bonds, networks: {} }, { checkConnectivity: false });
    const before = await kernel.observe();
    const { outcome } = await host.change({ bonds, networks: { blue: network({ base: 'bond0' }) } }, unconfirmed);
    assert.equal(outcome, 'reverted');
    await isLike(before);
    assert.equal(link(await kernel.observe(), 'bond0').index, link(before, 'bond0').index);
  });

  test('HT-113 MTU and mode that nobody confirms are both as before', async () => {
    await silent();
    const config = (mode: string, mtu: number): HostConfig => ({
      bonds: { bond0: bond(['eth1', 'eth2'], { mode }) },
      networks: { blue: network({ base: 'bond0', mtu, ipv4: ip('198.51.100.5') }) },
    });
    await host.keep(config('1', 1500), { checkConnectivity: false });
    const before = await kernel.observe();
    assert.equal((await host.change(config('4', 2000), unconfirmed)).outcome, 'reverted');
    await isLike(before);
  });

  test('HT-114 a second request that fails leaves what the first one made', async () => {
    await open((real) => ({ kernel: refusing(real, ({ kind, name }) => kind === 'link.add' && name === 'red') }));
    const first = { blue: network({ base: 'eth1', vlan: 5, ipv4: ip('198.51.100.5') }) };
    await host.keep({ bonds: {}, networks: first });
    const before = await kernel.observe();
    const bonds = { bond0: bond(['eth2', 'eth3']) };
    const { outcome, problem } = await host.change({ bonds, networks: { ...first, red: network({ base: 'bond0' }) } });
    assert.equal(outcome, 'reverted');
    assert.equal(problem?.code, 'ERR_STEP_FAILED');
    await isLike(before);
    assert.deepEqual(await host.parts.documents.committed(), { bonds: {}, networks: first });
  });

  test('HT-115 a bad address changes nothing, and no bond is made for it', async () => {
    await open();
    const bonds = { bond0: bond(['eth1', 'eth2']) };
    const networks = { blue: network({ base: 'bond0', ipv4: ip('198.51.100.5', '203.0.113.1') }) };
    const { outcome, problem } = await host.change({ bonds, networks });
    assert.equal(outcome, 'unchanged');
    assert.equal(problem?.code, 'ERR_BAD_ADDR');
    await isLike(start);
  });

  test('HT-117 steps of the wall clock neither confirm nor end anything', async () => {
    let confirm = (): void => {};
    await open(() => ({
      confirm: (question, signal) =>
        Promise.race([
          staysSilent(question, signal),
          new Promise<boolean>((resolve) => {
            confirm = () => resolve(true);
          }),
        ]),
    }));
    const stepped = async (hours: number): Promise<void> => {
      say('date', '-s', `@${Math.round(Date.now() / 1000) + hours * 3600}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    const kept = await host.begin(one({ base: 'eth1', vlan: 5 }));
    while (host.transactions.awaiting() === null) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const hours of [1, -2, 1]) {
      await stepped(hours);
      assert.equal(host.transactions.awaiting(), kept, `after a step of ${hours} hours`);
    }
    confirm();
    assert.equal((await host.ended(kept)).outcome, 'committed');

    const lost = await host.begin(nothing, { confirmTimeout: 3000 });
    while (host.transactions.awaiting() === null) await new Promise((resolve) => setTimeout(resolve, 20));
    const begun = bootTime();
    await stepped(-1);
    assert.equal((await host.ended(lost)).outcome, 'reverted');
    const waited = bootTime() - begun;
    await stepped(1);
    assert.ok(waited > 2000 && waited < 15_000, `${waited} ms`);
    await host.keep(nothing, { checkConnectivity: false });
  });

  test('HT-128 shaping that fails after links were changed takes all of it back', async () => {
    await open((real) => ({ kernel: refusing(real, ({ kind }) => kind === 'class.set') }));
    const qos = { linkshare: 10, upperlimit: 20_000_000, realtime: null };
    const { outcome, problem } = await host.change(one({ base: 'eth1', vlan: 5, mtu: 2000, qos }));
    assert.equal(outcome, 'reverted');
    assert.match(problem?.message ?? '', /class.set/);
    await isLike(start);
    assert.doesNotMatch(say('tc', 'qdisc', 'show'), /hfsc/);
  });

  test('HT-142 a second request while one is applied or waits is refused with its id', async () => {
    let confirm = (): void => {};
    const asked = new Promise<void>((resolve) => {
      confirm = resolve;
    });
    let busyWhileApplying: unknown;
    await open((real) => ({
      confirm: async () => {
        await asked;
        return true;
      },
      kernel: {
        observe: (also) => real.observe(also),
        execute: async (ops, betweenRuns) => {
          busyWhileApplying = await other();
          return real.execute(ops, betweenRuns);
        },
      },
    }));
    const other = () =>
      host.transactions.apply({
        ...{ transaction: 'other', epoch: 1, config: nothing, nonceHash: '', checkConnectivity: true },
        ...{ confirmTimeout: 1000, commit: true },
      });
    const refusal = {
      accepted: false,
      problem: { code: 'ERR_BUSY', message: 'Transaction t1 is still running on this host.', outcome: 'unchanged' },
    };
    const first = await host.begin(one({ base: 'eth1', vlan: 5 }));
    while (host.transactions.awaiting() === null) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(busyWhileApplying, refusal);
    assert.deepEqual(await other(), refusal);
    confirm();
    assert.equal((await host.ended(first)).outcome, 'committed');
    assert.equal((await host.transactions.outcome('other')).state, 'unknown', 'it was not kept for later');
  });

  test('HT-143 a report during an apply is whole, and waits for nothing', async () => {
    await open();
    const vlans = Array.from({ length: 60 }, (_, at) => [`n${at}`, network({ base: 'eth1', vlan: 100 + at })] as const);
    const observed = async (): Promise<number> => {
      const begun = performance.now();
      const state = await kernel.observe();
      const names = new Set(state.links.map(({ name }) => name));
      for (const { master, base } of state.links) {
        for (const below of [master, base]) assert.ok(below === null || names.has(below), `${below} is missing`);
      }
      return performance.now() - begun;
    };
    const change = await host.begin({ bonds: {}, networks: Object.fromEntries(vlans) });
    const during: number[] = [];
    while (host.transactions.running() !== null) during.push(await observed());
    assert.equal((await host.ended(change)).outcome, 'committed');
    // With everything there, so that as much is read.
    const after: number[] = [];
    for (let n = 0; n < 5; n += 1) after.push(await observed());
    const most = Math.max(...during) - Math.min(...after);
    assert.ok(during.length > 3, `only ${during.length} reports`);
    assert.ok(most < 200 + 5 * Math.min(...after), `a report took ${most} ms longer during the apply`);
  });

  test('X4 shaping and bridge options are inside of what is taken back', async () => {
    await silent();
    const config = (part: Partial<NetworkConfig>): HostConfig => one({ base: 'eth1', ...part });
    await host.keep(config({ bridgeOptions: { forward_delay: '400' } }), { checkConnectivity: false });
    const before = await kernel.observe();
    const qos = { linkshare: 10, upperlimit: 20_000_000, realtime: null };
    const ethtool = [{ device: 'eth1', section: 'features' as const, values: { tso: 'off' } }];
    const more = { qos, ethtool, bridgeOptions: { forward_delay: '800', priority: '4096' } };
    assert.equal((await host.change(config(more), unconfirmed)).outcome, 'reverted');
    await isLike(before);
    assert.doesNotMatch(say('tc', 'qdisc', 'show'), /hfsc/);
    assert.match(say('ethtool', '-k', 'eth1'), /tcp-segmentation-offload: on/);
  });

  test('X6 a revert brings back what was not ours: addresses, routes, and every byte of the resolver’s file', async () => {
    await silent();
    const resolver = readFileSync('/etc/resolv.conf', 'utf8');
    writeFileSync(
      '/etc/resolv.conf',
      '# by hand\nnameserver 192.0.2.53\noptions ndots:2\n\nnameserver 192.0.2.54 # second\n',
    );
    const written = readFileSync('/etc/resolv.conf', 'utf8');
    await batch('addr add 203.0.113.5/24 dev eth1', 'addr add 2001:db8:9::5/64 dev eth1 nodad');
    await batch('route add 192.0.2.0/25 via 203.0.113.9 src 203.0.113.5 metric 7', 'link set eth1 mtu 1400');
    const before = await kernel.observe();
    const wanted = { base: 'eth1', ipv4: ip('198.51.100.5', '198.51.100.1'), defaultRoute: true };
    const config = one({ ...wanted, nameservers: ['198.51.100.53'] });
    assert.equal((await host.change(config, unconfirmed)).outcome, 'reverted');
    assert.ok(
      has(await kernel.observe(), 'eth1', '203.0.113.5') && has(await kernel.observe(), 'eth1', '2001:db8:9::5'),
    );
    await isLike(before);
    assert.equal(readFileSync('/etc/resolv.conf', 'utf8'), written);
    writeFileSync('/etc/resolv.conf', resolver);
    await batch('addr flush dev eth1 scope global', 'link set eth1 mtu 1500');
  });

  test('X20 options that are dropped go back to what the kernel has by itself', async () => {
    await open();
    const config = (bridgeOptions: Record<string, string>): HostConfig => one({ base: 'eth1', bridgeOptions });
    await host.keep(config({}));
    const usual = link(await kernel.observe(), 'blue').bridge?.options;
    await host.keep(config({ forward_delay: '400', priority: '4096', multicast_snooping: '0' }));
    assert.equal(link(await kernel.observe(), 'blue').bridge?.options['priority'], '4096');
    await host.keep(config({}));
    assert.deepEqual(link(await kernel.observe(), 'blue').bridge?.options, usual);
  });

  test('X23 a request that changes nothing bounces nothing', async () => {
    await open();
    const networks = {
      blue: network({ base: 'bond0', vlan: 5, ipv4: ip('198.51.100.5', '198.51.100.1') }),
      red: network({ base: 'eth3', bridgeOptions: { forward_delay: '400' } }),
    };
    const config = { bonds: { bond0: bond(['eth1', 'eth2']) }, networks };
    await host.keep(config);
    await quiet();
    const events = await eventsDuring(async () => {
      const { outcome, changed } = await host.change(config);
      assert.deepEqual({ outcome, changed }, { outcome: 'committed', changed: false });
    });
    assert.deepEqual(events, []);
  });

  test('X24 a gateway that answers nobody takes no change back that the engine has confirmed', async () => {
    await open();
    await host.keep(one({ base: 'eth1', vlan: 77, ipv4: ip('198.51.100.5', '198.51.100.1'), defaultRoute: false }));
    assert.ok(has(await kernel.observe(), 'blue', '198.51.100.5'));
  });

  test('another hand that undoes a part of a change that waits takes all of it back', async () => {
    await silent();
    const change = await host.begin(one({ base: 'eth1', vlan: 5, ipv4: ip('198.51.100.5') }), {
      confirmTimeout: 60_000,
    });
    while (host.transactions.awaiting() === null) await new Promise((resolve) => setTimeout(resolve, 20));
    await batch('addr del 198.51.100.5/24 dev blue');
    const { outcome, problem } = await host.ended(change);
    assert.equal(outcome, 'reverted');
    assert.match(problem?.message ?? '', /another hand undid a part of it.*198\.51\.100\.5/);
    await isLike(start);
  });

  test('another hand beside a change that waits takes nothing back', async () => {
    let confirm = (): void => {};
    const asked = new Promise<boolean>((resolve) => {
      confirm = () => resolve(true);
    });
    await open(() => ({ confirm: () => asked }));
    const change = await host.begin(one({ base: 'eth1', vlan: 5 }));
    while (host.transactions.awaiting() === null) await new Promise((resolve) => setTimeout(resolve, 20));
    await batch('link set eth4 mtu 1400', 'addr add 203.0.113.9/24 dev eth4');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    confirm();
    assert.equal((await host.ended(change)).outcome, 'committed');
    await batch('addr del 203.0.113.9/24 dev eth4', 'link set eth4 mtu 1500');
  });
});

type Op = { kind: string; name?: string };

/** A kernel that says no to one operation, after it has done all before it. */
function refusing(real: Kernel, refuses: (op: Op) => boolean): Kernel {
  return {
    observe: (also) => real.observe(also),
    async execute(ops, betweenRuns) {
      const at = ops.findIndex((op) => refuses(op as Op));
      const failed = ops[at];
      if (failed === undefined) return real.execute(ops, betweenRuns);
      const before = await real.execute(ops.slice(0, at), betweenRuns);
      return before.ok ? { ok: false, failed, message: 'Refused by the test.' } : before;
    },
  };
}
