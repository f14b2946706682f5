import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, network, TestHost } from './host-for-tests.ts';
import { type KeptMacs, macsOf, macsToKeep } from './kept-macs.ts';
import { planFor } from './plan-for.ts';

const [MAC1, MAC2] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];
const config: HostConfig = {
  bonds: { bond0: bond(['eth1', 'eth2']) },
  networks: { a: network({ base: 'bond0' }), b: network({ base: 'bond0', vlan: 7 }) },
};

/** What is kept of a config that was brought up while the host was reached by eth2. */
function keptBy2(wanted = config): KeptMacs {
  const host = new TestHost();
  host.apply(wanted, 'eth2');
  return macsToKeep(host.state, wanted, {});
}

/** Brings a host up with what was kept. @param nics nics that are others now: permanent MAC, null for one that is missing */
function boot(wanted: HostConfig, kept: KeptMacs, nics: Record<string, string | null> = {}): TestHost {
  const host = new TestHost();
  for (const [name, mac] of Object.entries(nics)) {
    if (mac === null) host.world.links.delete(name);
    else Object.assign(host.link(name), { mac, permanentMac: mac });
  }
  bringUp(host, wanted, kept);
  return host;
}

function bringUp(host: TestHost, wanted: HostConfig, kept: KeptMacs): void {
  const planned = planFor(host.state, wanted, null, kept);
  if (!planned.ok) throw new Error(planned.problem.message);
  host.run(planned.value.ops);
  assert.deepEqual(host.plan(wanted).ops, [], 'who comes later finds nothing to do');
}

const of = (host: TestHost, ...names: string[]) => names.map((name) => host.link(name).mac);

describe('the MAC of a bond at a boot', () => {
  test('is the one that it got, with all that stands on it', () => {
    assert.deepEqual(of(boot(config, {}), 'bond0'), [MAC1]);
    assert.deepEqual(of(boot(config, keptBy2()), 'bond0', 'a', 'bond0.7', 'b'), [MAC2, MAC2, MAC2, MAC2]);
  });

  test('stays when the nic it came from is missing or was exchanged', () => {
    const only1 = { ...config, bonds: { bond0: bond(['eth1']) } };
    assert.deepEqual(of(boot(only1, keptBy2(), { eth2: null }), 'bond0'), [MAC2]);
    assert.deepEqual(of(boot(config, keptBy2(), { eth2: '02:00:00:00:00:0a' }), 'bond0'), [MAC2]);
  });

  test('is another when its nic works elsewhere', () => {
    const elsewhere = { ...config, bonds: { bond0: bond(['eth1', 'eth3']), bond1: bond(['eth2', 'eth4']) } };
    assert.deepEqual(of(boot(elsewhere, keptBy2()), 'bond0', 'bond1'), [MAC1, MAC2]);
  });

  test('is another on a machine that has none of its nics', () => {
    const others = { eth1: '02:00:00:00:00:0a', eth2: '02:00:00:00:00:0b' };
    assert.deepEqual(of(boot(config, keptBy2(), others), 'bond0'), ['02:00:00:00:00:0a']);
  });

  test('is not the random one that a bond has while it has no members', () => {
    const host = boot(config, keptBy2());
    host.run(['eth1', 'eth2'].map((name) => ({ kind: 'link.set', name, master: null }) as const));
    assert.notEqual(host.link('bond0').mac, MAC2);
    bringUp(host, config, keptBy2());
    assert.deepEqual(of(host, 'bond0', 'a'), [MAC2, MAC2]);
  });

  test('is no matter where it is that of the active slave, but that of the bridge on it is', () => {
    const active = { ...config, bonds: { bond0: bond(['eth1', 'eth2'], { mode: '1', fail_over_mac: 'active' }) } };
    assert.deepEqual(of(boot(active, {}), 'a', 'b'), [MAC1, MAC1]);
    assert.deepEqual(of(boot(active, keptBy2(active)), 'a', 'b'), [MAC2, MAC2]);
    const elsewhere: HostConfig = {
      bonds: { bond0: bond(['eth1', 'eth3'], { mode: '1', fail_over_mac: 'active' }) },
      networks: { ...active.networks, c: network({ base: 'eth2' }) },
    };
    assert.deepEqual(of(boot(elsewhere, keptBy2(active)), 'a', 'c'), [MAC1, MAC2]);
  });
});

describe('what is kept', () => {
  test('is what there is, and of what is not there what was kept before', () => {
    const before: KeptMacs = { bond0: { mac: MAC2, nics: ['02:00:00:00:00:0a'] }, gone: { mac: MAC1, nics: [MAC1] } };
    const host = new TestHost();
    assert.deepEqual(macsToKeep(host.state, config, before), { bond0: before['bond0'] });
    host.apply(config);
    const { bond0, ...bridges } = macsToKeep(host.state, config, before);
    assert.deepEqual(bond0, { mac: MAC1, nics: [MAC1, MAC2, '02:00:00:00:00:0a'] });
    assert.deepEqual(bridges, {}, 'these have the MAC of the bond');
    host.run(['eth1', 'eth2'].map((name) => ({ kind: 'link.set', name, master: null }) as const));
    assert.deepEqual(macsToKeep(host.state, config, { bond0 })['bond0'], bond0, 'not the random one');
  });

  test('counts for what a config still has', () => {
    const { bond0 } = keptBy2();
    assert.deepEqual(macsOf(config, { bond0, gone: bond0 } as KeptMacs), { bond0 });
    assert.deepEqual(macsOf({ ...config, bonds: {} }, { bond0 } as KeptMacs), {});
  });
});
