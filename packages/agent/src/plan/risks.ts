/** What a plan may do to people: sentences, and the time for which the host may not answer. */
import type { KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isMade } from '../observe/ownership.ts';
import { isClaimed, madeNoMore, startedAnew } from './claims.ts';
import { devicesOf } from './devices-of.ts';
import type { Target } from './target.ts';

/** Milliseconds of darkness that one step on the path costs, as a rule of thumb. */
const COST = { address: 50, link: 1500, mode: 3000, lacp: 10_000 } as const;

/** Whether an operation is felt on one of these devices. A name or mark on a device is not. */
export function touches(op: KernelOp, path: ReadonlySet<string>): boolean {
  switch (op.kind) {
    case 'link.set': {
      const { kind: _, name, alias: __, group: ___, ...felt } = op;
      return Object.keys(felt).length > 0 && (path.has(name) || (typeof op.master === 'string' && path.has(op.master)));
    }
    case 'link.del':
    case 'port.forward':
    case 'bond.option':
    case 'bridge.option':
      return path.has(op.name);
    case 'link.del-group':
      return op.names.some((name) => path.has(name));
    case 'sriov.numvfs':
    case 'ethtool.set':
    case 'qdisc.add':
    case 'qdisc.del':
    case 'class.set':
    case 'class.del':
    case 'filter.add':
    case 'filter.del':
    case 'addr.add':
    case 'addr.del':
    case 'dhcp.start':
    case 'dhcp.stop':
      return path.has(op.device);
    case 'route.replace':
    case 'route.del':
      return op.destination === 'default' && [...devicesOf([op])].some((name) => path.has(name));
    case 'sysctl.set':
      return [...path].some((name) => op.key.includes(`/${name}/`)) && op.key.endsWith('/disable_ipv6');
    default:
      return false;
  }
}

/** Milliseconds; 0 when the path to the engine is not touched. */
export function expectedOutage(ops: readonly KernelOp[], path: ReadonlySet<string>, target: Target): number {
  let total = 0;
  for (const op of ops) {
    if (!touches(op, path)) continue;
    const lacp = op.kind === 'link.set' && typeof op.master === 'string' && modeOf(target, op.master) === '4';
    const reset = op.kind === 'link.del' || op.kind === 'sriov.numvfs';
    const link = reset || (op.kind === 'link.set' && (op.up === false || op.master !== undefined));
    if (lacp) total += COST.lacp;
    else if (op.kind === 'bond.option' && op.option === 'mode') total += COST.mode;
    else if (link) total += COST.link;
    else total += COST.address;
  }
  return total;
}

/**
 * Milliseconds for which a port of a spanning tree listens and learns before it forwards: where the way to the engine leads over
 * a bridge that begins with that, or gets another port.
 */
export function listening(ops: readonly KernelOp[], target: Target, path: ReadonlySet<string>): number {
  const times = [...target.links.values()].flatMap(({ name, stp, bridge }) => {
    if (stp !== true || !path.has(name)) return [];
    const begins = ops.some(
      (op) =>
        (op.kind === 'link.set' && op.master === name) ||
        (op.kind === 'bridge.option' && op.name === name && op.option === 'stp_state'),
    );
    // Hundredths of a second, twice.
    return begins ? [Number(bridge?.['forward_delay'] ?? 1500) * 20] : [];
  });
  return Math.max(0, ...times);
}

export function risks(
  state: KernelState,
  target: Target,
  ops: readonly KernelOp[],
  path: ReadonlySet<string>,
): string[] {
  const found = new Set<string>();
  const links = new Map(state.links.map((link) => [link.name, link]));
  if (ops.some((op) => touches(op, path))) {
    found.add('The change touches the path to the engine; the host may not answer for a moment.');
  }
  for (const op of ops) {
    if (op.kind === 'manager.claim') {
      const { devices = [], claims = [] } = (state.managers ?? []).find(({ name }) => name === op.manager) ?? {};
      const taken = devices.filter((name) => isClaimed(op.claims, name));
      const anew = op.manager === 'systemd-networkd' && (taken.length > 0 || claims.length === 0);
      for (const risk of anew ? startedAnew(state, op.claims) : []) found.add(risk);
      for (const risk of op.manager === 'systemd-networkd' ? madeNoMore(state, op.claims) : []) found.add(risk);
      if (taken.length > 0) found.add(`${op.manager} manages ${taken.join(', ')} and has to let go of it first.`);
    }
    if (op.kind === 'ethtool.set' && op.section !== 'features' && op.section !== 'coalesce') {
      found.add(`${op.device} changes its ${op.section} settings; some drivers drop the link for a moment.`);
    }
    if (op.kind === 'sriov.numvfs') {
      found.add(
        `${op.device} gets another number of virtual functions; some drivers reset the link of ${op.device} for it.`,
      );
    }
    if (op.kind === 'link.set' && op.up === false) {
      for (const link of state.links) {
        if (link.kind !== 'vlan' || link.base !== op.name || !link.adminUp || isMade(link)) continue;
        found.add(`${link.name}, which is not managed here, goes down with ${op.name} for a moment.`);
      }
    }
    if (op.kind === 'bond.option' && op.option === 'mode') {
      found.add(`${op.name} changes its mode: everything on it is cut off until its members have joined again.`);
    }
    if (op.kind === 'link.set' && typeof op.master === 'string' && modeOf(target, op.master) === '4') {
      found.add(`${op.master} uses LACP: it carries nothing until the switch speaks it on every port.`);
    }
    if (op.kind === 'link.set' && op.mtu !== undefined && links.get(op.name)?.kind === 'nic') {
      found.add(`${op.name} changes its MTU to ${op.mtu}; some drivers drop the link for a moment.`);
    }
  }
  for (const { name, qdisc } of state.links) {
    if (qdisc === 'mq' && target.links.get(name)?.shaping) {
      found.add(`${name} has several queues for sending, of which shaping makes one: it may become slower.`);
    }
  }
  for (const link of target.links.values()) {
    const before = links.get(link.name);
    if (link.stp === true && before?.bridge?.stp !== true) {
      found.add(`${link.name} runs spanning tree: a port forwards only after twice the forward delay.`);
    }
    if (link.kind !== 'bond' || before === undefined) continue;
    for (const nic of state.links) {
      const leaves = nic.master === link.name && target.links.get(nic.name)?.master !== link.name;
      if (leaves && nic.permanentMac !== null && nic.permanentMac === link.mac) {
        found.add(`${link.name} keeps the MAC of ${nic.name}, which leaves it: do not use both on one segment.`);
      }
    }
  }
  return [...found];
}

function modeOf(target: Target, bond: string): string | undefined {
  return target.links.get(bond)?.bond?.['mode'];
}
