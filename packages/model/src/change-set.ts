/**
 * A change as data: what one request asks of one host, before completion. A patch: what it does not mention stays.
 * References are kept as the client gave them (id, name or both) so that rules can speak about them.
 */
import type { BondOption, IpAssignment, Ipv4Method, Ipv6Method, Qos } from './entities.ts';

export interface Ref {
  id: string | null;
  name: string | null;
}

/** Each member: undefined was not sent and keeps the stored value; everything else replaces it. */
export interface AttachmentChange {
  id: string | null;
  network: Ref | null;
  nic: Ref | null;
  /** The whole IP configuration; a missing family becomes `none`. */
  ip?: IpAssignments;
  properties?: Record<string, string>;
  qos?: Qos | null;
  nameservers?: string[] | null;
  /** Synchronise: sent to the host even when nothing differs from the stored wish. */
  override: boolean;
  /** Where in the request it stands, for messages: `modified_network_attachments[1]`. */
  path: string;
}

/** Lists, because a client may send several of a family (IP-11). */
export interface IpAssignments {
  ipv4: IpAssignment<Ipv4Method>[];
  ipv6: IpAssignment<Ipv6Method>[];
}

export interface BondChange {
  id: string | null;
  name: string | null;
  slaves?: Ref[];
  options?: BondOption[];
  path: string;
}

export interface LabelChange {
  label: string;
  nic: Ref | null;
  path: string;
}

/** What is asked of the virtual functions of a nic (SR-IOV). Undefined keeps what is stored. */
export interface VfChange {
  nic: Ref | null;
  count?: number;
  /** True empties both lists. */
  allNetworksAllowed?: boolean;
  /** Ids; the whole list. */
  networkIds?: string[];
  /** The whole list. */
  labels?: string[];
  path: string;
}

export interface ChangeSet {
  attachments: AttachmentChange[];
  /** By attachment id, or by network. */
  removedAttachments: { id: string | null; network: Ref | null; path: string }[];
  /** Attachment ids to synchronise. */
  synchronized: { id: string | null; path: string }[];
  bonds: BondChange[];
  removedBonds: (Ref & { path: string })[];
  labels: LabelChange[];
  removedLabels: { label: string; path: string }[];
  /** Names as reported. */
  removedUnmanaged: string[];
  virtualFunctions: VfChange[];
  /** Go on where a driver may reset the nic by which the host is reached. */
  force: boolean;
  /** Roll back when the host cannot be reached afterwards. */
  checkConnectivity: boolean;
  /** Seconds, 1-120. */
  connectivityTimeout: number;
  commitOnSuccess: boolean;
}

/** A change set that asks for nothing, with the API's defaults. */
export function emptyChangeSet(): ChangeSet {
  return {
    attachments: [],
    removedAttachments: [],
    synchronized: [],
    bonds: [],
    removedBonds: [],
    labels: [],
    removedLabels: [],
    removedUnmanaged: [],
    virtualFunctions: [],
    force: false,
    checkConnectivity: true,
    connectivityTimeout: 120,
    commitOnSuccess: false,
  };
}
