/** A request with everything the host's state adds to it: what rules judge and what host config and store are made from. */
import type { AttachmentChange, BondChange, ChangeSet, Ref } from '../change-set.ts';
import type {
  Attachment,
  BondOption,
  IpAssignment,
  Ipv4Method,
  Ipv6Method,
  Nic,
  Qos,
  VfAllowance,
} from '../entities.ts';
import type { HostState } from '../host-state.ts';
import type { ObservedNetwork } from '../observed.ts';
import type { HostNetwork } from '../state/lookup.ts';

/** An attachment as it shall be. */
export interface WantedAttachment {
  /** As given or as stored; null for a new one. */
  id: string | null;
  /** What it starts from; null for a new one. */
  stored: Attachment | null;
  /** What the request says of it; null when it comes from a label, a synchronisation or the store alone. */
  change: AttachmentChange | null;
  /** References as given, completed where one half was missing. */
  networkRef: Ref;
  nicRef: Ref;
  /** Null when the reference does not lead to one network of the cluster. */
  network: HostNetwork | null;
  /** A nic of the host or a bond of the request; by name, because new bonds have no id. Null when the reference leads nowhere. */
  nic: string | null;
  ipv4: IpAssignment<Ipv4Method>;
  ipv6: IpAssignment<Ipv6Method>;
  properties: Record<string, string>;
  qos: Qos | null;
  nameservers: string[] | null;
  /** Synchronised: sent whether or not it differs. */
  override: boolean;
  /** The label that brings it here, when one does. */
  label: string | null;
  path: string | null;
}

export interface RemovedAttachment {
  id: string | null;
  networkRef: Ref | null;
  /** Null when the host has no such attachment. */
  stored: Attachment | null;
  network: HostNetwork | null;
  /** The removed label that takes it along. */
  label: string | null;
  path: string | null;
}

export interface WantedBond {
  id: string | null;
  name: string | null;
  /** The nic of that id or name, be it a bond or not; null for a new bond. */
  stored: Nic | null;
  change: BondChange | null;
  /** In the order given; `name` null where the reference leads nowhere. */
  slaves: { ref: Ref; name: string | null }[];
  options: BondOption[];
  path: string | null;
}

export interface RemovedBond {
  ref: Ref;
  nic: Nic | null;
  path: string;
}

export interface WantedLabel {
  label: string;
  nicRef: Ref;
  /** Nic or bond of the request by name; null when the reference leads nowhere. */
  nic: string | null;
  path: string;
}

export interface RemovedLabel {
  label: string;
  /** The nic that has it now. */
  nic: Nic | null;
  path: string;
}

/** What shall be of the virtual functions of a nic. */
export interface WantedVfs {
  nicRef: Ref;
  /** Null when the reference leads nowhere. */
  nic: Nic | null;
  /** Null where it is so already, or nobody asks. */
  count: number | null;
  allowance: VfAllowance;
  path: string;
}

/** A bond as it shall stand after the change. */
export interface BondAfter {
  id: string | null;
  name: string;
  slaves: string[];
  options: BondOption[];
}

/** The host as it shall stand after the change: the request and all it does not mention. */
export interface HostAfter {
  attachments: readonly WantedAttachment[];
  attachmentsOn: ReadonlyMap<string, readonly WantedAttachment[]>;
  bonds: ReadonlyMap<string, BondAfter>;
  /** Slave to bond. */
  masterOf: ReadonlyMap<string, string>;
  /** Nic to labels. */
  labelsOn: ReadonlyMap<string, readonly string[]>;
  /** Nic to the networks on it that the cluster does not have and the request leaves. */
  unmanagedOn: ReadonlyMap<string, readonly ObservedNetwork[]>;
}

export interface Completed {
  state: HostState;
  request: ChangeSet;
  /** Requested attachments and those that labels add or move; what equals the stored wish is under `unchanged`. */
  attachments: readonly WantedAttachment[];
  removedAttachments: readonly RemovedAttachment[];
  bonds: readonly WantedBond[];
  removedBonds: readonly RemovedBond[];
  labels: readonly WantedLabel[];
  removedLabels: readonly RemovedLabel[];
  /** Those that change something. */
  virtualFunctions: readonly WantedVfs[];
  /** Mentioned but equal to what is stored; neither judged nor counted as a change. */
  unchanged: { attachments: readonly WantedAttachment[]; bonds: readonly WantedBond[] };
  after: HostAfter;
  /** Everything asked for is so already: succeed without the host, once the request is found valid. */
  nothingToDo: boolean;
  /**
   * Nothing changes that a host knows of: labels that move no network, and which networks may use virtual functions. Store it,
   * the host need not be asked.
   */
  engineOnly: boolean;
}
