/** Small hosts for tests: a scene says what stands on the host in a few words, and everything else is ordinary. */
import type { AttachmentChange, BondChange, ChangeSet, LabelChange, VfChange } from './change-set.ts';
import { emptyChangeSet } from './change-set.ts';
import { complete } from './complete/complete.ts';
import type { Completed } from './complete/completed.ts';
import { noIp } from './complete/ip.ts';
import type {
  Attachment,
  BondOption,
  Cluster,
  Host,
  IpAssignment,
  Network,
  NetworkRoles,
  Nic,
  Qos,
  VfAllowance,
} from './entities.ts';
import type { HostConfig, QosConfig } from './host-config/host-config.ts';
import { toHostConfig } from './host-config/to-host-config.ts';
import type { HostState } from './host-state.ts';
import { noRoles } from './network/roles.ts';
import { vdsmName } from './network/vdsm-name.ts';
import type { ObservedHost, ObservedNetwork, ObservedNic } from './observed.ts';
import { validate } from './rules/validate.ts';
import { defaultSettings, type Settings } from './settings.ts';

export type NetworkScene = Partial<Network> & { roles?: (keyof NetworkRoles)[]; required?: boolean; qos?: Qos };
export type AttachmentScene = Partial<Attachment> & { nic: string };

export interface Scene {
  /** Physical nics; `eth0` to `eth3` unless said. */
  nics?: string[];
  /** Kernel VLAN devices, `eth0.5`. */
  vlans?: string[];
  bonds?: Record<string, { slaves: string[]; options?: string }>;
  /** Networks of the cluster by name; untagged VM networks unless said. */
  networks?: Record<string, NetworkScene>;
  /** Networks of the data centre that the cluster does not have. */
  otherNetworks?: string[];
  /** Network to nic. */
  attached?: Record<string, string | AttachmentScene>;
  /** Nic to labels. */
  labels?: Record<string, string[]>;
  /** Reported networks the cluster does not have: name to nic. */
  unmanaged?: Record<string, string>;
  host?: Partial<Host>;
  cluster?: Partial<Cluster>;
  addressesElsewhere?: Record<string, string>;
  settings?: Partial<Settings>;
  /** Networks, by name, to the VMs that run here with them. */
  vms?: Record<string, string[]>;
  /** Virtual functions to the VMs that hold them. */
  held?: Record<string, string>;
  /** Physical functions: the most functions of each, names of those that it has (which are nics), and how many were asked for. */
  functions?: Record<string, { total: number; names?: string[]; held?: number; asked?: number; vfs?: VfAllowance }>;
  /** Changes what the host reports; by default all is as stored. */
  observed?: (asStored: ObservedHost) => ObservedHost | null;
}

/** The host of a scene. Ids are `nic-eth0`, `net-red`, `att-red`. */
export function hostState(scene: Scene = {}): HostState {
  const state: HostState = {
    host: host(scene.host),
    cluster: cluster(scene.cluster),
    networks: Object.entries(scene.networks ?? {}).map(([name, one]) => clusterNetwork(name, one)),
    otherNetworks: (scene.otherNetworks ?? []).map((name) => network(name)),
    nics: sceneNics(scene),
    attachments: Object.entries(scene.attached ?? {}).map(([name, on]) =>
      attachment(name, typeof on === 'string' ? { nic: on } : on),
    ),
    observed: null,
    addressesElsewhere: new Map(Object.entries(scene.addressesElsewhere ?? {})),
    settings: { ...defaultSettings, ...scene.settings },
    workload: {
      vmsOn: new Map(Object.entries(scene.vms ?? {}).map(([name, vms]) => [`net-${name}`, vms])),
      holderOf: new Map(Object.entries(scene.held ?? {})),
    },
  };
  const seen = observeAs(state, toHostConfig(complete(state, emptyChangeSet())));
  const unmanaged = Object.entries(scene.unmanaged ?? {}).map(([name, base]) => observedNetwork(name, base));
  const asStored = { ...seen, nics: withFunctions(scene, seen.nics), networks: [...seen.networks, ...unmanaged] };
  return { ...state, observed: scene.observed ? scene.observed(asStored) : asStored };
}

function withFunctions({ functions = {} }: Scene, nics: ObservedNic[]): ObservedNic[] {
  return nics.map((nic) => {
    const { total, names = [], held = 0 } = functions[nic.name] ?? {};
    const pf = Object.keys(functions).find((one) => functions[one]?.names?.includes(nic.name));
    return {
      ...nic,
      ...(total === undefined ? {} : { sriov: { total, current: names.length + held, held } }),
      ...(pf === undefined ? {} : { physicalFunction: pf }),
    };
  });
}

