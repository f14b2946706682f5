/** What the rules of a host change look at: the whole request, or one thing of it. */
import type { Ref } from '../change-set.ts';
import type {
  Completed,
  RemovedAttachment,
  RemovedBond,
  RemovedLabel,
  WantedAttachment,
  WantedBond,
  WantedLabel,
  WantedVfs,
} from '../complete/completed.ts';
import type { IpAssignment } from '../entities.ts';

export interface AttachmentSubject {
  completed: Completed;
  attachment: WantedAttachment;
}

export interface RemovalSubject {
  completed: Completed;
  removal: RemovedAttachment;
}

export interface BondSubject {
  completed: Completed;
  bond: WantedBond;
}

export interface RemovedBondSubject {
  completed: Completed;
  removal: RemovedBond;
}

export interface LabelSubject {
  completed: Completed;
  label: WantedLabel;
}

export interface RemovedLabelSubject {
  completed: Completed;
  removal: RemovedLabel;
}

/** What shall be of the virtual functions of one nic. */
export interface VfsSubject {
  completed: Completed;
  wanted: WantedVfs;
}

/** A nic or bond with all it shall carry. */
export interface NicSubject {
  completed: Completed;
  nic: string;
  attachments: readonly WantedAttachment[];
}

export interface UnmanagedSubject {
  completed: Completed;
  /** As reported. */
  network: string;
}

/** How to speak of the thing a reference means. */
export function refName(ref: Ref): string {
  return ref.name ?? ref.id ?? '(none given)';
}

export function networkName(attachment: Pick<WantedAttachment, 'network' | 'networkRef'>): string {
  return attachment.network?.name ?? refName(attachment.networkRef);
}

export function nicName(attachment: Pick<WantedAttachment, 'nic' | 'nicRef'>): string {
  return attachment.nic ?? refName(attachment.nicRef);
}

/** The attachment itself, for sentences about its id. */
export function attachmentName(attachment: WantedAttachment): string {
  return attachment.id ?? `of ${networkName(attachment)}`;
}

/** Things in a row: `a, b`. */
export function list(things: Iterable<string>): string {
  return [...things].join(', ');
}

/** Both address families of an attachment, with how to call them. */
export function families(attachment: WantedAttachment): { version: 'IPv4' | 'IPv6'; ip: IpAssignment<string> }[] {
  return [
    { version: 'IPv4', ip: attachment.ipv4 },
    { version: 'IPv6', ip: attachment.ipv6 },
  ];
}
