import type { ClusterNetwork, ExternalNetwork, Network, NetworkRoles } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { links, reference } from './link.ts';
import { qosReference } from './qos.ts';

type Usage = 'vm' | 'display' | 'migration' | 'management' | 'default_route' | 'gluster';

/** Roles in the order in which oVirt lists them, with the API's spelling. */
const roleUsages: [keyof NetworkRoles, Usage][] = [
  ['display', 'display'],
  ['migration', 'migration'],
  ['management', 'management'],
  ['defaultRoute', 'default_route'],
  ['gluster', 'gluster'],
];

/** A network as the data centre has it: no roles, since clients read any usage there as "VM network" (wire 6.3). */
export function networkToWire(base: string, network: Network, withLinks = true): ApiObject<'network'> {
  const { href, id } = reference(base, 'networks', network.id);
  return {
    href,
    id,
    ...named(network),
    ...(withLinks ? { link: links(href, ['networklabels', 'permissions', 'vnicprofiles']) } : {}),
    ...resolver(network),
    mtu: network.mtu,
    port_isolation: network.portIsolation,
    stp: network.stp,
    usages: network.vm ? ['vm'] : [],
    vdsm_name: network.vdsmName,
    ...tag(network),
    data_center: reference(base, 'datacenters', network.dataCentreId),
    ...elsewhere(base, network),
  };
}

/** A network as a cluster uses it. */
export function clusterNetworkToWire(
  base: string,
  network: Network,
  assignment: ClusterNetwork,
  operational: boolean,
): ApiObject<'network'> {
  const { roles, clusterId, required } = assignment;
  return {
    href: `${base}/clusters/${clusterId}/networks/${network.id}`,
    id: network.id,
    ...named(network),
    display: roles.display,
    ...resolver(network),
    mtu: network.mtu,
    port_isolation: network.portIsolation,
    required,
    status: operational ? 'operational' : 'non_operational',
    stp: network.stp,
    usages: [
      ...(network.vm ? (['vm'] as const) : []),
      ...roleUsages.filter(([r]) => roles[r]).map(([, usage]) => usage),
    ],
    vdsm_name: network.vdsmName,
    ...tag(network),
    cluster: reference(base, 'clusters', clusterId),
    data_center: reference(base, 'datacenters', network.dataCentreId),
    ...elsewhere(base, network),
  };
}

const named = ({ name, description, comment }: Network) => ({ name, description, comment });

const resolver = ({ nameservers }: Network): ApiObject<'network'> =>
  nameservers === null ? {} : { dns_resolver_configuration: { name_servers: nameservers } };

const tag = ({ vlan }: Network): ApiObject<'network'> => (vlan === null ? {} : { vlan: { id: vlan } });

/** What is kept elsewhere and only referred to. */
const elsewhere = (base: string, network: Network): ApiObject<'network'> => ({
  ...(network.external === null ? {} : externalMembers(base, network.external)),
  ...(network.qosId === null ? {} : { qos: qosReference(base, { ...network, id: network.qosId }) }),
});

/** The provider is known by its id alone: Patchbay has no part in it. */
function externalMembers(
  base: string,
  { providerId, physicalNetworkId, physicalName }: ExternalNetwork,
): ApiObject<'network'> {
  const physical =
    physicalNetworkId !== null
      ? reference(base, 'networks', physicalNetworkId)
      : physicalName !== null
        ? { name: physicalName }
        : undefined;
  return {
    external_provider: { id: providerId },
    ...(physical === undefined ? {} : { external_provider_physical_network: physical }),
  };
}

/** What the `usages` of a request say; null when it has none. */
export function rolesFromUsages(usages: readonly string[]): { vm: boolean; roles: NetworkRoles } {
  const has = (usage: Usage) => usages.includes(usage);
  const roles = Object.fromEntries(roleUsages.map(([role, usage]) => [role, has(usage)])) as unknown as NetworkRoles;
  return { vm: has('vm'), roles };
}
