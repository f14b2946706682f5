/** What an engine is told of what happens on a real kernel, and how soon. Runs on a lab host, as root. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { HostConfig, HostEvent } from '@patchbay/protocol';
import { HostForTests, linkOf } from '../dhcp/host-for-tests.ts';
import { addressesOf, both, dhcp4, dhcp6, one, onSegment, rules } from '../dhcp/scene-for-tests.ts';
import { IpBatch } from '../execute/ip-batch.ts';
import { batch, bond, ip, network } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';

/** Milliseconds between two looks of the bond at the carriers of its slaves. */
const MIIMON = 100;
/** Milliseconds from a failover to the word of it. */
const SOON = 200;

const bonded: HostConfig = {
  bonds: { bond0: bond(['dyn0', 'dyn1'], { mode: '1', miimon: `${MIIMON}` }) },
  networks: { red: network({ base: 'bond0', ipv4: ip('10.9.0.5') }) },
};
const bothServe = (state: KernelState): boolean =>
  ['dyn0', 'dyn1'].every((name) => linkOf(state, name).slave?.miiUp) && linkOf(state, 'bond0').operState === 'UP';

onSegment('what an engine is told of a real kernel', ['dyn0', 'dyn1'], (scene) => {
  /** The other ends of the cables: one batch that waits, so that what is measured is not the start of a program. */
  const cables = (t: TestContext) => {
    const batch = new IpBatch([], {}, 10_000, ['ip', 'netns', 'exec', 'segment']);
    t.after(async () => {
      await batch.run(['link set port0 up', 'link set port1 up']);
      await batch.end();
    });
    return async (nic: string, way: 'up' | 'down') => {
      assert.deepEqual(await batch.run([`link set port${nic.at(-1)} ${way}`]), { ok: true });
    };
  };
  /** Of these kinds of events, what was told, in the order of its words. */
  const told = (...kinds: HostEvent['kind'][]) =>
    scene.host.parts.told
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ kind, device, before, after }) => `${kind} ${device}: ${before} > ${after}`)
      .sort();

  test('HT-189 a failover is told once, within 200 ms, with the slave before and after', async (t) => {
    const { host } = scene;
    const cable = cables(t);
    await host.apply(bonded);
    await host.settled(
      'both slaves',
      (state) => bothServe(state) && linkOf(state, 'bond0').bond?.activeSlave === 'dyn0',
    );
    await host.hush();

    const asked = performance.now();
    writeFileSync('/sys/class/net/bond0/bonding/active_slave', 'dyn1');
    const byHand = await host.tells('bond.activeSlaveChanged', 'bond0', ({ after }) => after === 'dyn1');
    const tookByHand = byHand.at - asked;
    assert.ok(tookByHand <= SOON, `by hand: ${tookByHand} ms`);

    await host.settled('rest', bothServe);
    const cut = performance.now();
    await cable('dyn1', 'down');
    const byCable = await host.tells('bond.activeSlaveChanged', 'bond0', ({ after }) => after === 'dyn0');
    const tookByCable = byCable.at - cut;
    assert.ok(tookByCable <= MIIMON + SOON, `by a cable: ${tookByCable} ms`);
    await cable('dyn1', 'up');
    await host.tells('bond.slaveState', 'dyn1', ({ after }) => after === 'up');
    assert.deepEqual(told('bond.activeSlaveChanged'), [
      'bond.activeSlaveChanged bond0: dyn0 > dyn1',
      'bond.activeSlaveChanged bond0: dyn1 > dyn0',
    ]);
    t.diagnostic(`by hand after ${Math.round(tookByHand)} ms, by a cable after ${Math.round(tookByCable)} ms`);
  });

  test('HT-190 the carrier of one slave, then of all, is lost and comes back, and so does the bond’s', async (t) => {
    const { host } = scene;
    const cable = cables(t);
    const kinds = ['link.carrier', 'bond.slaveState', 'bond.activeSlaveChanged'] as const;
    const stage = async (what: string, is: (state: KernelState) => boolean, ...events: string[]) => {
      const state = await host.settled(what, is);
      await host.caughtUp();
      assert.deepEqual(told(...kinds), events, what);
      await host.hush();
      return linkOf(state, 'bond0');
    };
    const down = (state: KernelState, name: string) =>
      !linkOf(state, name).carrier && linkOf(state, name).operState !== 'UP';
    const lost = (nic: string) => [`bond.slaveState ${nic}: up > down`, `link.carrier ${nic}: up > down`];
    await host.apply(bonded);
    await host.settled(
      'both slaves',
      (state) => bothServe(state) && linkOf(state, 'bond0').bond?.activeSlave === 'dyn0',
    );
    await host.hush();

    await cable('dyn0', 'down');
    const one = await stage(
      'one slave left',
      (state) => down(state, 'dyn0') && linkOf(state, 'bond0').bond?.activeSlave === 'dyn1',
      ...['bond.activeSlaveChanged bond0: dyn0 > dyn1', ...lost('dyn0')],
    );
    assert.ok(one.carrier);

    await cable('dyn1', 'down');
    const none = await stage(
      'no slave left',
      (state) => down(state, 'dyn1') && down(state, 'bond0'),
      ...['bond.activeSlaveChanged bond0: dyn1 > null', 'bond.slaveState dyn1: up > down'],
      ...['link.carrier bond0: up > down', 'link.carrier dyn1: up > down'],
    );
    assert.deepEqual([none.carrier, none.bond?.activeSlave], [false, null]);

    await cable('dyn0', 'up');
    const again = await stage(
      'a slave again',
      (state) => linkOf(state, 'dyn0').slave?.miiUp === true && linkOf(state, 'bond0').operState === 'UP',
      ...['bond.activeSlaveChanged bond0: null > dyn0', 'bond.slaveState dyn0: down > up'],
      ...['link.carrier bond0: down > up', 'link.carrier dyn0: down > up'],
    );
    assert.equal(again.bond?.activeSlave, 'dyn0');
  });

  test('HT-192 an address that a server gave is told, and has its rules, in both families', async () => {
    const { host, segment } = scene;
    await host.apply(one({ ...dhcp4, ...dhcp6 }));
    await host.hush();
    assert.deepEqual(rules(await host.kernel.observe()), []);
    await segment.serve({ v4: true, v6: 'dhcp' });
    await host.tells('address.acquired', 'red', ({ after }) => /^10\.9\.0\./.test(after ?? ''));
    await host.tells('address.acquired', 'red', ({ after }) => /^2001:db8::1/.test(after ?? ''));
    const state = await host.bound('red', 4, 6);
    await host.caughtUp();
    assert.deepEqual(told('address.acquired', 'address.changed', 'address.lost'), [
      `address.acquired red: null > ${addressesOf(state, 'red', 4)[0]}`,
      `address.acquired red: null > ${addressesOf(state, 'red', 6)[0]}`,
    ]);
    assert.deepEqual(told('dhcp.state'), Array(2).fill('dhcp.state red: acquiring > bound'));
    assert.deepEqual(rules(state), both('10.9.0.0/24', '2001:db8::/64'));
  });

  test('HT-193 an agent that starts again while a network waits for its server gives it its rules, when it comes', async () => {
    await scene.host.apply(one({ ...dhcp4, ...dhcp6 }));
    scene.host.stop();
    scene.host = await HostForTests.start(scene.host);
    await scene.host.hush();
    await scene.segment.serve({ v4: true, v6: 'dhcp' });
    await scene.host.tells('address.acquired', 'red');
    assert.deepEqual(rules(await scene.host.bound('red', 4, 6)), both('10.9.0.0/24', '2001:db8::/64'));
  });

  test('HT-193 an agent that starts again gives rules to what came while there was none', async () => {
    await scene.host.apply(one({ ...dhcp4 }));
    scene.host.stop();
    const server = await scene.segment.serve({ v4: true });
    await server.says('DHCPACK');
    scene.host = await HostForTests.start(scene.host);
    assert.deepEqual(rules(await scene.host.bound('red', 4)), both('10.9.0.0/24'));
  });

  test('HT-191 what another hand does is listed with both values, and repaired where that is allowed', async () => {
    const { host } = scene;
    await host.apply(one({ ipv4: ip('10.9.0.5', '10.9.0.1') }));
    await host.hush();
    assert.deepEqual(await host.differences(), []);
    await batch('rule del from 10.9.0.0/24 priority 3200', 'link set dyn0 nomaster', 'link set dyn0 mtu 1400');
    await host.tells('foreign.change', 'dyn0', ({ before }) => before?.includes('mtu 1500') === true);
    const { table } = (await host.kernel.observe()).rules.find(({ to }) => to === '10.9.0.0/24') ?? {};
    const ofDyn0 = ['dyn0 master: null, not red', 'dyn0 mtu: 1400, not 1500'];
    const rule = `red rule: null, not from 10.9.0.0/24 lookup ${table}`;
    assert.deepEqual(await host.differences(), [...ofDyn0, rule]);

    host.parts.drift.allow(['rules']);
    await host.tells('drift.repaired', 'red');
    assert.deepEqual(await host.differences(), ofDyn0, 'what is not allowed is left');
    assert.deepEqual(rules(await host.kernel.observe()), both('10.9.0.0/24'));

    host.parts.drift.allow(['rules', 'ports', 'mtu']);
    const state = await host.settled('everything repaired');
    assert.deepEqual([linkOf(state, 'dyn0').master, linkOf(state, 'dyn0').mtu], ['red', 1500]);
    await host.caughtUp();
    assert.deepEqual(await host.differences(), []);
  });

  test('HT-195 a nic that is unplugged is missing, and has its VLAN device and bridge again when it is back', async () => {
    const { host, segment } = scene;
    await host.apply(one({ vlan: 10, ipv4: ip('10.9.10.5') }));
    await host.hush();
    host.parts.drift.allow(['ports', 'sysctls', 'mtu']);
    await batch('link del dev dyn0');
    await host.tells('device.missing', 'dyn0');
    const { drift } = await host.parts.reporter.report();
    assert.deepEqual([drift?.state, drift?.missing], ['missing-device', ['dyn0']]);
    await segment.plug('dyn0');
    await host.tells('device.back', 'dyn0');
    const state = await host.settled('the network');
    assert.deepEqual([linkOf(state, 'dyn0.10').master, linkOf(state, 'dyn0.10').base], ['red', 'dyn0']);
    assert.ok(linkOf(state, 'red').carrier);
  });
});
