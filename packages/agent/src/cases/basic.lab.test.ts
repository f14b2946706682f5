/** Basic networks (HT-001 to HT-022), and what a request without change does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { emptyHostConfig } from '@patchbay/protocol';
import { bond, ip } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { config, kernelCase, kernelCases } from './kit/case.ts';
import { macOf } from './kit/host.ts';
import { addressesOf, carrierLosses, exists, link, linkEvents, portsOf, sysfs } from './kit/look.ts';

const blue = config({ blue: { base: 'nic1' } });
const TAP = [
  'link add name tap0 address 02:00:00:00:20:01 type veth peer name tap1',
  'link set dev tap0 up',
  'link set dev tap1 up',
];

/** A state without one of its links. */
const without =
  (name: string) =>
  (start: KernelState): KernelState => ({ ...start, links: start.links.filter((one) => one.name !== name) });

kernelCases('basic networks', () => {
  kernelCase('HT-001 a bridged network is a bridge whose only port is the nic', async (host) => {
    const { state } = await host.reach(blue);
    assert.deepEqual(portsOf(state, 'blue'), ['nic1']);
    for (const name of ['blue', 'nic1']) {
      const one = link(state, name);
      assert.ok(one.adminUp && one.carrier && one.ipv6Disabled, name);
      assert.deepEqual(one.addresses, [], name);
    }
    assert.equal(link(state, 'blue').bridge?.stp, false);
    assert.equal(link(state, 'blue').alias, 'patchbay:bridge:blue', 'it carries the mark of its owner');
  });

  kernelCase('HT-002 a network without a bridge is the nic itself', async (host) => {
    const { state } = await host.reach(config({ blue: { base: 'nic1', bridged: false, ipv4: ip('198.51.100.5') } }));
    assert.deepEqual(
      state.links.map(({ name }) => name),
      host.start.links.map(({ name }) => name),
    );
    assert.deepEqual([link(state, 'nic1').adminUp, addressesOf(state, 'nic1')], [true, ['198.51.100.5/24']]);
  });

  kernelCase('HT-003 a bridged network goes, and the nic is up and free', async (host) => {
    await host.reach(config({ blue: { base: 'nic1', mtu: 2000, ipv4: ip('198.51.100.5') } }));
    const { state } = await host.reach(emptyHostConfig);
    assert.ok(!exists(state, 'blue'));
    const { master, adminUp, mtu, alias } = link(state, 'nic1');
    assert.deepEqual([master, adminUp, mtu, alias], [null, true, 1500, null]);
    assert.deepEqual(addressesOf(state, 'nic1'), []);
  });

  kernelCase('HT-004 the same request twice makes no event', async (host) => {
    await host.reach(blue);
    assert.deepEqual((await host.reach(structuredClone(blue))).events, []);
  });

  kernelCase('HT-005 a network gets a bridge: the MAC stays, the address moves', async (host) => {
    const of = (bridged: boolean) =>
      config({ blue: { base: 'nic1', bridged, ipv4: ip('198.51.100.5', '198.51.100.1') } });
    await host.reach(of(false));
    const { state } = await host.reach(of(true));
    assert.deepEqual([link(state, 'blue').mac, portsOf(state, 'blue')], [macOf('nic1'), ['nic1']]);
    assert.deepEqual([addressesOf(state, 'blue'), addressesOf(state, 'nic1')], [['198.51.100.5/24'], []]);
  });

  kernelCase('HT-006 a network loses its bridge: the address moves back', async (host) => {
    const of = (bridged: boolean) =>
      config({ blue: { base: 'nic1', bridged, ipv4: ip('198.51.100.5', '198.51.100.1') } });
    await host.reach(of(true));
    const { state } = await host.reach(of(false));
    assert.ok(!exists(state, 'blue'));
    assert.deepEqual([link(state, 'nic1').master, addressesOf(state, 'nic1')], [null, ['198.51.100.5/24']]);
    const routes = state.routes.filter(({ protocol }) => protocol === '199');
    assert.deepEqual([...new Set(routes.map(({ device }) => device))], ['nic1']);
  });

  kernelCase('HT-007 a bridge without a port is up, and is not said to carry anything', async (host) => {
    const { state } = await host.reach(config({ blue: {} }));
    const { adminUp, operState } = link(state, 'blue');
    assert.deepEqual([adminUp, portsOf(state, 'blue')], [true, []]);
    // Newer kernels say that it is down, and 6.1 of one that never had a port that it does not know.
    assert.ok(operState === 'DOWN' || operState === 'UNKNOWN', operState);
  });

  kernelCase('HT-008 a bridge without a port gets one and stays the same bridge', async (host) => {
    const { state: before } = await host.reach(config({ blue: {} }));
    const { state } = await host.reach(blue);
    assert.equal(link(state, 'blue').index, link(before, 'blue').index);
    assert.deepEqual(portsOf(state, 'blue'), ['nic1']);
  });

  kernelCase('HT-009 another nic under the same bridge leaves the old one clean', async (host) => {
    const { state: before } = await host.reach(blue);
    const { state } = await host.reach(config({ blue: { base: 'nic2' } }));
    assert.equal(link(state, 'blue').index, link(before, 'blue').index);
    assert.deepEqual(portsOf(state, 'blue'), ['nic2']);
    const { master, alias, ipv6Disabled, mtu } = link(state, 'nic1');
    assert.deepEqual([master, alias, ipv6Disabled, mtu], [null, null, false, 1500]);
  });

  kernelCase('HT-010 a foreign port stays plugged in, with carrier, while the nic is exchanged', async (host) => {
    await host.foreign(TAP, ['link del dev tap0']);
    await host.reach(blue);
    await host.ip('link set dev tap0 master blue');
    await host.settled();
    const before = [carrierLosses('blue'), carrierLosses('tap0')];
    const { state, events } = await host.reach(config({ blue: { base: 'nic2' } }));
    assert.deepEqual(portsOf(state, 'blue'), ['nic2', 'tap0']);
    assert.deepEqual([carrierLosses('blue'), carrierLosses('tap0')], before);
    assert.deepEqual(linkEvents(events, 'tap0'), []);
    await host.ip('link set dev tap0 nomaster');
  });

  kernelCase('HT-011 a foreign bridge of that name is taken over', async (host) => {
    await host.foreign(['link add name blue type bridge', 'link set dev blue up'], []);
    host.forgo('the bridge of a network goes with the network', without('blue'));
    const { state } = await host.reach(blue);
    assert.equal(link(state, 'blue').index, link(host.start, 'blue').index);
    assert.deepEqual([portsOf(state, 'blue'), link(state, 'blue').alias], [['nic1'], 'patchbay:bridge:blue']);
  });

  kernelCase('HT-012 a port that vanished is replaced by another nic', async (host) => {
    await host.foreign(['link add name nicx type veth peer name farx netns far', 'link set dev nicx up'], []);
    host.forgo('somebody pulled it out', without('nicx'));
    await host.reach(config({ blue: { base: 'nicx' } }));
    await host.ip('link del dev nicx');
    assert.deepEqual(portsOf(await host.observe(), 'blue'), []);
    const { state } = await host.reach(config({ blue: { base: 'nic2' } }));
    assert.deepEqual(portsOf(state, 'blue'), ['nic2']);
  });

  kernelCase('HT-013 a bridge that vanished is made again', async (host) => {
    await host.reach(blue);
    await host.ip('link del dev blue');
    assert.ok(!exists(await host.observe(), 'blue'));
    const { state } = await host.reach(blue);
    assert.deepEqual(portsOf(state, 'blue'), ['nic1']);
  });

  kernelCase('HT-014 a network whose bridge vanished is removed', async (host) => {
    await host.reach(blue);
    await host.ip('link del dev blue');
    const { state } = await host.reach(emptyHostConfig);
    assert.equal(link(state, 'nic1').alias, null);
  });

  kernelCase('HT-015 two networks on two nics in one request', async (host) => {
    const { state } = await host.reach(config({ blue: { base: 'nic1' }, red: { base: 'nic2' } }));
    assert.deepEqual([portsOf(state, 'blue'), portsOf(state, 'red')], [['nic1'], ['nic2']]);
  });

  kernelCase('HT-016 foreign addresses of a nic go when a bridge takes it', async (host) => {
    await host.foreign(['addr add 203.0.113.7/24 dev nic1', 'addr add 2001:db8:7::7/64 dev nic1'], []);
    host.forgo('addresses below a bridge are deaf', withoutAddresses('nic1'));
    const { state } = await host.reach(blue);
    for (const name of ['nic1', 'blue']) {
      assert.deepEqual([link(state, name).addresses, link(state, name).ipv6Disabled], [[], true], name);
    }
  });

  kernelCase('HT-017 a foreign address that is asked for is never away', async (host) => {
    await host.foreign(['addr add 203.0.113.7/24 dev nic1'], []);
    host.forgo('the network takes it along', withoutAddresses('nic1'));
    let missing = 0;
    let seen = 0;
    const probe = setInterval(() => {
      seen += 1;
      // Where the kernel looks up which addresses are its own.
      if (!readFileSync('/proc/net/fib_trie', 'latin1').includes('|-- 203.0.113.7\n')) missing += 1;
    }, 10);
    const { state, events } = await host.reach(config({ blue: { base: 'nic1', ipv4: ip('203.0.113.7') } }));
    clearInterval(probe);
    assert.deepEqual([addressesOf(state, 'blue'), addressesOf(state, 'nic1')], [['203.0.113.7/24'], []]);
    assert.ok(seen > 5, String(seen));
    assert.equal(missing, 0);
    const moves = events
      .filter(({ kind }) => kind === 'address')
      .map(({ device, text }) => `${text.slice(0, 7)} ${device}`);
    assert.ok(
      moves.findIndex((one) => one.endsWith('blue')) < moves.findIndex((one) => one.startsWith('Deleted')),
      `it comes before it goes: ${moves.join('; ')}`,
    );
  });

  kernelCase('HT-018 a nic that was down comes up', async (host) => {
    await host.foreign(['link set dev nic1 down'], ['link set dev nic1 up']);
    host.forgo('a freed nic stays up, so that its neighbour is heard', (start) => ({
      ...start,
      links: start.links.map((one) => (one.name === 'nic1' ? { ...one, adminUp: true } : one)),
    }));
    const { state } = await host.reach(blue);
    assert.ok(link(state, 'nic1').adminUp && link(state, 'nic1').carrier);
  });

  kernelCase('HT-019 a nic without carrier takes a network, and says that it has none', async (host) => {
    await host.far('link set dev far1 down');
    host.afterwards(() => host.far('link set dev far1 up'));
    const { state } = await host.reach(blue);
    assert.deepEqual([link(state, 'nic1').adminUp, link(state, 'nic1').carrier], [true, false]);
    assert.equal(link(state, 'nic1').operState, 'LOWERLAYERDOWN');
  });

  kernelCase('HT-020 spanning tree listens before it forwards, and the plan counts on it', async (host) => {
    await host.foreign(['addr add 203.0.113.7/24 dev nic1'], []);
    host.forgo('the network takes it along', withoutAddresses('nic1'));
    host.managedBy('203.0.113.7');
    const wanted = config({
      blue: { base: 'nic1', stp: true, bridgeOptions: { forward_delay: '200' }, ipv4: ip('203.0.113.7') },
    });
    const { expectedOutage, risks } = await host.planned(wanted);
    assert.ok(expectedOutage >= 2 * 2000, String(expectedOutage));
    assert.ok(risks.some((risk) => /blue runs spanning tree/.test(risk)));
    const states = new Set<string>();
    const probe = setInterval(() => states.add(portState('nic1')), 20);
    await host.reach(wanted);
    clearInterval(probe);
    assert.deepEqual(
      [...states].filter((one) => ['1', '2', '3'].includes(one)),
      ['1', '2', '3'],
    );
    assert.deepEqual([sysfs('blue', 'bridge/stp_state'), sysfs('nic1', 'brport/state')], ['1', '3']);
  });

  kernelCase('HT-021 without spanning tree a port forwards at once', async (host) => {
    const of = (stp: boolean) => config({ blue: { base: 'nic1', stp, bridgeOptions: { forward_delay: '300' } } });
    await host.reach(of(true));
    await host.far('link set dev far1 down', 'link set dev far1 up');
    await until(() => ['1', '2'].includes(portState('nic1')));
    await host.reach(of(false));
    assert.deepEqual([sysfs('blue', 'bridge/stp_state'), sysfs('nic1', 'brport/state')], ['0', '3']);
  });

  kernelCase('HT-022 a bridge with a foreign port is not removed', async (host) => {
    await host.foreign(TAP, ['link del dev tap0']);
    await host.reach(blue);
    await host.ip('link set dev tap0 master blue');
    await host.settled();
    const problem = await host.refused(emptyHostConfig);
    assert.deepEqual(
      [problem.code, problem.message],
      ['ERR_BAD_BRIDGE', 'Bridge blue cannot be removed: tap0 is still plugged into it.'],
    );
    await host.ip('link set dev tap0 nomaster');
  });

  kernelCase('X23 a request without change bounces nothing, whatever stands there', async (host) => {
    const whole = config(
      {
        blue: { base: 'bond0', ipv4: ip('198.51.100.5', '198.51.100.1'), mtu: 1400 },
        red: { base: 'bond0', vlan: 5, bridged: false, mtu: 2000, ipv4: ip('203.0.113.5', '203.0.113.1') },
        green: { base: 'nic3', vlan: 0, bridgeOptions: { multicast_snooping: '0' } },
        grey: { base: 'nic3', bridged: false, qos: { linkshare: 10, upperlimit: 1_000_000, realtime: null } },
      },
      { bond0: bond(['nic1', 'nic2'], { mode: '1', primary: 'nic2', miimon: '50' }) },
    );
    await host.reach(whole);
    assert.deepEqual(await host.plan(whole), []);
    const losses = ['nic1', 'nic2', 'nic3', 'bond0', 'blue'].map(carrierLosses);
    assert.deepEqual((await host.reach(whole)).events, []);
    assert.deepEqual(['nic1', 'nic2', 'nic3', 'bond0', 'blue'].map(carrierLosses), losses);
  });
});

/** A state without the addresses that somebody had set on a device, and their routes. */
function withoutAddresses(name: string) {
  return (start: KernelState): KernelState => ({
    ...start,
    links: start.links.map((one) =>
      one.name === name ? { ...one, addresses: one.addresses.filter(({ origin }) => origin === 'kernel') } : one,
    ),
    routes: start.routes.filter(({ device }) => device !== name),
  });
}

/** 1 listens, 2 learns, 3 forwards; nothing when it is no port. */
function portState(nic: string): string {
  try {
    return sysfs(nic, 'brport/state');
  } catch {
    return '';
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); ) {
    assert.ok(Date.now() < end, 'It never came to that.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
