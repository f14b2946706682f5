import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig, KernelOp, RouteReport } from '@patchbay/protocol';
import { bond, ip4, network, TestHost } from './host-for-tests.ts';
import { planRestore } from './plan-for.ts';
import { touchedPart } from './touched-part.ts';

type AddAddress = Extract<KernelOp, { kind: 'addr.add' }>;
type ReplaceRoute = Extract<KernelOp, { kind: 'route.replace' }>;

const address = (device: string, address: string, prefix: number): AddAddress => ({
  ...{ kind: 'addr.add', device, address, prefix, family: address.includes(':') ? 6 : 4, nodad: true, validFor: null },
});
const route = (device: string, destination: string, part: Partial<ReplaceRoute> = {}): ReplaceRoute => ({
  ...{ kind: 'route.replace', family: 4, table: 254, destination, gateway: null, device, metric: null },
  protocol: 'bird',
  ...part,
});
const leaving = ({ kind: _, nodad: _nodad, validFor: _validFor, ...key }: AddAddress): KernelOp => ({
  kind: 'addr.del',
  ...key,
});

/** Beside eth0 with the way to the engine: bridge pub with port eth1, and eth3 with a VLAN, all of another hand and in use. */
function sharedHost(): TestHost {
  const host = TestHost.managed();
  host.run([
    { kind: 'link.add', type: 'bridge', name: 'pub', base: null, vlan: null, mac: null, options: {} },
    { kind: 'link.set', name: 'pub', group: 0, up: true },
    { kind: 'link.set', name: 'eth1', master: 'pub' },
    address('pub', '10.9.0.2', 24),
    address('pub', '10.9.0.101', 32),
    route('pub', '10.20.0.0/16', { gateway: '10.9.0.1' }),
    { kind: 'link.add', type: 'vlan', name: 'eth3.7', base: 'eth3', vlan: 7, mac: null, options: {} },
    { kind: 'link.set', name: 'eth3.7', group: 0, up: true },
    address('eth3.7', '10.7.0.2', 24),
    address('eth3.7', '2001:db8:7::2', 64),
    route('eth3.7', '10.30.0.0/16'),
  ]);
  return host;
}

/** What pub holds, and the routes over it. */
function held(host: TestHost): object {
  return {
    addresses: host.link('pub').addresses.map(({ address }) => address),
    routes: host.world.routes.filter(({ device }) => device === 'pub'),
  };
}

/** A failover brings one address and takes another one; the daemon withdraws its route. */
function failOver(host: TestHost): void {
  const { kind: _, protocol: _protocol, ...learnt } = route('pub', '10.20.0.0/16', { gateway: '10.9.0.1' });
  host.run([
    address('pub', '10.9.0.100', 32),
    leaving(address('pub', '10.9.0.101', 32)),
    { kind: 'route.del', ...learnt },
    route('pub', '10.40.0.0/16', { gateway: '10.9.0.1' }),
  ]);
}

const blue: HostConfig = { bonds: {}, networks: { blue: network({ base: 'eth3', ipv4: ip4('10.8.0.2') }) } };

