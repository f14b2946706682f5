/** What the engine keeps. Ids are opaque text, absent is null, names are the API's own (design: words). */

export type SwitchType = 'legacy' | 'ovs';

/** Members of an API entity that say nothing about host networks, as a client gave them: it reads back what it wrote. */
export type Kept = Readonly<Record<string, unknown>>;

export interface DataCentre {
  id: string;
  name: string;
  description: string;
  comment: string;
  local: boolean;
  kept?: Kept;
}

export interface Cluster {
  id: string;
  dataCentreId: string;
  name: string;
  description: string;
  comment: string;
  switchType: SwitchType;
  /** Compatibility version: newer features are refused below the one that brought them. */
  version: ClusterVersion;
  kept?: Kept;
}

export interface ClusterVersion {
  major: number;
  minor: number;
}

/** Where a network comes from that no host configures: a provider outside, maybe on top of a physical network of ours. */
export interface ExternalNetwork {
  providerId: string;
  /** What the provider calls it. */
  externalId: string;
  /** The network of the data centre below it. */
  physicalNetworkId: string | null;
  /** The network below it, when the data centre has none of that name. */
  physicalName: string | null;
}

export interface Network {
  id: string;
  dataCentreId: string;
  name: string;
  /** Host-side name, derived from name and id; the bridge's name. */
  vdsmName: string;
  description: string;
  comment: string;
  /** 0-4094; null is untagged. */
  vlan: number | null;
  /** Bytes; 0 means the default of 1500. */
  mtu: number;
  /** A VM network is bridged on the host. */
  vm: boolean;
  stp: boolean;
  portIsolation: boolean;
  label: string | null;
  qosId: string | null;
  nameservers: string[] | null;
  /** Null for a network that hosts carry. */
  external: ExternalNetwork | null;
}

/** Roles a network plays in a cluster, besides being a VM network. */
export interface NetworkRoles {
  display: boolean;
  migration: boolean;
  management: boolean;
  gluster: boolean;
  defaultRoute: boolean;
}

export interface ClusterNetwork {
  clusterId: string;
  networkId: string;
  required: boolean;
  roles: NetworkRoles;
}

export type HostStatus =
  | 'up'
  | 'down'
  | 'maintenance'
  | 'preparing_for_maintenance'
  | 'installing'
  | 'install_failed'
  | 'initializing'
  | 'connecting'
  | 'non_operational'
  | 'non_responsive'
  | 'error'
  | 'reboot'
  | 'unassigned'
  | 'pending_approval';

/** Why a host is out of service although it answers: a required network is not there, or not as it must be. */
export type NonOperationalReason = 'network_unreachable' | 'network_interface_is_down' | 'vm_network_is_bridgeless';

export interface Host {
  id: string;
  clusterId: string;
  name: string;
  address: string;
  comment: string;
  status: HostStatus;
  /** Why it is non-operational, or was so before it stopped responding. */
  statusReason?: NonOperationalReason;
  /** `uname -r` as last reported. */
  kernel: string;
  /** The running network configuration is not what the next boot restores. */
  netConfigDirty: boolean;
  nameservers: string[];
  kept?: Kept;
}

export interface BondOption {
  name: string;
  value: string;
}

/** Which networks may use the virtual functions of a nic; the lists count only while not all networks are allowed. */
export interface VfAllowance {
  allNetworksAllowed: boolean;
  networkIds: string[];
  labels: string[];
}

/** Kept per host and name. Bonds are a wish and stay when the device vanishes; the rest comes from reports. */
export interface Nic {
  id: string;
  hostId: string;
  name: string;
  kind: 'nic' | 'bond' | 'vlan';
  /** Bonds only: what was asked for, names of slaves in order. */
  bond: { slaves: string[]; options: BondOption[] } | null;
  labels: string[];
  /** VLAN devices only. */
  base: string | null;
  vlan: number | null;
  /** Physical functions only; absent until somebody narrows it: all networks are allowed. */
  vfs?: VfAllowance;
  /** Physical functions only: how many virtual functions were asked for; absent until somebody asks. */
  vfCount?: number;
}

export type Ipv4Method = 'none' | 'dhcp' | 'static';
export type Ipv6Method = 'none' | 'dhcp' | 'autoconf' | 'poly_dhcp_autoconf' | 'static';

/** One address family of an attachment as the client spelt it; `method` null means the client left it out (IP-03). */
export interface IpAssignment<M extends string> {
  method: M | null;
  address: string | null;
  /** Dotted mask or prefix length for IPv4, prefix length for IPv6, as text. */
  netmask: string | null;
  gateway: string | null;
}

/** How a network shares what leaves a nic. All null means: not shaped. */
export interface Qos {
  /** Weight beside the other networks of the nic. */
  outboundAverageLinkshare: number | null;
  /** Mbit/s that it never exceeds. */
  outboundAverageUpperlimit: number | null;
  /** Mbit/s that it always gets. */
  outboundAverageRealtime: number | null;
}

export type QosType = 'hostnetwork' | 'network' | 'storage' | 'cpu';

/** A QoS of a data centre that networks refer to. Only those of type `hostnetwork` mean anything to hosts. */
export interface NamedQos extends Qos {
  id: string;
  dataCentreId: string;
  type: QosType;
  name: string;
  description: string;
  comment: string;
  /** Members of the other types, by the API's names, as they were sent. */
  others: Record<string, number>;
}

export interface Attachment {
  id: string;
  hostId: string;
  networkId: string;
  nicId: string;
  ipv4: IpAssignment<Ipv4Method>;
  ipv6: IpAssignment<Ipv6Method>;
  properties: Record<string, string>;
  /** Anonymous override; null follows the network's named QoS. */
  qos: Qos | null;
  nameservers: string[] | null;
}

/** What an attachment asks of its host, wherever it is. */
export type AttachmentWish = Pick<Attachment, 'ipv4' | 'ipv6' | 'properties' | 'nameservers' | 'qos'>;
