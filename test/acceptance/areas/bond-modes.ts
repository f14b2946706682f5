import assert from 'node:assert/strict';
import { type Area, alsoInLab, type Scenario, scenario } from '../area.ts';
import { attach, bond, ip, remove, removeBond, setupNetworks, v4 } from '../asks.ts';
import type { NetworkWish } from '../stage.ts';

const slaves = ['eth2', 'eth3'];

/** With an address on each of two hosts, so that traffic can pass where there is a wire. */
function carries(mode: number, wish: NetworkWish): Scenario['play'] {
  return async ({ network, host, other }) => {
    const wanted = await network(wish);
    await host.accepts(
      setupNetworks(
        bond('bond1', slaves, { mode, miimon: 100 }),
        attach(wanted, 'bond1', ip(v4.static('192.0.140.1', 24))),
      ),
    );
    await other.accepts(setupNetworks(attach(wanted, 'eth2', ip(v4.static('192.0.140.2', 24)))));
    assert.equal((await host.kernel.bond('bond1')).options['mode'], String(mode));
    assert.equal(await host.carrier(wanted), 'bond1');
    assert.notEqual(await host.kernel.reaches('192.0.140.2'), false, 'traffic passes');
  };
}

/** The same, where the ports of the other end would have to be bonded too. */
function stands(mode: number, wish: NetworkWish): Scenario['play'] {
  return async ({ network, host }) => {
    const wanted = await network(wish);
    const addressed = wish.vm === false ? ip(v4.static('192.0.140.1', 24)) : {};
    await host.accepts(setupNetworks(bond('bond1', slaves, { mode }), attach(wanted, 'bond1', addressed)));
    assert.equal((await host.kernel.bond('bond1')).options['mode'], String(mode));
    assert.equal((await host.kernel.link('bond1')).master, wish.vm === false ? null : wanted.vdsmName);
    assert.equal((await host.attachment(wanted)).in_sync, true);
  };
}

export const bondModes: Area = {
  name: 'Bond modes',
  scenarios: {
    'AC-140': alsoInLab(carries(1, { vlan: 211 })),
    'AC-141': scenario(stands(2, {})),
    'AC-142': alsoInLab(stands(4, {})),
    'AC-143': scenario(stands(0, { vm: false })),
    'AC-144': scenario(stands(3, { vm: false })),
    'AC-145': alsoInLab(carries(5, { vm: false })),
    'AC-146': scenario(async ({ network, host }) => {
      const V = await network();
      for (const mode of [0, 5, 6]) {
        const wanted = setupNetworks(bond('bond1', slaves, { mode }), attach(V, 'bond1'));
        await host.refuses(wanted, 400, 'BOND-20', 'bond1', String(mode), V.name);
      }
    }),
    'AC-147': scenario(async ({ network, host }) => {
      const V = await network();
      for (const mode of [1, 2, 3, 4]) {
        await host.accepts(setupNetworks(bond('bond1', slaves, { mode }), attach(V, 'bond1')));
        assert.equal(await host.carrier(V), 'bond1');
        await host.accepts(setupNetworks(remove(V), removeBond('bond1')));
      }
    }),
    'AC-148': scenario(async ({ network, host }) => {
      const N = await network({ vm: false });
      for (const mode of [0, 1, 2, 3, 4, 5, 6]) {
        await host.accepts(setupNetworks(bond('bond1', slaves, { mode }), attach(N, 'bond1')));
        assert.equal((await host.kernel.bond('bond1')).options['mode'], String(mode));
        await host.accepts(setupNetworks(remove(N), removeBond('bond1')));
      }
    }),
    'AC-149': scenario(async ({ network, host }) => {
      const V = await network();
      await host.accepts(setupNetworks(bond('bond1', slaves, { mode: 5 })));
      await host.refuses(setupNetworks(attach(V, 'bond1')), 400, 'BOND-20', 'bond1', V.name);
    }),
    'AC-150': scenario(async ({ network, host, accepts }) => {
      const [stored, other] = [await network({ vm: false }), await network()];
      await host.accepts(setupNetworks(bond('bond1', slaves, { mode: 5 }), attach(stored, 'bond1')));
      await accepts('PUT', `/networks/${stored.id}`, 'network', { usages: { usage: ['vm'] } });
      assert.equal((await host.attachment(stored)).in_sync, false);
      await host.accepts(setupNetworks(attach(other, 'eth1')));
      assert.deepEqual([await host.carrier(other), await host.carrier(stored)], ['eth1', 'bond1']);
    }),
    'AC-151': scenario(async ({ host }) => {
      await host.accepts(setupNetworks(bond('bond1', slaves, { mode: 'active-backup' })));
      const options = (await host.nic('bond1')).bonding?.options ?? [];
      assert.equal(options.find((one) => one.name === 'mode')?.value, '1');
      assert.equal((await host.kernel.bond('bond1')).options['mode'], '1');
    }),
  },
};
