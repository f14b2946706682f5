import assert from 'node:assert/strict';
import type { LldpElement } from '@patchbay/protocol';
import type { ApiObject } from '@patchbay/wire';
import type { Client } from '../../client.ts';
import { type Area, scenario } from '../area.ts';
import { bond, setupNetworks } from '../asks.ts';
import { type Host, list } from '../host.ts';
import { memoryOf } from '../memory-ground.ts';

type Element = ApiObject<'link_layer_discovery_protocol_element'>;

const told: readonly LldpElement[] = [
  { name: 'Chassis ID', type: 1, properties: { 'chassis ID subtype': 'MAC', 'chassis ID': '02:00:00:00:00:fe' } },
  { name: 'System Name', type: 5, properties: { 'system name': 'sw-a' } },
  { name: 'VLAN Name', type: 127, oui: 0x0080c2, subtype: 3, properties: { 'VLAN ID': '30', 'VLAN Name': 'dmz <a>' } },
  { name: 'VLAN Name', type: 127, oui: 0x0080c2, subtype: 3, properties: { 'VLAN ID': '31', 'VLAN Name': 'blue' } },
];

const shown: readonly Element[] = told.map(({ properties, ...element }) => ({
  ...element,
  properties: Object.entries(properties).map(([name, value]) => ({ name, value })),
}));

/** What the answer holds, in JSON; XML must say as much. */
async function heard(api: Client, host: Host, nic: string): Promise<readonly Element[]> {
  const { id } = await host.nic(nic);
  const path = `/hosts/${host.id}/nics/${id}/linklayerdiscoveryprotocolelements`;
  const elements = await list(api, path, 'link_layer_discovery_protocol_element');
  const { text } = await api.request('GET', path);
  assert.equal(text.split('<link_layer_discovery_protocol_element>').length - 1, elements.length, text);
  return elements;
}

export const lldp: Area = {
  name: 'LLDP',
  scenarios: {
    'AC-331': scenario(async ({ extraHost, api }) => {
      const host = await extraHost();
      assert.deepEqual(await heard(api, host, 'eth1'), [], 'nobody is there yet');
      const { kernel } = memoryOf(host);
      kernel.setNeighbour('eth1', told);
      assert.deepEqual(await heard(api, host, 'eth1'), shown);
      assert.deepEqual(await heard(api, host, 'eth2'), [], 'another cable');
      kernel.setCable('eth1', false);
      assert.deepEqual(await heard(api, host, 'eth1'), [], 'the cable is pulled');
      kernel.setCable('eth1', true);
      await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
      assert.deepEqual(await heard(api, host, 'eth1'), shown, 'a slave still hears its own neighbour');
      kernel.setNeighbour('eth1', null);
      assert.deepEqual(await heard(api, host, 'eth1'), []);
    }),
  },
};
