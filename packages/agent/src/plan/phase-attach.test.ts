import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { bond, network, TestHost, words } from './host-for-tests.ts';
import { planFor } from './plan-for.ts';

const counting = (value: string): HostConfig => ({
  bonds: {},
  networks: { blue: network({ base: 'eth1', bridgeOptions: { vlan_stats_per_port: value } }) },
});

describe('what takes a change only when it is empty', () => {
  test('a bridge that shall count per port lets go of its port for as long as that takes', () => {
    const host = new TestHost();
    host.apply(counting('0'));
    assert.deepEqual(words(host.apply(counting('1')).ops), [
      'link.set eth1 master=null',
      'bridge.option blue',
      'link.set eth1 master=blue',
      // It may not have had its MAC by its own right.
      'link.set blue',
    ]);
  });

  test('a port of another hand is not unplugged for that: the change is refused, and says which it is', () => {
    const host = new TestHost();
    host.apply(counting('0'));
    host.run([{ kind: 'link.set', name: 'eth5', master: 'blue' }]);
    const planned = planFor(host.state, counting('1'));
    assert.deepEqual(planned, {
      ok: false,
      problem: {
        code: 'ERR_BAD_PARAMS',
        message: 'Network blue: vlan_stats_per_port changes only on a bridge without ports; unplug eth5 first.',
      },
    });
    assert.ok(planFor(host.state, counting('0')).ok, 'what is so already needs no change');
  });

  test('a bond that has the MAC of its active slave gets one of its own when it has none', () => {
    const host = new TestHost();
    const of = (options: Record<string, string>, mac?: string): HostConfig => ({
      bonds: { bond0: { ...bond(['eth1', 'eth2'], { mode: '1', ...options }), ...(mac === undefined ? {} : { mac }) } },
      networks: {},
    });
    host.apply(of({ fail_over_mac: 'active', primary: 'eth2' }));
    assert.equal(host.link('bond0').mac, '02:00:00:00:00:02');
    const mac = '02:00:00:00:55:01';
    host.apply(of({ fail_over_mac: 'follow' }, mac));
    assert.deepEqual([host.link('bond0').mac, host.link('eth1').mac], [mac, mac]);
    const other = '02:00:00:00:55:02';
    host.apply(of({ fail_over_mac: 'follow' }, other));
    assert.equal(host.link('bond0').mac, other, 'also where the policy stays');
  });
});
