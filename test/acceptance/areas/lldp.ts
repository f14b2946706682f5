import assert from 'node:assert/strict';
import type { LldpElement } from '@patchbay/protocol';
import type { ApiObject } from '@patchbay/wire';
import type { Client } from '../../client.ts';
import { until } from '../../lab/system.ts';
import { type Area, inEach } from '../area.ts';
import { bond, setupNetworks } from '../asks.ts';
import { type Host, list } from '../host.ts';
import { memoryOf } from '../memory-ground.ts';
import type { Stage } from '../stage.ts';

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

async function pathOf(host: Host, nic: string): Promise<string> {
  const { id } = await host.nic(nic);
  return `/hosts/${host.id}/nics/${id}/linklayerdiscoveryprotocolelements`;
}

const inJson = async (api: Client, host: Host, nic: string): Promise<readonly Element[]> =>
  list(api, await pathOf(host, nic), 'link_layer_discovery_protocol_element');

/** What the answer holds, in JSON; XML must say as much. */
async function heard(api: Client, host: Host, nic: string): Promise<readonly Element[]> {
  const elements = await inJson(api, host, nic);
  const { text } = await api.request('GET', await pathOf(host, nic));
  assert.equal(text.split('<link_layer_discovery_protocol_element>').length - 1, elements.length, text);
  return elements;
}

async function inMemory({ ground, extraHost, api }: Stage): Promise<void> {
  const host = await extraHost();
  assert.deepEqual(await heard(api, host, 'eth1'), [], 'nobody is there yet');
  const { kernel } = memoryOf(host);
  kernel.setNeighbour('eth1', told);
  assert.deepEqual(await heard(api, host, 'eth1'), shown);
  assert.deepEqual(await heard(api, host, 'eth2'), [], 'another cable');
  await ground.cable(host, 'eth1', 'cut');
  assert.deepEqual(await heard(api, host, 'eth1'), [], 'the cable is pulled');
  await ground.cable(host, 'eth1', 'mend');
  await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
  assert.deepEqual(await heard(api, host, 'eth1'), shown, 'a slave still hears its own neighbour');
  kernel.setNeighbour('eth1', null);
  assert.deepEqual(await heard(api, host, 'eth1'), []);
}

/** The switch tells on each of its ports which one it is; what hosts tell ends there. */
async function byLldpd({ ground, host, other, api, afterwards }: Stage): Promise<void> {
  for (const place of [host, other, 'switch'] as const) {
    const lldpd = await ground.runLldpd(place);
    afterwards(() => lldpd.stop());
  }
  const said = async (nic: string, element: string, property: string) =>
    (await inJson(api, host, nic))
      .filter(({ name }) => name === element)
      .map(({ properties = [] }) => properties.find(({ name }) => name === property)?.value);
  const hearsSwitch = (nic: string) =>
    until(
      `${nic} hears the switch`,
      async () => (await said(nic, 'System Name', 'system name')).includes('switch'),
      60_000,
    );
  for (const nic of ['eth1', 'eth2']) {
    await hearsSwitch(nic);
    assert.deepEqual(await said(nic, 'Port ID', 'port ID'), [`${host.name}-${nic}`], 'nobody else, not the other host');
  }
  await ground.cable(host, 'eth1', 'cut');
  afterwards(() => ground.cable(host, 'eth1', 'mend'));
  await until('eth1 hears nobody', async () => (await inJson(api, host, 'eth1')).length === 0, 10_000);
  await ground.cable(host, 'eth1', 'mend');
  await host.accepts(setupNetworks(bond('bond1', ['eth1', 'eth2'])));
  await hearsSwitch('eth1');
  await heard(api, host, 'eth1');
}

export const lldp: Area = {
  name: 'LLDP',
  scenarios: {
    'AC-331': inEach({ memory: inMemory, lab: byLldpd }),
  },
};
