/** A config as it came from an engine: read whole, or refused with a code and a sentence. */
import { type AgentProblem, HostConfig } from '@patchbay/protocol';
import * as z from 'zod/mini';

export type ReadConfig = { ok: true; config: HostConfig } | { ok: false; problem: AgentProblem };

export function readConfig(raw: unknown): ReadConfig {
  const read = z.safeParse(HostConfig, raw);
  const path = read.success ? passedOver(raw, read.data) : read.error.issues[0]?.path.map(String);
  if (read.success && path === undefined) return { ok: true, config: read.data };
  const at = path ?? [];
  return { ok: false, problem: { ...(read.success ? unknownAt(at) : wrongAt(raw, at)), outcome: 'unchanged' } };
}

/**
 * Where there is something that the schema does not know. A wish that is passed over in silence is worse than one that is
 * refused: nobody would look for it.
 */
function passedOver(raw: unknown, read: unknown): string[] | undefined {
  if (typeof raw !== 'object' || raw === null || typeof read !== 'object' || read === null) return undefined;
  for (const key of Object.keys(raw)) {
    if (!Object.hasOwn(read, key)) return [key];
    const below = passedOver(raw[key as never], read[key as never]);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}

/** Parts of an address that another method would have. */
const ADDRESS = new Set(['address', 'prefix', 'gateway']);

function unknownAt(path: readonly string[]): AgentProblem {
  const attribute = path.at(-1) ?? '';
  const inAddress = path.length === 4 && path[2]?.startsWith('ip') === true && ADDRESS.has(attribute);
  return inAddress
    ? { code: 'ERR_BAD_ADDR', message: `${owner(path)}: ${attribute} does not belong to the method of ${path[2]}.` }
    : { code: 'ERR_BAD_PARAMS', message: `${owner(path)}: this agent knows no attribute ${attribute} there.` };
}

function wrongAt(raw: unknown, path: readonly string[]): AgentProblem {
  const [kind, , attribute = ''] = path;
  const value = JSON.stringify(path.reduce((part, key) => (part as never)?.[key], raw));
  const { code, takes } = (kind === 'bonds' ? ofBond : ofNetwork)(attribute, path.length > 3);
  if (value === undefined && path.length === 3) {
    return { code: 'ERR_BAD_PARAMS', message: `${owner(path)}: ${attribute} is missing; it takes ${takes}.` };
  }
  const what = path.slice(2).join('.') || 'it';
  return { code, message: `${owner(path)}: ${what} is ${value ?? 'missing'}, but it takes ${takes}.` };
}

interface Attribute {
  code: AgentProblem['code'];
  takes: string;
}

function ofNetwork(attribute: string): Attribute {
  const [code = 'ERR_BAD_PARAMS', takes = 'what the protocol says'] = attributes[attribute] ?? [];
  return { code, takes };
}

const address = 'an address with a prefix, and a gateway or null';
const attributes: Readonly<Record<string, readonly [code: AgentProblem['code'], takes: string]>> = {
  base: ['ERR_BAD_NIC', 'the name of a nic or bond, or null'],
  vlan: ['ERR_BAD_VLAN', 'a whole number from 0 to 4094, or null'],
  bridged: ['ERR_BAD_PARAMS', 'true or false'],
  stp: ['ERR_BAD_PARAMS', 'true or false'],
  defaultRoute: ['ERR_BAD_PARAMS', 'true or false'],
  mtu: ['ERR_BAD_PARAMS', 'bytes, 68 to 65535'],
  ipv4: ['ERR_BAD_ADDR', `none, dhcp, or static with ${address}`],
  ipv6: ['ERR_BAD_ADDR', `none, dhcp, autoconf, both, or static with ${address}`],
  moreAddresses: ['ERR_BAD_ADDR', 'IPv4 addresses with their prefixes'],
  nameservers: ['ERR_BAD_ADDR', 'addresses, or null'],
  bridgeOptions: ['ERR_BAD_PARAMS', 'texts by the names of options'],
  qos: ['ERR_BAD_PARAMS', 'a share and rates in bit/s'],
};

function ofBond(attribute: string, inList: boolean): Attribute {
  if (attribute === 'slaves' && inList) return { code: 'ERR_BAD_NIC', takes: 'the name of a nic' };
  if (attribute === 'slaves') return { code: 'ERR_BAD_PARAMS', takes: 'at least one nic' };
  if (attribute === 'mac') return { code: 'ERR_BAD_BONDING', takes: 'the MAC address of a single station' };
  return { code: 'ERR_BAD_BONDING', takes: 'texts by the names of options' };
}

function owner([kind, name]: readonly string[]): string {
  if (name === undefined) return 'The configuration';
  return `${kind === 'bonds' ? 'Bond' : 'Network'} ${name}`;
}
