/**
 * Makes one host's networks those of another (rules §5.4): nics are paired, what the pairs of the target carry goes, and what
 * the pairs of the source carry comes. The device of the management network and all below it take no part on either host.
 */
import { type AttachmentChange, type ChangeSet, emptyChangeSet } from '../change-set.ts';
import { noIp } from '../complete/ip.ts';
import type { Attachment, IpAssignment, Nic } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { isInSync } from '../in-sync/reported-configurations.ts';
import { currentBond } from '../state/current-bond.ts';
import { lookup } from '../state/lookup.ts';
import { managementDevices } from '../state/management-devices.ts';

/** What is copied besides networks, bonds and how addresses are assigned. */
export const copyExtras = ['labels', 'qos', 'dns', 'properties'] as const;
export type CopyExtra = (typeof copyExtras)[number];

export interface Copy {
  source: HostState;
  target: HostState;
  /** Nic of the source to nic of the target. */
  pairs: ReadonlyMap<string, string>;
  include: ReadonlySet<CopyExtra>;
}

/** Names of the nics that may take part, sorted: physical ones that are there, have nothing to do with management, and no VM has. */
export function copyCandidates(state: HostState): string[] {
  const kept = managementDevices(state);
  const { vanishedNics } = lookup(state);
  return state.nics
    .filter(({ kind, name }) => kind === 'nic' && !kept.has(name) && !vanishedNics.has(name))
    .filter(({ name }) => state.workload?.holderOf.has(name) !== true)
    .map(({ name }) => name)
    .sort();
}

/**
 * Those that are paired where nobody says with what, each with the one at its place. Virtual functions that carry nothing are
 * left out: otherwise a host that has some would be paired askew with one that has others.
 */
export function pairedCandidates(state: HostState): string[] {
  const { nicByName, bondOfSlave, observedNic } = lookup(state);
  const carries = (name: string) => state.attachments.some((one) => one.nicId === nicByName.get(name)?.id);
  const isIdle = (name: string) =>
    observedNic.get(name)?.physicalFunction !== undefined && !bondOfSlave.has(name) && !carries(name);
  return copyCandidates(state).filter((name) => !isIdle(name));
}

/** The change of the target; committed on success, because a copy is made to stay. */
export function copyNetworks({ source, target, pairs, include }: Copy): ChangeSet {
  const known = lookup(target);
  const paired = new Set(pairs.values());
  const bonds = copiedBonds(source, target, pairs);
  const deviceOf = (name: string) => pairs.get(name) ?? bonds.find((bond) => bond.from === name)?.to;

  const coming = source.attachments.flatMap((attachment): AttachmentChange[] => {
    const nic = lookup(source).nicById.get(attachment.nicId);
    const device = nic && deviceOf(nic.name);
    return device === undefined ? [] : [copiedAttachment(target, attachment, device, include)];
  });
  const arriving = new Set(coming.map((change) => change.network?.id));
  // A bond of the target with a paired slave is taken apart, unless the source has one of its name.
  const touched = target.nics.filter(
    (nic) => currentBond(target, nic)?.slaves.some((slave) => paired.has(slave)) ?? false,
  );
  const renewed = new Set(bonds.map((bond) => bond.to));
  const cleared = new Set([...paired, ...renewed, ...touched.map((nic) => nic.name)]);
  const isCleared = (id: string) => cleared.has(known.nicById.get(id)?.name ?? '');
  return {
    ...emptyChangeSet(),
    commitOnSuccess: true,
    attachments: coming,
    removedAttachments: target.attachments
      .filter((one) => isCleared(one.nicId) && !arriving.has(one.networkId))
      .map(({ id }) => ({ id, network: null, path: 'networks of the target' })),
    bonds: bonds.map(({ to, slaves, options }) => ({
      ...{ id: null, name: to, path: `bond ${to}`, options },
      slaves: slaves.map((name) => ({ id: null, name })),
    })),
    removedBonds: touched
      .filter((nic) => !renewed.has(nic.name))
      .map((nic) => ({ id: nic.id, name: null, path: 'bonds of the target' })),
    ...(include.has('labels') ? copiedLabels(source, target, cleared, deviceOf) : {}),
  };
}

