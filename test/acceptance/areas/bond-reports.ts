import assert from 'node:assert/strict';
import { until } from '../../api/system.ts';
import { type Area, alsoInLab, onlyInLab, type Scenario } from '../area.ts';
import { bond, setupNetworks } from '../asks.ts';
import type { Host } from '../host.ts';

const slaves = ['eth2', 'eth3'];

/** Name of the active slave as the API has it. */
async function active(host: Host): Promise<string | undefined> {
  const nics = await host.nics();
  const id = nics.find((nic) => nic.name === 'bond1')?.bonding?.active_slave?.id;
  return nics.find((nic) => nic.id === id && id !== undefined)?.name;
}

function activeIn(mode: number): Scenario['play'] {
  return async ({ host }) => {
    await host.accepts(setupNetworks(bond('bond1', slaves, { mode, miimon: 100 })));
    await host.refresh();
    const { activeSlave } = await host.kernel.bond('bond1');
    assert.ok(activeSlave !== null && slaves.includes(activeSlave), `${activeSlave}`);
    assert.equal(await active(host), activeSlave);
  };
}

export const bondReports: Area = {
  name: 'What is reported about bonds',
  scenarios: {
    'AC-152': alsoInLab(activeIn(1)),
    'AC-153': alsoInLab(activeIn(5)),
    'AC-154': onlyInLab(async ({ host, afterwards }) => {
      await host.accepts(setupNetworks(bond('bond1', slaves, { mode: 1, miimon: 100 })));
      const { activeSlave } = await host.kernel.bond('bond1');
      assert.ok(activeSlave !== null);
      const heir = slaves.find((one) => one !== activeSlave);
      afterwards(() => host.kernel.cable(activeSlave, 'mend'));
      await host.kernel.cable(activeSlave, 'cut');
      await until('the API names the other slave', async () => (await active(host)) === heir, 10_000);
      assert.equal((await host.kernel.bond('bond1')).activeSlave, heir);
    }),
    'AC-155': onlyInLab(async ({ host, afterwards, ground }) => {
      afterwards(() => ground.lag(host, []));
      await ground.lag(host, slaves);
      await host.accepts(setupNetworks(bond('bond1', slaves, { mode: 4, miimon: 100, lacp_rate: 1 })));
      const partner = async () => {
        await host.refresh();
        return (await host.nic('bond1')).bonding?.ad_partner_mac?.address;
      };
      const none = '00:00:00:00:00:00';
      await until('a partner is known', async () => ((await partner()) ?? none) !== none, 20_000);
      assert.equal(await partner(), (await host.kernel.bond('bond1')).options['ad_partner_mac']);
    }),
    'AC-156': alsoInLab(async ({ host }) => {
      await host.accepts(setupNetworks(bond('bond1', slaves, { mode: 4, miimon: 100 })));
      await host.refresh();
      assert.equal((await host.nic('bond1')).bonding?.ad_partner_mac?.address, '00:00:00:00:00:00');
    }),
  },
};