describe('a revert', () => {
  test('leaves what other programs did meanwhile where the change cannot have reached', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const { ops } = host.apply(blue);
    failOver(host);
    const before = held(host);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(held(host), before);
    assert.deepEqual(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops, []);
    assert.equal(host.world.get('blue'), undefined);
  });

  test('leaves devices as other hands have set them meanwhile where the change cannot have reached', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const { ops } = host.apply(blue);
    host.run([
      { kind: 'link.set', name: 'eth4', up: false },
      { kind: 'link.set', name: 'eth5', mtu: 9000, alias: 'to rack 4', master: 'pub' },
      { kind: 'sysctl.set', key: 'net/ipv6/conf/eth4/accept_ra', value: '2' },
    ]);
    const names = ['eth4', 'eth5', 'pub', 'eth1'];
    const before = names.map((name) => structuredClone(host.link(name)));
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(
      names.map((name) => host.link(name)),
      before,
    );
    assert.equal(host.world.get('blue'), undefined);
  });

  test('leaves the name servers that other hands have told of other devices, and takes back its own', () => {
    const host = sharedHost();
    host.world.resolver = { manager: 'resolved', file: null, devices: { eth3: ['10.8.0.53'], eth4: ['192.0.2.53'] } };
    const snapshot = host.state;
    const served = { ...blue.networks['blue'], defaultRoute: true, nameservers: ['10.8.0.54'] };
    const { ops } = host.apply({ bonds: {}, networks: { blue: served as HostConfig['networks'][string] } });
    assert.deepEqual(host.world.resolver.devices, { blue: ['10.8.0.54'], eth4: ['192.0.2.53'] });
    host.run([
      { kind: 'dns.set', device: 'eth4', nameservers: [] },
      { kind: 'dns.set', device: 'eth5', nameservers: ['203.0.113.53'] },
    ]);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(host.world.resolver.devices, { eth3: ['10.8.0.53'], eth5: ['203.0.113.53'] });
  });

  test('lets a port of another hand that has come to an older bridge stay', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const ops: KernelOp[] = [{ kind: 'link.set', name: 'pub', mtu: 1400 }];
    host.run([...ops, { kind: 'link.set', name: 'eth4', master: 'pub' }]);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual([host.link('eth4').master, host.link('pub').mtu], ['pub', 1500]);
  });

  test('gives back its own MAC to a nic that another hand has put into a bond which goes', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const { ops } = host.apply({ bonds: { bond0: bond(['eth2', 'eth4']) }, networks: {} });
    host.run([
      { kind: 'link.set', name: 'eth5', up: false },
      { kind: 'link.set', name: 'eth5', master: 'bond0' },
    ]);
    assert.equal(host.link('eth5').mac, host.link('bond0').mac);
    const goal = touchedPart(host.state, snapshot, ops);
    host.run(planRestore(host.state, goal).ops);
    assert.deepEqual(planRestore(host.state, goal).ops, []);
    assert.equal(host.link('eth5').mac, host.link('eth5').permanentMac);
  });

  test('brings up again, and widens, what a device stands on that has to come back', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const ops: KernelOp[] = [{ kind: 'link.del', name: 'eth3.7' }];
    host.run([...ops, { kind: 'link.set', name: 'eth3', up: false, mtu: 1280 }]);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(planRestore(host.state, snapshot).ops, []);
  });

  test('undoes it on a bridge of which the change has touched a port', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const ops: KernelOp[] = [{ kind: 'link.set', name: 'eth1', mtu: 1400 }];
    host.run(ops);
    failOver(host);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(planRestore(host.state, snapshot).ops, []);
  });

  test('is whole after any part of a change, for all that stands on what it named', () => {
    const ipv6 = { method: 'static', address: '2001:db8:6::2', prefix: 64, gateway: null } as const;
    const red = network({ base: 'bond0', vlan: 9, ipv4: ip4('10.6.0.2'), ipv6 });
    const bonded = (mode: string, nics: string[]): HostConfig => ({
      bonds: { bond0: bond(nics, { mode }) },
      networks: { red },
    });
    const start = (): TestHost => {
      const host = sharedHost();
      host.apply(bonded('1', ['eth4', 'eth5']));
      host.run([route('red', '10.60.0.0/16', { gateway: '10.6.0.1' })]);
      return host;
    };
    const flap: KernelOp[] = [false, true].map((up) => ({ kind: 'link.set', name: 'eth3', up }));
    const changes = [bonded('4', ['eth4', 'eth5']), bonded('1', ['eth4']), blue].map((to) => start().plan(to).ops);
    for (const ops of [...changes, flap]) {
      for (let done = 1; done <= ops.length; done += 1) {
        const host = start();
        const snapshot = host.state;
        host.run(ops.slice(0, done));
        host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
        assert.deepEqual(planRestore(host.state, snapshot).ops, [], `after ${JSON.stringify(ops.slice(0, done))}`);
      }
    }
  });

  test('brings back a route that another one has replaced, or that has gone with its source, on any device', () => {
    const host = sharedHost();
    host.run([address('eth4', '10.4.0.2', 24), route('pub', '10.50.0.0/16', { source: '10.4.0.2' })]);
    const snapshot = host.state;
    const lost = (routes: readonly RouteReport[]) =>
      routes.filter(({ destination }) => ['10.20.0.0/16', '10.50.0.0/16'].includes(destination));
    const ops: KernelOp[] = [route('eth0', '10.20.0.0/16'), leaving(address('eth4', '10.4.0.2', 24))];
    host.run(ops);
    host.world.routes = host.world.routes.filter(({ source }) => source !== '10.4.0.2');
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(lost(host.state.routes), lost(snapshot.routes));
  });

  test('does not hold on to the place that a route has taken of one that goes back', () => {
    const host = sharedHost();
    const snapshot = host.state;
    const ops: KernelOp[] = [{ kind: 'link.set', name: 'eth3', up: false }];
    host.run([...ops, route('pub', '10.30.0.0/16', { gateway: '10.9.0.1' })]);
    host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
    assert.deepEqual(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops, []);
    assert.deepEqual(planRestore(host.state, snapshot).ops, []);
  });

  test('reaches as far as another manager that was told: the devices that it lost, or all that it took over', () => {
    const claims = (device: string): KernelOp[] => [
      { kind: 'manager.claim', manager: 'systemd-networkd', claims: [{ device, mac: null }] },
    ];
    const hands: KernelOp[] = [{ kind: 'manager.hand-back', manager: 'systemd-networkd', files: [], devices: [] }];
    for (const [ops, isWhole] of [
      [claims('eth3.*'), false],
      [claims('eth1'), true],
      [claims('*'), true],
      [hands, true],
    ] as const) {
      const host = sharedHost();
      const snapshot = host.state;
      failOver(host);
      host.run(planRestore(host.state, touchedPart(host.state, snapshot, ops)).ops);
      assert.equal(planRestore(host.state, snapshot).ops.length === 0, isWhole, JSON.stringify(ops));
    }
  });
});