/** What a host reports when its kernel looks exactly like the config. */
export function observeAs(state: HostState, config: HostConfig): ObservedHost {
  const masterOf = new Map(
    Object.entries(config.bonds).flatMap(([bond, { slaves }]) => slaves.map((slave) => [slave, bond])),
  );
  const device = {
    mac: null,
    speed: 1000,
    nominalSpeed: false,
    mtu: 1500,
    up: true,
    base: null,
    vlan: null,
    aggregator: null,
  };
  const networks = Object.entries(config.networks).map(([name, one]): ObservedNetwork => {
    const { base, bridged, vlan, mtu, stp, defaultRoute } = one;
    const ip = <C extends { method: string }>(config: C) => ({ ...noAddress, ...config });
    return {
      ...{ vdsmName: name, base, bridged, vlan, mtu, stp, defaultRoute, switchType: 'legacy' },
      southbound: vlan === null ? base : `${base}.${vlan}`,
      ipv4: ip(one.ipv4),
      ipv6: ip(one.ipv6),
      qos: one.qos === undefined ? null : observedQos(one.qos),
      bridgeOptions: one.bridgeOptions,
    };
  });
  return {
    nics: [
      ...state.nics
        .filter((nic) => nic.kind !== 'bond')
        .map(({ name, kind, base, vlan }) => ({
          ...device,
          ...{ name, kind, base, vlan, master: masterOf.get(name) ?? null, bond: null },
        })),
      ...Object.entries(config.bonds).map(([name, { slaves, options }]) => ({
        ...device,
        ...{ name, kind: 'bond' as const, master: null },
        bond: { slaves, options, activeSlave: null, partnerMac: null },
      })),
    ],
    networks,
    nameservers: Object.values(config.networks).find((one) => one.nameservers)?.nameservers ?? [],
  };
}

const observedQos = ({ linkshare, upperlimit, realtime }: QosConfig): Qos =>
  qos(linkshare, upperlimit && upperlimit / 1_000_000, realtime && realtime / 1_000_000);

const noAddress = { address: null, prefix: null, gateway: null };

export function observedNetwork(name: string, base: string, changes: Partial<ObservedNetwork> = {}): ObservedNetwork {
  return {
    ...{ vdsmName: name, base, southbound: base, bridged: true, vlan: null, mtu: 1500, stp: false },
    ipv4: { method: 'none', ...noAddress },
    ipv6: { method: 'none', ...noAddress },
    ...{ defaultRoute: false, switchType: 'legacy', qos: null, bridgeOptions: {} },
    ...changes,
  };
}

/** The report with one network changed behind Patchbay's back. */
export function drift(name: string, changes: Partial<ObservedNetwork>) {
  return (observed: ObservedHost): ObservedHost => ({
    ...observed,
    networks: observed.networks.map((one) => (one.vdsmName === name ? { ...one, ...changes } : one)),
  });
}

export function network(name: string, changes: Partial<Network> = {}): Network {
  const id = `net-${name}`;
  return {
    ...{ id, dataCentreId: 'dc', name, vdsmName: vdsmName(name, id), description: '', comment: '', vlan: null, mtu: 0 },
    ...{ vm: true, stp: false, portIsolation: false, label: null, qosId: null, nameservers: null, external: null },
    ...changes,
  };
}

function clusterNetwork(
  name: string,
  { roles = [], required = false, qos = null, ...changes }: Omit<NetworkScene, 'qos'> & { qos?: Qos | null },
) {
  const one = network(name, changes);
  const held: NetworkRoles = { ...noRoles };
  for (const role of roles) held[role] = true;
  return { ...one, qos, assignment: { clusterId: 'cluster', networkId: one.id, required, roles: held } };
}

/** A QoS by its share and, in Mbit/s, its limit and what it always gets. */
export const qos = (share: number | null, limit: number | null = null, committed: number | null = null): Qos => ({
  outboundAverageLinkshare: share,
  outboundAverageUpperlimit: limit,
  outboundAverageRealtime: committed,
});

function attachment(name: string, { nic, ...changes }: AttachmentScene): Attachment {
  return {
    ...{ id: `att-${name}`, hostId: 'host', networkId: `net-${name}`, nicId: `nic-${nic}` },
    ...{ ipv4: noIp, ipv6: noIp, properties: {}, qos: null, nameservers: null },
    ...changes,
  };
}

function host(changes: Partial<Host> = {}): Host {
  return {
    ...{ id: 'host', clusterId: 'cluster', name: 'h1', address: 'h1.example.org', comment: '', status: 'up' },
    ...{ kernel: '6.1.0', netConfigDirty: false, nameservers: [] },
    ...changes,
  };
}

export function cluster(changes: Partial<Cluster> = {}): Cluster {
  return {
    ...{
      id: 'cluster',
      dataCentreId: 'dc',
      name: 'c1',
      description: '',
      comment: '',
      switchType: 'legacy',
      version: { major: 4, minor: 8 },
    },
    ...changes,
  };
}

