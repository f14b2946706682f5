/**
 * What each {@link KernelOp} does to a kernel, and what a kernel refuses, in its own words. Every fact here was seen on a real one;
 * the lab compares the two, operation by operation.
 */
import type { DhcpReport, KernelOp } from '@patchbay/protocol';
import { PER_PORT } from '../observe/bridge-options.ts';
import { OUR_PROTOCOL } from '../observe/ownership.ts';
import { addAddress, deleteAddress } from './apply-address.ts';
import { setBondOption } from './apply-bond.ts';
import { addLink, deleteLink, setLink } from './apply-link.ts';
import { applyManager } from './apply-manager.ts';
import { restoreResolver, setNameservers } from './apply-resolver.ts';
import { deleteRoute, replaceRoute } from './apply-route.ts';
import { applyShaping } from './apply-shaping.ts';
import { setNumvfs } from './apply-sriov.ts';
import { setSysctl } from './apply-sysctl.ts';
import type { World } from './world.ts';

/** Applies one operation. @returns null, or the kernel's refusal, in which case nothing has changed */
export function applyOp(world: World, op: KernelOp): string | null {
  switch (op.kind) {
    case 'link.add':
      return addLink(world, op);
    case 'link.set':
      return setLink(world, op);
    case 'link.del':
      return deleteLink(world, op.name);
    case 'link.del-group': {
      const members = [...world.links.values()].filter((link) => link.group === String(op.group));
      for (const { name } of members) if (world.links.has(name)) deleteLink(world, name);
      return null;
    }
    case 'addr.add':
      return addAddress(world, op);
    case 'addr.del':
      return deleteAddress(world, op);
    case 'route.replace':
      return replaceRoute(world, op);
    case 'route.del':
      return deleteRoute(world, op);
    case 'rule.add': {
      const { kind: _, ...rule } = op;
      if (world.rules.some((known) => sameRule(known, rule))) return 'File exists';
      world.rules.push({ ...rule, protocol: rule.protocol ?? OUR_PROTOCOL });
      return null;
    }
    case 'rule.del': {
      const at = world.rules.findIndex((known) => sameRule(known, op));
      if (at < 0) return 'No such file or directory';
      world.rules.splice(at, 1);
      return null;
    }
    case 'bond.option':
      return setBondOption(world, op.name, op.option, op.value);
    case 'bridge.option': {
      const link = world.get(op.name);
      if (link === undefined || link.bridge === null) return `Cannot find device "${op.name}"`;
      const { stp, options } = link.bridge;
      if (op.option === PER_PORT && world.ports(op.name).length > 0) return 'Device or resource busy';
      link.bridge =
        op.option === 'stp_state'
          ? { stp: op.value !== '0', options }
          : { stp, options: { ...options, [op.option]: op.value } };
      return null;
    }
    case 'sriov.numvfs':
      return setNumvfs(world, op);
    case 'port.forward':
      return forwardAtOnce(world, op.name);
    case 'sysctl.set':
      return setSysctl(world, op.key, op.value);
    case 'qdisc.add':
    case 'qdisc.del':
    case 'class.set':
    case 'class.del':
    case 'filter.add':
    case 'filter.del':
      return applyShaping(world, op);
    case 'ethtool.set': {
      const link = world.get(op.device);
      if (link === undefined) return 'netlink error: no device matches name (offset 24)';
      link.ethtool = { ...link.ethtool, [op.section]: { ...link.ethtool?.[op.section], ...op.values } };
      return null;
    }
    case 'dhcp.start':
      if (!world.links.has(op.device)) return `Cannot find device "${op.device}"`;
      world.dhcp = world.dhcp.filter((client) => !sameClient(client, op));
      world.dhcp.push({
        device: op.device,
        network: op.network,
        family: op.family,
        state: 'acquiring',
        address: null,
        gateway: null,
        nameservers: [],
      });
      return null;
    case 'dhcp.stop':
      world.dhcp = world.dhcp.filter((client) => !sameClient(client, op));
      return null;
    case 'dns.set':
      return setNameservers(world, op);
    case 'dns.restore':
      return restoreResolver(world, op);
    case 'neighbour.announce':
      return null;
    case 'manager.claim':
    case 'manager.release':
    case 'manager.hand-back':
      return applyManager(world, op);
  }
}

type Client = Pick<DhcpReport, 'device' | 'network' | 'family'>;

/** A client asks for one network, by its identity: on the same device, another network has another client. */
export function sameClient(a: Client, b: Client): boolean {
  return a.device === b.device && a.network === b.network && a.family === b.family;
}

function forwardAtOnce(world: World, name: string): string | null {
  const bridge = world.get(world.get(name)?.master ?? null)?.bridge;
  if (bridge === undefined || bridge === null) return 'Operation not supported';
  return bridge.stp ? 'Device or resource busy' : null;
}

interface Rule {
  family: 4 | 6;
  priority: number;
  from: string | null;
  to: string | null;
  table: number;
}

export function sameRule(a: Rule, b: Rule): boolean {
  return (
    a.family === b.family && a.priority === b.priority && a.from === b.from && a.to === b.to && a.table === b.table
  );
}
