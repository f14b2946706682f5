/**
 * One line of `ip -batch` per operation. Every word passes a pattern, and anything else is refused: names, addresses and aliases
 * may have come from a client, a DHCP server or another program on the host, and a batch line has quotes, escapes and comments.
 */
import type { KernelOp, NextHop } from '@patchbay/protocol';
import { bondOptions } from '../observe/bond-options.ts';
import { bridgeOptions } from '../observe/bridge-options.ts';
import { OUR_GROUP, OUR_PROTOCOL } from '../observe/ownership.ts';
import { routeMetrics } from '../observe/route-metrics.ts';

const patterns = {
  device: /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/,
  mac: /^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/,
  number: /^\d{1,10}$/,
  rate: /^\d{1,12}$/,
  setting: /^[a-z0-9][a-z0-9_-]{0,63}$/,
  alias: /^[A-Za-z0-9_.:,=+%-]{1,255}$/,
  ip: /^[0-9a-fA-F:.]{2,45}$/,
  subnet: /^[0-9a-fA-F:.]{2,45}\/\d{1,3}$/,
  protocol: /^[a-z0-9_]{1,20}$/,
  value: /^[A-Za-z0-9_.:,+-]{1,255}$/,
} as const;

/** A word that is what it should be. @throws when it is not: then the operation must not reach the kernel */
export function word(kind: keyof typeof patterns, value: string | number): string {
  const text = String(value);
  if (!patterns[kind].test(text)) throw new Error(`${JSON.stringify(text)} is not a ${kind}.`);
  return text;
}

/** Whether a batch line can hold the alias. */
export function isPlain(alias: string): boolean {
  return alias === '' || patterns.alias.test(alias);
}

/** @throws when a part of the operation is not what it should be, or the operation is not one of `ip` */
export function ipLine(op: KernelOp): string {
  return words(op)
    .filter((part) => part !== '')
    .join(' ');
}

function words(op: KernelOp): string[] {
  switch (op.kind) {
    case 'link.add':
      return linkAdd(op);
    case 'link.set':
      return linkSet(op);
    case 'link.del':
      return ['link del dev', word('device', op.name)];
    case 'link.del-group':
      return ['link del group', word('number', op.group)];
    case 'bond.option':
      return [
        'link set dev',
        word('device', op.name),
        'type bond',
        keyword(bondOptions, op.option),
        word('value', op.value),
      ];
    case 'bridge.option':
      return [
        'link set dev',
        word('device', op.name),
        'type bridge',
        keyword(bridgeOptions, op.option),
        word('value', op.value),
      ];
    case 'port.forward':
      return ['link set dev', word('device', op.name), 'type bridge_slave state 3'];
    case 'addr.add':
      return addrAdd(op);
    case 'addr.del':
      return ['addr del', ...local(op), 'dev', word('device', op.device)];
    case 'route.replace':
      return [
        'route replace',
        ...(op.nexthops === undefined ? routeKey(op) : routeKey({ ...op, gateway: null, device: null })),
        'proto',
        word('protocol', op.protocol ?? OUR_PROTOCOL),
        op.source === undefined ? '' : `src ${word('ip', op.source)}`,
        op.onlink === true ? 'onlink' : '',
        ...Object.entries(op.metrics ?? {}).map(routeMetric),
        ...(op.nexthops ?? []).map((hop) => nextHop(op.family, hop)),
      ];
    case 'route.del':
      return ['route del', ...routeKey(op), op.protocol === undefined ? '' : `proto ${word('protocol', op.protocol)}`];
    case 'rule.add':
      return ['rule add', ...ruleKey(op), 'protocol', word('protocol', op.protocol ?? OUR_PROTOCOL)];
    case 'rule.del':
      return ['rule del', ...ruleKey(op)];
    default:
      throw new Error(`${op.kind} is not an operation of ip.`);
  }
}

type Op<K extends KernelOp['kind']> = Extract<KernelOp, { kind: K }>;