function sceneNics(scene: Scene): Nic[] {
  const nic = (name: string): Nic => ({
    ...{ id: `nic-${name}`, hostId: 'host', name, kind: 'nic', bond: null, base: null, vlan: null },
    labels: scene.labels?.[name] ?? [],
    ...askedFunctions(scene, name),
  });
  return [
    ...(scene.nics ?? ['eth0', 'eth1', 'eth2', 'eth3']).map(nic),
    ...Object.entries(scene.bonds ?? {}).map(
      ([name, bond]): Nic => ({
        ...nic(name),
        kind: 'bond',
        bond: { slaves: bond.slaves, options: options(bond.options ?? 'mode=4 miimon=100 xmit_hash_policy=2') },
      }),
    ),
    ...(scene.vlans ?? []).map((name): Nic => {
      const [base = '', tag] = name.split('.');
      return { ...nic(name), kind: 'vlan', base, vlan: Number(tag) };
    }),
  ];
}

function askedFunctions({ functions = {} }: Scene, name: string): Pick<Nic, 'vfs' | 'vfCount'> {
  const { asked, vfs } = functions[name] ?? {};
  return { ...(asked === undefined ? {} : { vfCount: asked }), ...(vfs === undefined ? {} : { vfs }) };
}

/** `mode=4 miimon=100` as options. */
export function options(text: string): BondOption[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return { name, value };
    });
}

/** What a request asks, in the fewest words. */
export interface Asked {
  attachments?: AttachmentChange[];
  /** Attachment ids. */
  removed?: string[];
  removedNetworks?: string[];
  synchronized?: (string | null)[];
  bonds?: BondChange[];
  /** Bond names. */
  removedBonds?: string[];
  /** Label to nic. */
  labels?: Record<string, string>;
  labelChanges?: LabelChange[];
  removedLabels?: string[];
  removedUnmanaged?: string[];
  virtualFunctions?: VfChange[];
  force?: boolean;
  checkConnectivity?: boolean;
  connectivityTimeout?: number;
}

export function request(asked: Asked): ChangeSet {
  const labels = Object.entries(asked.labels ?? {}).map(([label, nic]) => ({ label, nic: { id: null, name: nic } }));
  return {
    ...emptyChangeSet(),
    attachments: asked.attachments ?? [],
    removedAttachments: [
      ...(asked.removed ?? []).map((id) => ({ id, network: null, path: `removed ${id}` })),
      ...(asked.removedNetworks ?? []).map((name) => ({
        id: null,
        network: { id: null, name },
        path: `removed ${name}`,
      })),
    ],
    synchronized: (asked.synchronized ?? []).map((id) => ({ id, path: `synchronized ${id}` })),
    bonds: asked.bonds ?? [],
    removedBonds: (asked.removedBonds ?? []).map((name) => ({ id: null, name, path: `removed ${name}` })),
    labels: [...labels.map((one) => ({ ...one, path: `label ${one.label}` })), ...(asked.labelChanges ?? [])],
    removedLabels: (asked.removedLabels ?? []).map((label) => ({ label, path: `removed ${label}` })),
    removedUnmanaged: asked.removedUnmanaged ?? [],
    virtualFunctions: asked.virtualFunctions ?? [],
    force: asked.force ?? false,
    checkConnectivity: asked.checkConnectivity ?? true,
    connectivityTimeout: asked.connectivityTimeout ?? 120,
  };
}

/** Puts a network on a nic, both by name. */
export function attach(
  networkName: string,
  nic: string | null,
  changes: Partial<AttachmentChange> = {},
): AttachmentChange {
  return {
    id: null,
    network: { id: null, name: networkName },
    nic: nic === null ? null : { id: null, name: nic },
    override: false,
    path: networkName,
    ...changes,
  };
}

/** Changes a stored attachment by its id. */
export function update(id: string, changes: Partial<AttachmentChange> = {}): AttachmentChange {
  return { id, network: null, nic: null, override: false, path: id, ...changes };
}

export function bond(name: string | null, slaves?: string[], optionText?: string): BondChange {
  return {
    id: null,
    name,
    ...(slaves ? { slaves: slaves.map((slave) => ({ id: null, name: slave })) } : {}),
    ...(optionText === undefined ? {} : { options: options(optionText) }),
    path: name ?? 'bond',
  };
}

/** What is asked of the virtual functions of a nic, by its name. */
export function vfs(nic: string, changes: Partial<VfChange>): VfChange {
  return { nic: { id: null, name: nic }, path: `functions of ${nic}`, ...changes };
}

type Details = Partial<Omit<IpAssignment<string>, 'method'>>;

export const ip = <M extends string>(method: M | null, details: Details = {}): IpAssignment<M> => ({
  ...noIp,
  ...details,
  method,
});
export const ipv4Static = (address: string, netmask = '255.255.255.0', gateway: string | null = null) =>
  ip('static' as const, { address, netmask, gateway });
export const ipv6Static = (address: string, netmask = '64', gateway: string | null = null) =>
  ip('static' as const, { address, netmask, gateway });

/** A request on a scene, completed. */
export function asked(scene: Scene, what: Asked): Completed {
  return complete(hostState(scene), request(what));
}

/** What one rule says to a request, each violation on a line; empty when it is content. */
export function refusal(rule: string, scene: Scene, what: Asked): string {
  const { violations } = validate(asked(scene, what));
  return violations
    .filter((violation) => violation.rule === rule)
    .map((violation) => violation.message)
    .join('\n');
}