interface CopiedBond {
  from: string;
  to: string;
  slaves: string[];
  options: { name: string; value: string }[];
}

function copiedBonds(source: HostState, target: HostState, pairs: ReadonlyMap<string, string>): CopiedBond[] {
  const paired = new Set(pairs.values());
  const taken = new Set(target.nics.filter((nic) => !isOurs(target, nic, paired)).map((nic) => nic.name));
  const everyName = new Set([...source.nics, ...target.nics].map((nic) => nic.name));
  const free = () => {
    let number = 0;
    while (everyName.has(`bond${number}`)) number++;
    everyName.add(`bond${number}`);
    return `bond${number}`;
  };
  return source.nics.flatMap((nic): CopiedBond[] => {
    const bond = currentBond(source, nic);
    const slaves = (bond?.slaves ?? []).flatMap((slave) => pairs.get(slave) ?? []);
    if (!bond || slaves.length === 0) return [];
    const to = taken.has(nic.name) ? free() : nic.name;
    return [{ from: nic.name, to, slaves, options: bond.options.map((option) => ({ ...option })) }];
  });
}

/** Whether a bond of the target may become the copied one of its name: only if it sits on nics that take part. */
function isOurs(target: HostState, nic: Nic, paired: ReadonlySet<string>): boolean {
  const bond = currentBond(target, nic);
  return bond !== null && (bond.slaves.length === 0 || bond.slaves.some((slave) => paired.has(slave)));
}

/** A static address belongs to one host; every other way to get one is the network's and is copied. */
function copiedAttachment(
  target: HostState,
  { networkId, ipv4, ipv6, qos, nameservers, properties }: Attachment,
  device: string,
  include: ReadonlySet<CopyExtra>,
): AttachmentChange {
  const present = lookup(target).attachmentByNetworkId.get(networkId);
  return {
    id: present?.id ?? null,
    network: { id: networkId, name: null },
    nic: { id: null, name: device },
    ip: { ipv4: [withoutAddress(ipv4)], ipv6: [withoutAddress(ipv6)] },
    ...(include.has('qos') ? { qos } : {}),
    ...(include.has('dns') ? { nameservers } : {}),
    ...(include.has('properties') ? { properties: withoutAddresses(properties) } : {}),
    // The copy says how the network shall be, so that it need not be in sync before.
    override: present !== undefined && isInSync(target, present) === false,
    path: `network ${lookup(target).networkById.get(networkId)?.name ?? networkId}`,
  };
}

function withoutAddress<M extends string>({ method }: IpAssignment<M>): IpAssignment<M | 'none'> {
  return { ...noIp, method: method === 'static' ? 'none' : method };
}

function withoutAddresses({ ipv4_addrs: _, ...others }: Readonly<Record<string, string>>): Record<string, string> {
  return others;
}

function copiedLabels(
  source: HostState,
  target: HostState,
  cleared: ReadonlySet<string>,
  deviceOf: (name: string) => string | undefined,
): Pick<ChangeSet, 'labels' | 'removedLabels'> {
  const labels = source.nics.flatMap((nic) => {
    const device = deviceOf(nic.name);
    if (device === undefined) return [];
    return nic.labels.map((label) => ({ label, nic: { id: null, name: device }, path: `label ${label}` }));
  });
  const coming = new Set(labels.map(({ label }) => label));
  const removedLabels = target.nics
    .filter((nic) => cleared.has(nic.name))
    .flatMap((nic) => nic.labels.filter((label) => !coming.has(label)))
    .map((label) => ({ label, path: 'labels of the target' }));
  return { labels, removedLabels };
}
