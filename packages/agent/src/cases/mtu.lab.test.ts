/** MTUs of stacked devices (HT-073 to HT-086). */
import assert from 'node:assert/strict';
import { emptyHostConfig, type HostConfig, type NetworkConfig } from '@patchbay/protocol';
import { bond } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { config, kernelCase, kernelCases, say } from './kit/case.ts';
import { carrierLosses, link } from './kit/look.ts';

const mtus = (state: KernelState, ...names: string[]) => names.map((name) => link(state, name).mtu);
const BOND = { bond0: bond(['nic1', 'nic2']) };

kernelCases('MTUs', () => {
  kernelCase('HT-073 what this kernel does with MTUs of stacked devices', async (host) => {
    await host.ip(
      'link add name bond0 type bond mode 1',
      'link set dev nic1 down master bond0',
      'link set dev bond0 mtu 2000 up',
      'link add link bond0 name bond0.5 type vlan id 5',
      'link set dev bond0.5 mtu 2000',
    );
    const state = await host.observe();
    assert.deepEqual(mtus(state, 'bond0', 'nic1', 'bond0.5'), [2000, 2000, 2000], 'a bond reaches its slaves');
    assert.throws(
      () => say('ip', 'link', 'set', 'dev', 'bond0.5', 'mtu', '2001'),
      /out of range/,
      'a VLAN stays below',
    );
    await host.ip('link set dev bond0 mtu 1600');
    assert.deepEqual(mtus(await host.observe(), 'bond0.5', 'nic1'), [1600, 1600], 'a base drags its VLANs down');
    await host.ip('link del dev bond0', 'link set dev nic1 up');
  });

  kernelCase('HT-074 an MTU reaches bridge and nic, and the nic alone', async (host) => {
    const { state } = await host.reach(
      config({ blue: { base: 'nic1', mtu: 2000 }, red: { base: 'nic2', bridged: false, mtu: 2000 } }),
    );
    assert.deepEqual(mtus(state, 'blue', 'nic1', 'nic2'), [2000, 2000, 2000]);
  });

  kernelCase('HT-075 an MTU rises and falls along the whole chain', async (host) => {
    const of = (mtu: number): HostConfig =>
      config(
        {
          plain: { base: 'nic3', mtu },
          tagged: { base: 'nic4', vlan: 5, mtu },
          bonded: { base: 'bond0', mtu },
          both: { base: 'bond1', vlan: 5, mtu },
        },
        { ...BOND, bond1: bond(['nic5', 'nic6']) },
      );
    for (const mtu of [2000, 2100, 1600]) {
      const { state } = await host.reach(of(mtu));
      const chain = [
        'plain',
        'nic3',
        'tagged',
        'nic4.5',
        'nic4',
        'bonded',
        'bond0',
        'nic1',
        'nic2',
        'both',
        'bond1.5',
        'bond1',
        'nic5',
        'nic6',
      ];
      assert.deepEqual(
        mtus(state, ...chain),
        chain.map(() => mtu),
      );
    }
  });

  kernelCase('HT-076 the largest MTU of VLAN networks rules the nic, and its carrier is never lost', async (host) => {
    const small: Partial<NetworkConfig> = { base: 'nic1', vlan: 5, mtu: 1600 };
    await host.reach(config({ small }));
    const losses = carrierLosses('nic1');
    const { state } = await host.reach(config({ small, large: { base: 'nic1', vlan: 6, mtu: 2000 } }));
    assert.deepEqual(mtus(state, 'nic1', 'nic1.5', 'nic1.6'), [2000, 1600, 2000]);
    const { state: after } = await host.reach(config({ small }));
    assert.deepEqual([mtus(after, 'nic1', 'nic1.5', 'small'), carrierLosses('nic1')], [[1600, 1600, 1600], losses]);
  });

  kernelCase('HT-077 a larger VLAN network leaves the smaller one alone', async (host) => {
    const small: Partial<NetworkConfig> = { base: 'bond0', vlan: 5, mtu: 1600, bridged: false };
    await host.reach(config({ small }, BOND));
    const { state } = await host.reach(config({ small, large: { base: 'bond0', vlan: 6, mtu: 2000 } }, BOND));
    assert.deepEqual(mtus(state, 'bond0', 'nic1', 'bond0.5', 'bond0.6', 'large'), [2000, 2000, 1600, 2000, 2000]);
  });

  kernelCase('HT-078 a single network may lower the nic', async (host) => {
    const { state } = await host.reach(config({ blue: { base: 'nic1', vlan: 5, mtu: 1000 } }));
    assert.deepEqual(mtus(state, 'nic1', 'nic1.5', 'blue'), [1000, 1000, 1000]);
    assert.ok(link(state, 'blue').ipv6Disabled && link(state, 'nic1').ipv6Disabled);
  });

  kernelCase('HT-079 a new slave gets the MTU of its bond', async (host) => {
    await host.reach(config({ blue: { base: 'bond0', mtu: 2000 } }, BOND));
    const { state } = await host.reach(
      config({ blue: { base: 'bond0', mtu: 2000 } }, { bond0: bond(['nic1', 'nic2', 'nic3']) }),
    );
    assert.deepEqual(mtus(state, 'nic3', 'bond0'), [2000, 2000]);
  });

  kernelCase('HT-080 slaves return to their MTU when network and bond go', async (host) => {
    await host.reach(config({ blue: { base: 'bond0', mtu: 2100 } }, BOND));
    const { state } = await host.reach(emptyHostConfig);
    assert.deepEqual(mtus(state, 'nic1', 'nic2'), [1500, 1500]);
  });

  kernelCase('HT-081 a nic returns to its recorded MTU with its last network', async (host) => {
    await host.foreign(['link set dev nic1 mtu 3000'], ['link set dev nic1 mtu 1500']);
    const { state } = await host.reach(
      config({ blue: { base: 'nic1', vlan: 5, mtu: 2000 }, red: { base: 'nic1', vlan: 6 } }),
    );
    assert.equal(link(state, 'nic1').mtu, 2000);
    assert.equal(link((await host.reach(config({ red: { base: 'nic1', vlan: 6 } }))).state, 'nic1').mtu, 1500);
    assert.equal(link((await host.reach(emptyHostConfig)).state, 'nic1').mtu, 3000);
  });

  kernelCase('HT-082 one of two networks with equal MTU goes, and the nic keeps it', async (host) => {
    const blue: Partial<NetworkConfig> = { base: 'nic1', vlan: 5, mtu: 2000 };
    await host.reach(config({ blue, red: { base: 'nic1', vlan: 6, mtu: 2000 } }));
    const { state } = await host.reach(config({ blue }));
    assert.deepEqual(mtus(state, 'nic1', 'nic1.5'), [2000, 2000]);
  });

  kernelCase('HT-083 a network with a large MTU moves, and the old chain returns', async (host) => {
    const bonds = { ...BOND, bond1: bond(['nic3', 'nic4']) };
    const of = (base: string) => config({ blue: { base, vlan: 5, mtu: 2000 } }, bonds);
    await host.reach(of('bond0'));
    const { state } = await host.reach(of('bond1'));
    assert.deepEqual(
      mtus(state, 'bond0', 'nic1', 'nic2', 'bond1', 'nic3', 'nic4'),
      [1500, 1500, 1500, 2000, 2000, 2000],
    );
    const { state: onNic } = await host.reach(of('nic5'));
    assert.deepEqual(mtus(onNic, 'bond1', 'nic3', 'nic5', 'nic5.5', 'blue'), [1500, 1500, 2000, 2000, 2000]);
  });

  kernelCase('HT-084 an MTU above what a device can is refused with the limit', async (host) => {
    const problem = await host.refused(config({ blue: { base: 'nic1', mtu: 65536 } }));
    assert.deepEqual(
      [problem.code, problem.message],
      ['ERR_BAD_PARAMS', 'Network blue: mtu is 65536, but it takes bytes, 68 to 65535.'],
    );
  });

  kernelCase('HT-085 IPv6 needs an MTU of 1280, and stays off where nobody asked for it', async (host) => {
    const of = (mtu: number, ipv6: NetworkConfig['ipv6'] = { method: 'none' }) =>
      config({ blue: { base: 'nic1', vlan: 5, mtu, ipv6 } });
    const problem = await host.refused(
      of(1279, { method: 'static', address: '2001:db8::5', prefix: 64, gateway: null }),
    );
    assert.deepEqual(
      [problem.code, problem.message],
      ['ERR_BAD_PARAMS', 'Network blue: IPv6 needs an MTU of at least 1280, not 1279.'],
    );
    await host.reach(of(1279));
    const { state } = await host.reach(of(1500));
    for (const name of ['blue', 'nic1.5']) {
      assert.ok(link(state, name).ipv6Disabled, name);
      assert.equal(say('sysctl', '-n', `net/ipv6/conf/${name}/disable_ipv6`).trim(), '1', name);
    }
  });

  kernelCase('HT-086 a foreign VLAN keeps the MTU of the nic up', async (host) => {
    await host.foreign(
      ['link set dev nic1 mtu 2000', 'link add link nic1 name nic1.77 type vlan id 77', 'link set dev nic1.77 up'],
      ['link del dev nic1.77', 'link set dev nic1 mtu 1500'],
    );
    const { state } = await host.reach(config({ blue: { base: 'nic1', vlan: 5, mtu: 1400 } }));
    assert.deepEqual(mtus(state, 'nic1', 'nic1.77', 'blue'), [2000, 2000, 1400]);
  });
});
