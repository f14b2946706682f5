/**
 * What a host has to change so that it follows its data centre (rules §5). Worked out from the state as it is when the host's
 * turn comes, never from what it was when something changed: several changes make one plan, and a plan made twice is empty
 * the second time.
 */
import { ipv4Mask } from '../address/ipv4.ts';
import { type AttachmentChange, type ChangeSet, emptyChangeSet, type IpAssignments } from '../change-set.ts';
import { dhcpIp, noIp } from '../complete/ip.ts';
import type { Attachment, IpAssignment } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { isInSync } from '../in-sync/reported-configurations.ts';
import { addressedRoles } from '../network/roles.ts';
import type { ObservedIp, ObservedNetwork } from '../observed.ts';
import { type HostNetwork, lookup } from '../state/lookup.ts';

/** A network that changed in the data centre, in a cluster, or by what it refers to. */
export interface ChangedNetwork {
  id: string;
  /** By which it is found on a host when the cluster has it no more. */
  vdsmName: string;
  /** A label it had: what that brought leaves. */
  formerLabel: string | null;
  /** Send it where it looks in sync, too. */
  resend: boolean;
  /** It lost a name server: more servers than wanted look in sync, so it is sent to hosts that use them. */
  fewerNameservers: boolean;
}

export interface Follow {
  networks: readonly ChangedNetwork[];
  /** Synchronise whatever else is out of sync. */
  everything: boolean;
}

/** Several things to follow as one: a network's removal and its synchronisation meet here, and not on the host. */
export function followTogether(all: readonly Follow[]): Follow {
  return { networks: all.flatMap((one) => one.networks), everything: all.some((one) => one.everything) };
}

/** @returns a change set that is committed on success; empty when the host has followed already */
export function followDataCentre(state: HostState, { networks, everything }: Follow): ChangeSet {
  const changeSet: ChangeSet = { ...emptyChangeSet(), commitOnSuccess: true };
  const known = lookup(state);
  const byId = new Map<string, ChangedNetwork[]>();
  for (const one of networks) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
  for (const [id, changes] of byId) {
    const network = known.networkById.get(id);
    const formerLabels = new Set(changes.flatMap((one) => one.formerLabel ?? []));
    if (network === undefined) leave(changeSet, state, changes[0]?.vdsmName ?? '', formerLabels);
    else {
      const servers = changes.some((one) => one.fewerNameservers);
      const resend = changes.some((one) => one.resend) || (servers && usesNameservers(state, network));
      follow(changeSet, state, network, { formerLabels, resend });
    }
  }
  if (everything) {
    for (const stored of state.attachments)
      if (!byId.has(stored.networkId)) synchronise(changeSet, state, stored, false);
  }
  return changeSet;
}

function usesNameservers(state: HostState, network: HostNetwork): boolean {
  const own = lookup(state).attachmentByNetworkId.get(network.id)?.nameservers ?? null;
  return network.assignment.roles.defaultRoute && own === null;
}

/** Whether there is nothing to change. */
export function asksForNothing({
  attachments,
  removedAttachments,
  synchronized,
  removedUnmanaged,
}: ChangeSet): boolean {
  return [attachments, removedAttachments, synchronized, removedUnmanaged].every((list) => list.length === 0);
}

function follow(
  changeSet: ChangeSet,
  state: HostState,
  network: HostNetwork,
  { formerLabels, resend }: { formerLabels: ReadonlySet<string>; resend: boolean },
): void {
  const known = lookup(state);
  const labelled = network.label === null ? undefined : known.nicOfLabel.get(network.label);
  const stored = known.attachmentByNetworkId.get(network.id);
  const path = network.name;
  if (stored === undefined) {
    const running = known.observedNetwork.get(network.vdsmName);
    const nic = running?.base ?? labelled?.name;
    // A host that runs the network already keeps it where it is, whatever the label says.
    if (nic !== undefined) changeSet.attachments.push(attached(network, nic, running, path));
    return;
  }
  const labels = known.nicById.get(stored.nicId)?.labels ?? [];
  const broughtHere = labels.some((label) => formerLabels.has(label)) && !labels.includes(network.label ?? '');
  if (broughtHere && labelled !== undefined) {
    const nic = { id: labelled.id, name: null };
    changeSet.attachments.push({ id: stored.id, network: null, nic, override: true, path });
  } else if (broughtHere && !network.assignment.roles.management) {
    changeSet.removedAttachments.push({ id: stored.id, network: null, path });
  } else synchronise(changeSet, state, stored, resend);
}

/** A network that the cluster has no more leaves the nics that it came to by its label; elsewhere it stays, unmanaged. */
function leave(changeSet: ChangeSet, state: HostState, vdsmName: string, formerLabels: ReadonlySet<string>): void {
  const known = lookup(state);
  const base = known.unmanaged.get(vdsmName)?.base ?? null;
  const labels = base === null ? [] : (known.nicByName.get(base)?.labels ?? []);
  if (labels.some((label) => formerLabels.has(label))) changeSet.removedUnmanaged.push(vdsmName);
}

function synchronise(changeSet: ChangeSet, state: HostState, stored: Attachment, resend: boolean): void {
  const network = lookup(state).networkById.get(stored.networkId);
  if (network === undefined || (!resend && isInSync(state, stored) !== false)) return;
  const { ipv4, ipv6 } = stored;
  if (ipv4.method !== 'none' || ipv6.method !== 'none' || !needsAddress(network)) {
    changeSet.synchronized.push({ id: stored.id, path: network.name });
    return;
  }
  const ip: IpAssignments = { ipv4: [dhcpIp], ipv6: [noIp] };
  changeSet.attachments.push({ id: stored.id, network: null, nic: null, ip, override: true, path: network.name });
}

function attached(
  network: HostNetwork,
  nic: string,
  running: ObservedNetwork | undefined,
  path: string,
): AttachmentChange {
  const ipv4 = running === undefined ? noIp : asWished(running.ipv4, ipv4Mask);
  const ipv6 = running === undefined ? noIp : asWished(running.ipv6, String);
  const addressed = ipv4.method !== 'none' || !needsAddress(network);
  return {
    id: null,
    network: { id: network.id, name: null },
    nic: { id: null, name: nic },
    ip: { ipv4: [addressed ? ipv4 : dhcpIp], ipv6: [ipv6] },
    override: false,
    path,
  };
}

/** A network that plays such a role is of no use without an address, so it asks for one (rules §5.1). */
const needsAddress = (network: HostNetwork) => addressedRoles(network.assignment.roles).length > 0;

/** What the host has, as a wish. */
function asWished<M extends string>(
  { method, address, prefix, gateway }: ObservedIp<M>,
  mask: (prefix: number) => string,
): IpAssignment<M> {
  if (method !== 'static') return { ...noIp, method };
  return { method, address, netmask: prefix === null ? null : mask(prefix), gateway };
}
