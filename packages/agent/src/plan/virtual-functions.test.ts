import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { takenAlias } from '../observe/ownership.ts';
import { bond, ip4, network, TestHost, words } from './host-for-tests.ts';
import { planFor, planRestore } from './plan-for.ts';
import { presentPart } from './present-part.ts';
import { refusal } from './refusal.ts';

const sriov = (total: number) => ({ total, current: 0, held: 0, pf: null, vfIndex: null });

/** eth4 and eth5 can have functions; eth0 is what the engine reaches the host by, and can, too. */
function host(): TestHost {
  const made = TestHost.managed();
  for (const nic of ['eth0', 'eth4', 'eth5']) made.link(nic).sriov = sriov(7);
  return made;
}
const counts = (virtualFunctions: Record<string, number>, part: Partial<HostConfig> = {}): HostConfig => ({
  ...{ bonds: {}, networks: {}, virtualFunctions },
  ...part,
});
const told = (host: TestHost, config: HostConfig) =>
  host.plan(config, 'eth0').ops.flatMap((op) => (op.kind === 'sriov.numvfs' ? [`${op.device} ${op.count}`] : []));
const reason = (state: KernelState, config: HostConfig, force = false) => {
  const problem = refusal(state, config, '192.0.2.5', force);
  return problem === null ? null : `${problem.code} ${problem.message}`;
};