function linkAdd(op: Op<'link.add'>): string[] {
  const table = op.type === 'bond' ? bondOptions : bridgeOptions;
  const options = Object.entries(op.options).map(([name, value]) => `${keyword(table, name)} ${word('value', value)}`);
  return [
    'link add',
    op.base === null ? '' : `link ${word('device', op.base)}`,
    'name',
    word('device', op.name),
    op.mac === null ? '' : `address ${word('mac', op.mac)}`,
    // Ours from the first moment, whatever happens next.
    `group ${OUR_GROUP} type ${op.type}`,
    op.vlan === null ? '' : `id ${word('number', op.vlan)}`,
    ...options,
  ];
}

function linkSet(op: Op<'link.set'>): string[] {
  return [
    'link set dev',
    word('device', op.name),
    op.mac === undefined ? '' : `address ${word('mac', op.mac)}`,
    op.mtu === undefined ? '' : `mtu ${word('number', op.mtu)}`,
    op.group === undefined ? '' : `group ${word('number', op.group)}`,
    op.alias === undefined ? '' : `alias ${op.alias === '' ? '""' : word('alias', op.alias)}`,
    op.master === undefined ? '' : op.master === null ? 'nomaster' : `master ${word('device', op.master)}`,
    op.up === undefined ? '' : op.up ? 'up' : 'down',
  ];
}

function local({ address, prefix, peer }: Op<'addr.add'> | Op<'addr.del'>): string[] {
  if (peer === undefined) return [word('subnet', `${address}/${prefix}`)];
  return [word('ip', address), 'peer', word('subnet', `${peer}/${prefix}`)];
}

/** `replace`, so that it may be there already. */
function addrAdd(op: Op<'addr.add'>): string[] {
  const broadcast = op.family === 4 && op.prefix < 31;
  const lifetime = (seconds: number | null) => (seconds === null ? 'forever' : word('number', Math.max(1, seconds)));
  const preferredFor = op.preferredFor ?? op.validFor;
  return [
    'addr replace',
    ...local(op),
    broadcast ? 'broadcast +' : '',
    'dev',
    word('device', op.device),
    op.nodad && op.family === 6 ? 'nodad' : '',
    op.noPrefixRoute === true ? 'noprefixroute' : '',
    preferredFor === null ? '' : `valid_lft ${lifetime(op.validFor)} preferred_lft ${lifetime(preferredFor)}`,
  ];
}

function routeMetric([name, value]: [string, number]): string {
  if (!routeMetrics.has(name)) throw new Error(`${JSON.stringify(name)} is not a metric of a route.`);
  return `${name} ${word('number', value)}`;
}

function nextHop(family: 4 | 6, { gateway, device, weight, onlink }: NextHop): string {
  const way = gateway === null ? '' : `${via(family, gateway)} `;
  return `nexthop ${way}dev ${word('device', device)} weight ${word('number', weight)}${onlink === true ? ' onlink' : ''}`;
}

/** Routes of IPv4 may lead over neighbours that have only IPv6 (RFC 5549), whose family `ip` has to be told. */
function via(family: 4 | 6, gateway: string): string {
  return `via ${family === 4 && gateway.includes(':') ? 'inet6 ' : ''}${word('ip', gateway)}`;
}

type RouteKey = Omit<Op<'route.del'>, 'kind' | 'protocol'>;

function routeKey(op: RouteKey): string[] {
  // The default destination has no family of its own.
  const any = op.family === 4 ? '0.0.0.0/0' : '::/0';
  return [
    op.destination === 'default' ? any : word('subnet', op.destination),
    op.gateway === null ? '' : via(op.family, op.gateway),
    op.device === null ? '' : `dev ${word('device', op.device)}`,
    'table',
    word('number', op.table),
    op.metric === null ? '' : `metric ${word('number', op.metric)}`,
  ];
}

function ruleKey(op: Op<'rule.add'> | Op<'rule.del'>): string[] {
  return [
    'priority',
    word('number', op.priority),
    op.from === null ? '' : `from ${word('subnet', op.from)}`,
    op.to === null ? '' : `to ${word('subnet', op.to)}`,
    'lookup',
    word('number', op.table),
  ];
}

function keyword(table: ReadonlyMap<string, { keyword: string }>, option: string): string {
  if (option === 'mode' || option === 'stp_state') return option;
  const known = table.get(option);
  if (known === undefined) throw new Error(`${JSON.stringify(option)} is not an option.`);
  return known.keyword;
}
