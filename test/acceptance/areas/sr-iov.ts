/** Virtual functions. No lab has a nic with any, so a host in memory has two: eth1 and eth2. */
import assert from 'node:assert/strict';
import type { ApiObject } from '@patchbay/wire';
import { type Area, alsoInLab, scenario } from '../area.ts';
import { type Ask, ask, bond, nicPost, setupNetworks } from '../asks.ts';
import { type Host, list } from '../host.ts';
import type { Stage } from '../stage.ts';

const MOST = 7;

const hostWithFunctions = ({ extraHost }: Stage): Promise<Host> =>
  extraHost({ nics: 5, virtualFunctions: { eth1: MOST, eth2: MOST } });

const update = (nic: string, wish: ApiObject<'host_nic_virtual_functions_configuration'>): Ask =>
  ask('POST', (ids) => `/nics/${ids.nic(nic)}/updatevirtualfunctionsconfiguration`, 'action', {
    virtual_functions_configuration: wish,
  });
const number = (nic: string, count: number): Ask => update(nic, { number_of_virtual_functions: count });

/** Nics by name, with the members that are only shown on request. */
async function wholeNics({ api }: Stage, { id }: Host): Promise<Map<string, ApiObject<'host_nic'>>> {
  const nics = await list(api, `/hosts/${id}/nics?all_content=true`, 'host_nic');
  return new Map(nics.map((nic) => [nic.name ?? '', nic]));
}

const countOf = async (stage: Stage, host: Host, nic: string) =>
  (await wholeNics(stage, host)).get(nic)?.virtual_functions_configuration?.number_of_virtual_functions;

export const srIov: Area = {
  name: 'SR-IOV',
  scenarios: {
    'AC-304': scenario(async (stage) => {
      const host = await hostWithFunctions(stage);
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      const nics = await wholeNics(stage, host);
      assert.equal(nics.get('bond1')?.virtual_functions_configuration, undefined);
      for (const name of ['eth1', 'eth2']) {
        assert.deepEqual(nics.get(name)?.virtual_functions_configuration, {
          all_networks_allowed: true,
          max_number_of_virtual_functions: MOST,
          number_of_virtual_functions: 0,
        });
      }
    }),
    'AC-305': scenario(async (stage) => {
      const host = await hostWithFunctions(stage);
      await host.accepts(number('eth1', 2));
      assert.equal(await countOf(stage, host, 'eth1'), 2);
      assert.equal(await host.kernel.virtualFunctions('eth1'), 2);
      const nics = await wholeNics(stage, host);
      const { id } = nics.get('eth1') ?? {};
      const functions = [...nics.values()].filter((nic) => nic.physical_function?.id === id);
      assert.deepEqual(functions.map(({ name }) => name).sort(), ['eth1v0', 'eth1v1']);
      await host.accepts(number('eth1', 4));
      assert.equal(await host.kernel.virtualFunctions('eth1'), 4);
      const network = await stage.network();
      await host.accepts(nicPost('eth1v3', network));
      assert.equal((await host.kernel.link('eth1v3')).master, network.vdsmName);
      await host.refuses(number('eth1', 2), 400, 'VF-03', 'eth1', 'eth1v3', network.name);
      assert.equal(await countOf(stage, host, 'eth1'), 4);
    }),
    'AC-306': scenario(async (stage) => {
      const host = await hostWithFunctions(stage);
      await host.accepts(number('eth1', 2));
      const before = await host.nic('eth1v1');
      for (const up of [false, true]) {
        await host.kernel.byHand({ kind: 'link.set', name: 'eth1', up });
        await host.refresh();
        assert.equal(await countOf(stage, host, 'eth1'), 2);
        assert.equal(await host.kernel.virtualFunctions('eth1'), 2);
        assert.equal((await host.nic('eth1v1')).id, before.id);
      }
    }),
    'AC-307': scenario(async (stage) => {
      const host = await hostWithFunctions(stage);
      for (const count of [-2, MOST + 1]) {
        await host.refuses(number('eth1', count), 400, 'VF-04', 'eth1', String(MOST), String(count));
      }
      assert.equal(await countOf(stage, host, 'eth1'), 0);
    }),
    'AC-308': alsoInLab(async ({ host }) => {
      await host.refuses(number('eth1', 2), 405, 'VF-02', 'eth1');
      assert.equal(await host.kernel.virtualFunctions('eth1'), null);
    }),
    'AC-309': scenario(async (stage) => {
      const host = await hostWithFunctions(stage);
      const { id, name } = await stage.network();
      const allow = ask('POST', (ids) => `/nics/${ids.nic('eth1')}/virtualfunctionallowednetworks`, 'network', { id });
      await host.refuses(allow, 409, 'VF-05', 'eth1');
      await host.accepts(update('eth1', { all_networks_allowed: false }));
      assert.equal(
        (await wholeNics(stage, host)).get('eth1')?.virtual_functions_configuration?.all_networks_allowed,
        false,
      );
      await host.accepts(allow);
      await host.refuses(allow, 409, 'VF-07', 'eth1', id || name);
    }),
  },
};