describe('numbers of virtual functions', () => {
  test('are the first steps of a plan, over none from one to another, and nothing when they are right', () => {
    const h = host();
    const config = counts({ eth5: 2 }, { networks: { red: network({ base: 'eth1' }) } });
    const { ops, risks, touchesManagement } = h.apply(config, 'eth0');
    assert.equal(words(ops)[0], 'sriov.numvfs eth5');
    assert.deepEqual(risks, [
      'eth5 gets another number of virtual functions; some drivers reset the link of eth5 for it.',
    ]);
    assert.equal(touchesManagement, false);
    assert.deepEqual(told(h, counts({ eth5: 4, eth4: 1 })), ['eth5 0', 'eth5 4', 'eth4 1']);
    assert.deepEqual(told(h, counts({ eth5: 0 })), ['eth5 0']);
    assert.deepEqual(told(h, counts({ eth5: 2 })), []);
    assert.deepEqual(told(h, { bonds: {}, networks: {} }), [], 'what is not named stays');
  });

  test('come back with the state before, whatever they were', () => {
    const h = host();
    h.run([{ kind: 'sriov.numvfs', device: 'eth5', count: 3 }]);
    const before = h.state;
    for (const count of [0, 5]) {
      h.apply(counts({ eth5: count, eth4: 2 }));
      h.run(planRestore(h.state, before).ops);
      assert.deepEqual(planRestore(h.state, before).ops, []);
      const now = h.state.links.map(({ name, sriov: shown }) => [name, shown?.current]);
      assert.deepEqual(
        now.sort(),
        before.links.map(({ name, sriov: shown }) => [name, shown?.current]).sort(),
        `after ${count}`,
      );
    }
  });

  test('that were made anew come up as those before, and keep the MAC that they were made with', () => {
    const h = host();
    h.run([
      { kind: 'sriov.numvfs', device: 'eth5', count: 1 },
      { kind: 'link.set', name: 'eth5v0', up: true, mac: '06:00:00:00:00:01' },
    ]);
    const before = h.state;
    for (const count of [0, 1]) h.run([{ kind: 'sriov.numvfs', device: 'eth5', count }]);
    assert.deepEqual(planRestore(h.state, before).ops, [{ kind: 'link.set', name: 'eth5v0', up: true }]);
    h.run([{ kind: 'link.set', name: 'eth1', mac: '06:00:00:00:00:02' }]);
    assert.equal(planRestore(h.state, before).ops.length, 2, 'that of another nic comes back');
  });

  test('stay where a function is in use, in every plan', () => {
    const uses: Record<string, (h: TestHost) => void> = {
      'eth5v1 (br)': (h) =>
        h.run([
          { kind: 'link.add', name: 'br', type: 'bridge', mac: null, base: null, vlan: null, options: {} },
          { kind: 'link.set', name: 'eth5v1', master: 'br' },
        ]),
      'eth5v1 (tag)': (h) =>
        h.run([{ kind: 'link.add', name: 'tag', type: 'vlan', mac: null, base: 'eth5v1', vlan: 7, options: {} }]),
      'eth5v1 (a VM)': (h) => Object.assign(h.link('eth5v1'), { kind: 'other' }),
      '1 given to a VM or a container': (h) => {
        h.world.drop(h.link('eth5v1'));
        h.link('eth5').sriov = { ...sriov(7), current: 2, held: 1 };
      },
      'eth5v1 (a network)': (h) =>
        h.run([
          {
            kind: 'link.set',
            name: 'eth5v1',
            alias: takenAlias({ mtu: 1500, ipv6: true, holder: 'red', ethtool: {}, sysctls: {}, alias: '' }),
          },
        ]),
    };
    for (const [user, use] of Object.entries(uses)) {
      const h = host();
      const before = h.state;
      h.run([{ kind: 'sriov.numvfs', device: 'eth5', count: 2 }]);
      assert.equal(reason(h.state, counts({ eth5: 0 })), null);
      use(h);
      const said = `ERR_USED_NIC The number of virtual functions of eth5 cannot change: in use are ${user}.`;
      assert.equal(reason(h.state, counts({ eth5: 0 })), said);
      assert.equal(reason(h.state, counts({ eth5: 2 })), null, 'the number does not change');
      const forward = planFor(h.state, counts({ eth5: 0 }));
      const back = planRestore(h.state, before);
      for (const ops of [forward.ok ? forward.value.ops : [], back.ops]) {
        assert.ok(!ops.some(({ kind }) => kind === 'sriov.numvfs'), user);
      }
    }
  });

  test('change where a function is nobody’s, having neither nic nor driver', () => {
    const h = host();
    h.run([{ kind: 'sriov.numvfs', device: 'eth5', count: 2 }]);
    h.world.drop(h.link('eth5v1'));
    assert.deepEqual(told(h, counts({ eth5: 0 })), ['eth5 0']);
  });

  test('stay where a network or bond of the config stands on a function', () => {
    const h = host();
    h.run([{ kind: 'sriov.numvfs', device: 'eth5', count: 2 }]);
    const networks = { red: network({ base: 'eth5v0', bridged: false, ipv4: ip4('198.51.100.5') }) };
    const bonds = { bond0: bond(['eth5v1']) };
    const message = reason(h.state, counts({ eth5: 3 }, { networks, bonds })) ?? '';
    assert.match(message, /in use are eth5v0 \(red\), eth5v1 \(bond0\)/);
    assert.deepEqual(told(h, counts({ eth5: 3 }, { networks, bonds })), []);
  });

  test('are refused where they cannot be', () => {
    const { state } = host();
    assert.equal(reason(state, counts({ eth9: 1 })), 'ERR_BAD_NIC There is no nic eth9.');
    assert.equal(reason(state, counts({ eth1: 1 })), 'ERR_BAD_NIC eth1 is no SR-IOV physical function.');
    assert.equal(reason(state, counts({ eth5: 8 })), 'ERR_BAD_PARAMS eth5 can have 7 virtual functions, not 8.');
    assert.equal(reason(state, counts({ eth5: 7, eth4: 0 })), null);
  });

  test('of the nic by which the engine is reached change by force alone', () => {
    const h = host();
    assert.match(reason(h.state, counts({ eth0: 2 })) ?? '', /^ERR_USED_NIC eth0 carries the connection to the engine/);
    assert.equal(reason(h.state, counts({ eth0: 2 }), true), null);
    assert.equal(
      refusal(h.state, counts({ eth0: 2 }), null, false),
      null,
      'where nobody is connected, nobody is cut off',
    );
    const plan = h.plan(counts({ eth0: 2 }), 'eth0');
    assert.equal(plan.touchesManagement, true);
    assert.equal(plan.expectedOutage, 1500, 'as long as a link that goes down and comes up');
    h.run(plan.ops);
    h.run([
      { kind: 'addr.add', device: 'eth0v1', family: 4, address: '192.0.2.6', prefix: 24, nodad: true, validFor: null },
    ]);
    const problem = refusal(h.state, counts({ eth0: 0 }), '192.0.2.6', false);
    assert.match(problem?.message ?? '', /eth0 carries/, 'a function stands on its nic');
  });

  test('are wanted of nics alone that are there', () => {
    const { state } = host();
    assert.deepEqual(presentPart(state, counts({ eth5: 2, eth9: 4 })).virtualFunctions, { eth5: 2 });
    assert.ok(!('virtualFunctions' in presentPart(state, counts({ eth9: 4 }))));
  });
});
