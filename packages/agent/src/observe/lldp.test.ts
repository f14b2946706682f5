/** `fixtures/lldp.json` is what lldpd 1.0.16 printed of a frame with every TLV below, and of a second sender on the same cable. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { parseLldp } from './lldp-json.ts';
import { lldpNeighbours } from './lldp-neighbours.ts';

const heard = readFileSync(new URL('fixtures/lldp.json', import.meta.url), 'utf8');
const DOT1 = 0x0080c2;
const DOT3 = 0x00120f;

const link = (name: string, part: Partial<LinkReport> = {}) => ({ name, kind: 'nic', carrier: true, ...part });
const kernelWith = (...links: ReturnType<typeof link>[]) => ({
  observe: () => Promise.resolve({ links } as unknown as KernelState),
});
const onNics = async (...links: ReturnType<typeof link>[]) =>
  Object.keys((await lldpNeighbours(kernelWith(...links), () => Promise.resolve(heard))).nics);

describe('neighbours by LLDP', () => {
  test('HT-184 every known TLV has its name, OUI and subtype, repeats and those of other organisations are kept', () => {
    const { nics = {} } = parseLldp(heard) ?? {};
    assert.deepEqual(Object.keys(nics), ['eth1']);
    const elements = (nics['eth1'] ?? []).map(({ name, type, oui, subtype, properties }) => [
      ...[type, ...(oui === undefined ? [] : [oui, subtype]), name],
      properties,
    ]);
    assert.deepEqual(elements, [
      [1, 'Chassis ID', { 'chassis ID subtype': 'MAC', 'chassis ID': '02:00:00:00:00:fe' }],
      [2, 'Port ID', { 'port ID subtype': 'Ifname', 'port ID': 'Ethernet1/9' }],
      [3, 'Time to Live', { 'time to live': '120' }],
      [4, 'Port Description', { 'port description': 'to host1' }],
      [5, 'System Name', { 'system name': 'sw-a' }],
      [6, 'System Description', { 'system description': 'A switch, release 1' }],
      [7, 'System Capabilities', { 'system capabilities': 'Bridge, Router', 'enabled capabilities': 'Bridge' }],
      [8, 'Management Address', address('IPv4', '192.0.2.1')],
      [8, 'Management Address', address('IPv6', '2001:db8::1')],
      [127, DOT1, 1, 'Port VLAN ID', { 'Port VLAN ID': '30' }],
      [127, DOT1, 3, 'VLAN Name', { 'VLAN ID': '30', 'VLAN Name': 'dmz' }],
      [127, DOT1, 3, 'VLAN Name', { 'VLAN ID': '31', 'VLAN Name': 'blue' }],
      [127, DOT1, 7, 'Link Aggregation', aggregated('42')],
      [127, 0x334455, 200, 'Organizationally Specific', { value: '0102' }],
      [127, 0x334455, 200, 'Organizationally Specific', { value: '03' }],
      [127, DOT3, 3, 'Link Aggregation', aggregated('41')],
      [127, DOT3, 4, 'MTU', { mtu: '9216' }],
      [1, 'Chassis ID', { 'chassis ID subtype': 'Local', 'chassis ID': 'box' }],
      [2, 'Port ID', { 'port ID subtype': 'MAC', 'port ID': '02:00:00:00:00:aa' }],
      [3, 'Time to Live', { 'time to live': '60' }],
    ]);
  });

  test('HT-185 a nic whose link is down hears nobody, and one that comes is heard by at the next question', async () => {
    assert.deepEqual(await onNics(link('eth1')), ['eth1']);
    assert.deepEqual(await onNics(link('eth1', { carrier: false })), []);
    assert.deepEqual(await onNics(link('eth2')), [], 'it is unplugged');
    assert.deepEqual(await onNics(link('eth2'), link('eth1')), ['eth1']);
  });

  test('a host without lldpd, or with one that says something else, hears nobody', async () => {
    for (const text of ['', 'no', '[]', '{"lldp": [{}]}', '{"lldp": [{"interface": [{"name": 7}]}]}']) {
      assert.equal(parseLldp(text)?.nics['eth1'], undefined);
      assert.deepEqual(await lldpNeighbours(kernelWith(link('eth1')), () => Promise.resolve(text)), { nics: {} }, text);
    }
  });

  test('what is told by the protocol of a vendor is left out', () => {
    assert.deepEqual(parseLldp(heard.replaceAll('"LLDP"', '"CDPv2"')), { nics: {} });
  });
});

function address(family: string, value: string): Record<string, string> {
  return { 'management address subtype': family, 'management address': value, 'interface numbering': '7' };
}

function aggregated(port: string): Record<string, string> {
  return { 'Aggregation capable': 'True', 'Currently aggregated': 'True', 'Aggregated Port ID': port };
}
