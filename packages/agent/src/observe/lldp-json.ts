/**
 * The neighbours of nics as `lldpcli -f json0 show neighbors details` prints them: lists everywhere, however many there are, and
 * every value a text. It shows decoded fields, of which these are the TLVs again (IEEE 802.1AB 8, 802.1Q annex D, 802.3 79).
 */
import type { LldpElement, LldpNeighbours } from '@patchbay/protocol';
import * as z from 'zod/mini';

const Values = z.optional(z.array(z.object({ value: z.optional(z.string()) })));
const Ids = z.optional(z.array(z.object({ type: z.string(), value: z.string() })));

const Chassis = z.object({
  id: Ids,
  name: Values,
  descr: Values,
  'mgmt-ip': Values,
  'mgmt-iface': Values,
  capability: z.optional(z.array(z.object({ type: z.string(), enabled: z.boolean() }))),
});

const Port = z.object({ id: Ids, descr: Values, ttl: Values, mfs: Values, aggregation: Values });

const Vlan = z.object({ 'vlan-id': z.string(), pvid: z.optional(z.boolean()), value: z.optional(z.string()) });

const Unknown = z.object({ oui: z.string(), subtype: z.string(), value: z.optional(z.string()) });

const Neighbour = z.object({
  name: z.string(),
  via: z.string(),
  chassis: z.optional(z.array(Chassis)),
  port: z.optional(z.array(Port)),
  vlan: z.optional(z.array(Vlan)),
  'unknown-tlvs': z.optional(z.array(z.object({ 'unknown-tlv': z.optional(z.array(Unknown)) }))),
});

const Printed = z.object({ lldp: z.array(z.object({ interface: z.optional(z.array(Neighbour)) })) });

const DOT1 = 0x0080c2;
const DOT3 = 0x00120f;
const ORGANISATION = 127;
const LINK_AGGREGATION = 7;

/** Kinds of ids, as oVirt spells them; others as lldpd does. */
const idKinds: Readonly<Record<string, string>> = { mac: 'MAC', ifname: 'Ifname', local: 'Local' };

/** @param text what was printed; null where it is nothing of the kind */
export function parseLldp(text: string): LldpNeighbours | null {
  const printed = z.safeParse(Printed, json(text));
  if (!printed.success) return null;
  const nics: LldpNeighbours['nics'] = {};
  for (const neighbour of printed.data.lldp.flatMap((one) => one.interface ?? [])) {
    // The daemon may be told to understand protocols of vendors, too.
    if (neighbour.via !== 'LLDP') continue;
    // Several may be heard on one cable: the elements of each stand together.
    nics[neighbour.name] = [...(nics[neighbour.name] ?? []), ...elementsOf(neighbour)];
  }
  return { nics };
}

function elementsOf(neighbour: z.infer<typeof Neighbour>): LldpElement[] {
  const chassis = neighbour.chassis?.[0];
  const port = neighbour.port?.[0];
  const vlans = neighbour.vlan ?? [];
  return [
    ...(chassis?.id ?? []).map((id) => plain(1, 'Chassis ID', identified('chassis ID', id))),
    ...(port?.id ?? []).map((id) => plain(2, 'Port ID', identified('port ID', id))),
    ...texts(port?.ttl).map((value) => plain(3, 'Time to Live', { 'time to live': value })),
    ...texts(port?.descr).map((value) => plain(4, 'Port Description', { 'port description': value })),
    ...texts(chassis?.name).map((value) => plain(5, 'System Name', { 'system name': value })),
    ...texts(chassis?.descr).map((value) => plain(6, 'System Description', { 'system description': value })),
    ...capabilities(chassis?.capability ?? []),
    ...managementAddresses(texts(chassis?.['mgmt-ip']), texts(chassis?.['mgmt-iface'])),
    ...vlans
      .filter(({ pvid }) => pvid === true)
      .map((vlan) => own(DOT1, 1, 'Port VLAN ID', { 'Port VLAN ID': vlan['vlan-id'] })),
    ...vlans.flatMap(({ 'vlan-id': id, value }) =>
      value === undefined ? [] : [own(DOT1, 3, 'VLAN Name', { 'VLAN ID': id, 'VLAN Name': value })],
    ),
    ...(neighbour['unknown-tlvs'] ?? []).flatMap((all) => all['unknown-tlv'] ?? []).map(organisation),
    ...texts(port?.aggregation).map((id) => own(DOT3, 3, 'Link Aggregation', aggregated(true, true, id))),
    ...texts(port?.mfs).map((value) => own(DOT3, 4, 'MTU', { mtu: value })),
  ];
}

/** lldpd leaves the aggregation of 802.1AX alone; of others nothing but the bytes is known. */
function organisation({ oui, subtype, value = '' }: z.infer<typeof Unknown>): LldpElement {
  const bytes = value.split(',').filter(Boolean);
  const [who, which] = [Number.parseInt(oui.replaceAll(',', ''), 16), Number(subtype)];
  if (who === DOT1 && which === LINK_AGGREGATION && bytes.length === 5) {
    const [status = 0, ...id] = bytes.map((byte) => Number.parseInt(byte, 16));
    const port = `${id.reduce((sum, byte) => sum * 256 + byte, 0)}`;
    return own(who, which, 'Link Aggregation', aggregated((status & 1) !== 0, (status & 2) !== 0, port));
  }
  return own(who, which, 'Organizationally Specific', { value: bytes.join('').toLowerCase() });
}

function aggregated(capable: boolean, now: boolean, port: string): LldpElement['properties'] {
  const word = (yes: boolean) => (yes ? 'True' : 'False');
  return { 'Aggregation capable': word(capable), 'Currently aggregated': word(now), 'Aggregated Port ID': port };
}

function capabilities(all: readonly { type: string; enabled: boolean }[]): LldpElement[] {
  if (all.length === 0) return [];
  const names = (some: typeof all) => some.map(({ type }) => type).join(', ');
  const enabled = names(all.filter((one) => one.enabled));
  return [plain(7, 'System Capabilities', { 'system capabilities': names(all), 'enabled capabilities': enabled })];
}

function managementAddresses(addresses: readonly string[], interfaces: readonly string[]): LldpElement[] {
  return addresses.map((address, at) => {
    const family = { 'management address subtype': address.includes(':') ? 'IPv6' : 'IPv4' };
    // Which is whose cannot be said when not every address comes with one.
    const number = interfaces.length === addresses.length ? { 'interface numbering': interfaces[at] ?? '' } : {};
    return plain(8, 'Management Address', { ...family, 'management address': address, ...number });
  });
}

function identified(what: string, { type, value }: { type: string; value: string }): LldpElement['properties'] {
  return { [`${what} subtype`]: idKinds[type] ?? type, [what]: value };
}

function plain(type: number, name: string, properties: LldpElement['properties']): LldpElement {
  return { name, type, properties };
}

function own(oui: number, subtype: number, name: string, properties: LldpElement['properties']): LldpElement {
  return { name, type: ORGANISATION, oui, subtype, properties };
}

function texts(values: z.infer<typeof Values>): string[] {
  return (values ?? []).flatMap(({ value }) => (value === undefined ? [] : [value]));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
