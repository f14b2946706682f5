/** One line per operation for people: what is done to what, in the field's words. */
import { DEFAULT_CLASS, type KernelOp, LINKSHARE_UNIT, MAIN_TABLE, minorOf, type NextHop } from '@patchbay/protocol';
import { BOND_MODES, bondMode } from '../observe/bond-options.ts';

export function describe(op: KernelOp): string {
  switch (op.kind) {
    case 'link.add':
      if (op.type === 'vlan') return `Make ${op.name}: VLAN ${op.vlan} on ${op.base}`;
      if (op.type === 'bridge') return `Make bridge ${op.name}`;
      return `Make bond ${op.name}, mode ${BOND_MODES[bondMode(op.options['mode']) ?? 0]}`;
    case 'link.set':
      return `On ${op.name}: ${parts(op).join(', ')}`;
    case 'link.del':
      return `Remove ${op.name}`;
    case 'link.del-group':
      return `Remove ${op.names.length} devices together: ${few(op.names)}`;
    case 'addr.add':
      return `Give ${op.device} the address ${op.address}/${op.prefix}`;
    case 'addr.del':
      return `Take the address ${op.address}/${op.prefix} from ${op.device}`;
    case 'route.replace':
      return `Route ${destination(op)} ${(op.nexthops ?? [op]).map(way).join(' and ')}`;
    case 'route.del':
      return `Drop the route ${destination(op)}${op.device === null ? '' : ` by ${op.device}`}`;
    case 'rule.add':
      return `Look up traffic ${ends(op)} in table ${op.table}`;
    case 'rule.del':
      return `No longer look up traffic ${ends(op)} in table ${op.table}`;
    case 'bond.option':
    case 'bridge.option':
      return `Set ${op.option} of ${op.name} to ${op.value === '' ? 'nothing' : op.value}`;
    case 'port.forward':
      return `Have ${op.name} forward at once`;
    case 'sysctl.set':
      return op.key.endsWith('/disable_ipv6')
        ? `Switch IPv6 ${op.value === '0' ? 'on' : 'off'} on ${op.key.split('/')[3]}`
        : `Set ${op.key} to ${op.value}`;
    case 'sriov.numvfs':
      return op.count === 0
        ? `Take all virtual functions from ${op.device}`
        : `Give ${op.device} ${op.count} virtual functions, and wait for their names`;
    case 'ethtool.set':
      return `On ${op.device}: ${Object.entries(op.values)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')} (${op.section})`;
    case 'qdisc.add':
      return op.minor === null
        ? `Share out what leaves ${op.device}`
        : `Treat the flows of ${traffic(op.minor)} on ${op.device} fairly`;
    case 'qdisc.del':
      return `Share out no longer what leaves ${op.device}`;
    case 'class.set':
      return `On ${op.device}: ${traffic(op.minor)} gets ${shares(op)}`;
    case 'class.del':
      return `On ${op.device}: ${traffic(op.minor)} is not told apart any more`;
    case 'filter.add':
      return `On ${op.device}: find ${op.vlan === null ? 'the rest' : `VLAN ${op.vlan}`}`;
    case 'filter.del':
      return `On ${op.device}: no longer look for preference ${op.preference}`;
    case 'dhcp.start':
      return `Start the DHCPv${op.family} client of ${op.network} on ${op.device}`;
    case 'dhcp.stop':
      return `Stop the DHCPv${op.family} client of ${op.network} on ${op.device}`;
    case 'dns.set': {
      const where = op.device === undefined ? '' : ` of ${op.device}`;
      return op.nameservers.length === 0
        ? `Use no name servers${where}`
        : `Use the name servers ${op.nameservers.join(', ')}${where}`;
    }
    case 'dns.restore':
      return 'Put the name resolution back as it was';
    case 'neighbour.announce':
      return `Tell the neighbours of ${op.device} about ${op.address}`;
    case 'manager.claim':
      return op.claims.some(({ device }) => device === '*')
        ? `Have ${op.manager} set up no networks`
        : `Have ${op.manager} leave ${few(op.claims.map(({ device }) => device))} alone`;
    case 'manager.release':
      return `Leave ${few(op.devices)} to ${op.manager} again`;
    case 'manager.hand-back':
      return `Hand ${few(op.devices.map(({ name }) => name))} to ${op.manager}, with a configuration that keeps all as it is`;
  }
}

function few(names: readonly string[]): string {
  return `${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;
}

function traffic(minor: number): string {
  return minor === DEFAULT_CLASS ? 'untagged traffic' : `VLAN ${minor === minorOf(0) ? 0 : minor}`;
}

function shares({ linkshare, upperlimit, realtime }: Extract<KernelOp, { kind: 'class.set' }>): string {
  return [
    linkshare === null ? '' : `a share of ${linkshare / LINKSHARE_UNIT}`,
    realtime === null ? '' : `at least ${realtime / 1e6} Mbit/s`,
    upperlimit === null ? '' : `at most ${upperlimit / 1e6} Mbit/s`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function parts(op: Extract<KernelOp, { kind: 'link.set' }>): string[] {
  return [
    op.up === undefined ? '' : op.up ? 'bring up' : 'take down',
    op.master === undefined ? '' : op.master === null ? 'unplug' : `plug into ${op.master}`,
    op.mtu === undefined ? '' : `MTU ${op.mtu}`,
    op.mac === undefined ? '' : `MAC ${op.mac}`,
    op.alias === undefined ? '' : op.alias === '' ? 'give it back' : 'mark as ours',
    op.group === undefined ? '' : `group ${op.group}`,
  ].filter((part) => part !== '');
}

function way({ gateway, device }: Pick<NextHop, 'gateway' | 'device'>): string {
  return `${gateway === null ? '' : `through ${gateway} `}by ${device}`;
}

function destination({
  destination: to,
  family,
  table,
}: {
  destination: string;
  family: 4 | 6;
  table: number;
}): string {
  const name = to === 'default' ? `IPv${family} default` : `to ${to}`;
  return table === MAIN_TABLE ? name : `${name} in table ${table}`;
}

function ends({ from, to }: { from: string | null; to: string | null }): string {
  return [from === null ? '' : `from ${from}`, to === null ? '' : `to ${to}`].filter((part) => part !== '').join(' ');
}
