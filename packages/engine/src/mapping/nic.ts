import {
  type BondOption,
  bondOptionName,
  bondOptionValue,
  ipv4Mask,
  type Nic,
  normalisedBondOptions,
  type ObservedIp,
  type ObservedNetwork,
  type ObservedNic,
} from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { actions, links, reference } from './link.ts';
import { qosToWire } from './qos.ts';

/** Label of each bond mode, by its number. Ansible compares its own list with ours, and expects none for broadcast (wire 6.1). */
const modeLabels: Record<string, string> = {
  '0': 'Round-robin',
  '1': 'Active-Backup',
  '2': 'Load balance (balance-xor)',
  '4': 'Dynamic link aggregation (802.3ad)',
  '5': 'Adaptive transmit load balancing (balance-tlb)',
  '6': 'Adaptive load balancing (balance-alb)',
};

export interface NicView {
  nic: Nic;
  observed: ObservedNic | undefined;
  /** The network that this device carries by itself: untagged on a nic or bond, the tagged one on its VLAN device. */
  network: { observed: ObservedNetwork | undefined; id: string | null; name: string; inSync: boolean | null } | null;
  properties: Record<string, string>;
  /** Whether members are wanted that are only shown on request: those of SR-IOV. */
  allContent: boolean;
  /** Id of a nic of the host by name. */
  idOf: (name: string) => string | undefined;
}

export function nicToWire(base: string, view: NicView): ApiObject<'host_nic'> {
  const { nic, observed, network } = view;
  const { href, id } = reference(base, `hosts/${nic.hostId}/nics`, nic.id);
  const ip = network?.observed ?? observed;
  const slaveOf = observed?.master == null ? undefined : view.idOf(observed.master);
  const rels = ['networkattachments', 'networklabels', 'statistics'];
  if (nic.kind === 'nic') rels.push('linklayerdiscoveryprotocolelements');
  const sriov = view.allContent ? observed?.sriov : undefined;
  if (sriov !== undefined) rels.push('virtualfunctionallowedlabels', 'virtualfunctionallowednetworks');
  const physicalFunction = view.allContent ? view.idOf(observed?.physicalFunction ?? '') : undefined;
  const properties = Object.entries(view.properties).map(([name, value]) => ({ name, value }));
  return {
    href,
    id,
    ...actions(href, sriov === undefined ? [] : ['updatevirtualfunctionsconfiguration']),
    name: nic.name,
    link: [
      ...links(href, rels),
      ...(slaveOf === undefined ? [] : [{ rel: 'master', href: `${base}/hosts/${nic.hostId}/nics/${slaveOf}` }]),
    ],
    ...(observed?.aggregator == null ? {} : { ad_aggregator_id: observed.aggregator }),
    ...(nic.base === null ? {} : { base_interface: nic.base }),
    ...(nic.kind === 'bond' ? { bonding: bondingToWire(base, view) } : {}),
    boot_protocol: ip?.ipv4?.method ?? 'none',
    bridged: network?.observed?.bridged ?? false,
    ...(network?.inSync == null ? {} : { custom_configuration: !network.inSync }),
    ...ipMembers(ip),
    ...(observed?.mac == null ? {} : { mac: { address: observed.mac } }),
    mtu: observed?.mtu ?? 0,
    ...(properties.length === 0 ? {} : { properties }),
    ...(network?.observed?.qos == null ? {} : { qos: qosToWire(network.observed.qos) }),
    ...(observed?.speed == null || observed.speed <= 0 ? {} : { speed: observed.speed * 1_000_000 }),
    ...(observed === undefined ? {} : { status: observed.up ? 'up' : 'down' }),
    ...(sriov === undefined
      ? {}
      : {
          virtual_functions_configuration: {
            all_networks_allowed: nic.vfs?.allNetworksAllowed ?? true,
            max_number_of_virtual_functions: sriov.total,
            number_of_virtual_functions: sriov.current,
          },
        }),
    ...(nic.vlan === null ? {} : { vlan: { id: nic.vlan } }),
    host: reference(base, 'hosts', nic.hostId),
    ...(network === null
      ? {}
      : { network: network.id === null ? { name: network.name } : reference(base, 'networks', network.id) }),
    ...(physicalFunction === undefined
      ? {}
      : { physical_function: reference(base, `hosts/${nic.hostId}/nics`, physicalFunction) }),
  };
}

/**
 * A bond as it stands: whoever compares must find the slave that another hand took out, and an option that it changed. Which
 * options are told is what was asked for, since the kernel tells of all that it knows.
 */
function bondingToWire(base: string, { nic, observed, idOf }: NicView): ApiObject<'bonding'> {
  const bond = observed?.bond;
  const slave = (name: string) => {
    const id = idOf(name);
    return id === undefined ? [] : [reference(base, `hosts/${nic.hostId}/nics`, id)];
  };
  const shown = normalisedBondOptions(namedOptions(bond?.options ?? {}));
  const options = nic.bond?.options ?? namedOptions(bond?.options ?? {});
  const [active] = bond?.activeSlave == null ? [] : slave(bond.activeSlave);
  return {
    ...(bond?.partnerMac == null ? {} : { ad_partner_mac: { address: bond.partnerMac } }),
    options: options.map(({ name, value }) => {
      const asked = bondOptionValue(name, value);
      const actual = shown.get(bondOptionName(name)) ?? asked;
      // Clients that were told the name of a mode would send it on to others that know numbers alone.
      if (name !== 'mode') return { name, value: actual === asked ? value : actual };
      const type = modeLabels[actual];
      return { name, value: actual, ...(type === undefined ? {} : { type }) };
    }),
    slaves: (bond?.slaves ?? []).flatMap(slave),
    ...(active === undefined ? {} : { active_slave: active }),
  };
}

function namedOptions(options: Readonly<Record<string, string>>): BondOption[] {
  return Object.entries(options).map(([name, value]) => ({ name, value }));
}

function ipMembers({ ipv4, ipv6 }: Pick<ObservedNic, 'ipv4' | 'ipv6'> = {}): ApiObject<'host_nic'> {
  return {
    ...(ipv4?.address == null ? {} : { ip: { ...address(ipv4, ipv4Mask), version: 'v4' as const } }),
    ...(ipv6?.address == null ? {} : { ipv6: { ...address(ipv6, String), version: 'v6' as const } }),
    ipv6_boot_protocol: ipv6?.method ?? 'none',
  };
}

function address(ip: ObservedIp<string>, mask: (prefix: number) => string) {
  return {
    ...(ip.address === null ? {} : { address: ip.address }),
    ...(ip.gateway === null ? {} : { gateway: ip.gateway }),
    ...(ip.prefix === null ? {} : { netmask: mask(ip.prefix) }),
  };
}
