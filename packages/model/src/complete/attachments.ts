import type { AttachmentChange, ChangeSet, Ref } from '../change-set.ts';
import type { Attachment } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import { type Lookup, lookup } from '../state/lookup.ts';
import type { RemovedAttachment, WantedAttachment } from './completed.ts';
import { completeIp, noIp } from './ip.ts';
import { completeNetworkRef, completeNicRef, deviceOf, networkOf, noRef } from './references.ts';

/** Attachments the request names, by itself or by asking for their synchronisation (rules §2.2 steps 2 and 3). */
export function requestedAttachments(
  state: HostState,
  request: ChangeSet,
  newBonds: ReadonlySet<string>,
): WantedAttachment[] {
  const known = lookup(state);
  const synchronized = new Map(request.synchronized.flatMap(({ id, path }) => (id === null ? [] : [[id, path]])));
  const changed = request.attachments.map((change) => {
    const wanted = changedAttachment(change, known, newBonds);
    return wanted.stored && synchronized.has(wanted.stored.id) ? { ...wanted, override: true } : wanted;
  });
  const mentioned = new Set(changed.map((wanted) => wanted.stored?.id));
  const alone = [...synchronized].flatMap(([id, path]) => {
    const stored = known.attachmentById.get(id);
    return stored && !mentioned.has(id) ? [{ ...storedAttachment(stored, known), override: true, path }] : [];
  });
  return [...changed, ...alone];
}

/** A stored attachment as a wish of its own: what it is as long as nobody changes it. */
export function storedAttachment(stored: Attachment, known: Lookup): WantedAttachment {
  const network = known.networkById.get(stored.networkId) ?? null;
  const nic = known.nicById.get(stored.nicId) ?? null;
  return {
    id: stored.id,
    stored,
    change: null,
    networkRef: { id: stored.networkId, name: network?.name ?? null },
    nicRef: { id: stored.nicId, name: nic?.name ?? null },
    network,
    nic: nic?.name ?? null,
    ipv4: stored.ipv4,
    ipv6: stored.ipv6,
    properties: stored.properties,
    qos: stored.qos,
    nameservers: stored.nameservers,
    override: false,
    label: null,
    path: null,
  };
}

function changedAttachment(change: AttachmentChange, known: Lookup, newBonds: ReadonlySet<string>): WantedAttachment {
  const stored = startingPoint(change, known);
  const networkRef = completeNetworkRef(change.network ?? idRef(stored?.networkId), known);
  const nicRef = completeNicRef(change.nic ?? idRef(stored?.nicId), known);
  return {
    id: stored?.id ?? change.id,
    stored,
    change,
    networkRef,
    nicRef,
    network: networkOf(networkRef, known),
    nic: deviceOf(nicRef, known, newBonds),
    ...completeIp(change.ip, stored),
    properties: change.properties ?? stored?.properties ?? {},
    qos: change.qos === undefined ? (stored?.qos ?? null) : change.qos,
    nameservers: change.nameservers === undefined ? (stored?.nameservers ?? null) : emptyIsNone(change.nameservers),
    override: change.override,
    label: null,
    path: change.path,
  };
}

/** An item without id that names an attached network means that network's attachment: "attach" becomes "move". */
function startingPoint(change: AttachmentChange, known: Lookup): Attachment | null {
  if (change.id !== null) return known.attachmentById.get(change.id) ?? null;
  const id = completeNetworkRef(change.network, known).id;
  return (id === null ? null : known.attachmentByNetworkId.get(id)) ?? null;
}

const idRef = (id: string | undefined): Ref => (id === undefined ? noRef : { id, name: null });

/** An element without name servers clears them. */
const emptyIsNone = (servers: string[] | null) => (servers?.length ? servers : null);

/** An attachment that exists because a label is put on a nic. Role networks ask for an address, the others for none. */
export function labelledAttachment(
  network: WantedAttachment['network'] & object,
  addressed: boolean,
): Omit<WantedAttachment, 'nic' | 'nicRef' | 'label' | 'path'> {
  return {
    id: null,
    stored: null,
    change: null,
    networkRef: { id: network.id, name: network.name },
    network,
    ipv4: { ...noIp, method: addressed ? 'dhcp' : 'none' },
    ipv6: { ...noIp },
    properties: {},
    qos: null,
    nameservers: null,
    override: false,
  };
}

/** Removals as asked for, each once resolved: by id, or by network. */
export function removedAttachments(state: HostState, request: ChangeSet): RemovedAttachment[] {
  const known = lookup(state);
  return request.removedAttachments.map(({ id, network, path }) => {
    const networkRef = network ? completeNetworkRef(network, known) : null;
    const byNetwork = networkRef?.id ? known.attachmentByNetworkId.get(networkRef.id) : undefined;
    const stored = (id === null ? byNetwork : known.attachmentById.get(id)) ?? null;
    return {
      id: stored?.id ?? id,
      networkRef,
      stored,
      network: (stored && known.networkById.get(stored.networkId)) ?? null,
      label: null,
      path,
    };
  });
}
