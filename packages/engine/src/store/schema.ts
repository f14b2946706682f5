/**
 * What is stored. Most things are documents: JSON text that no query looks into, beside an id, the id of what they
 * belong to, a name, and a revision. Events and tasks have columns of their own.
 */
import type {
  Attachment,
  Cluster,
  ClusterNetwork,
  DataCentre,
  Follow,
  Host,
  NamedQos,
  Network,
  Nic,
} from '@patchbay/model';
import type { HostReport } from '@patchbay/protocol';
import type { Generated } from 'kysely';

export interface User {
  id: string;
  /** `name@profile`. */
  name: string;
  /** Self-describing scrypt string. */
  password: string;
  role: 'administrator' | 'operator' | 'viewer';
}

/** A sign-in. The id is the SHA-256 of what the client holds. Times are epoch milliseconds. */
export interface Token {
  id: string;
  userId: string;
  created: number;
  used: number;
}

/** Lets one agent join. The id is the SHA-256 of the secret. */
export interface JoinToken {
  id: string;
  /** The machine that has joined with it, and may ask again where the answer was lost; absent while nobody has. */
  usedBy?: string;
  hostName: string;
  clusterId: string;
  expires: number;
}

export interface Job {
  id: string;
  description: string;
  /** How it went, where that is more than its status. */
  detail: string;
  status: 'started' | 'finished' | 'failed' | 'aborted' | 'unknown';
  started: number;
  ended: number | null;
  updated: number;
  userId: string | null;
  correlationId: string;
  /** A client reports its steps. */
  external: boolean;
  autoCleared: boolean;
  /** Of all its steps, those not yet ended, those that failed and those that will not be done. */
  steps: { total: number; open: number; failed: number; aborted: number };
  /** How its steps are carried out when they are hosts that follow their data centre; null for any other job. */
  rollout: Rollout | null;
}

export interface Rollout {
  /** What it is about, for its events. */
  cause: 'add' | 'update' | 'remove' | 'cluster' | 'sync';
  clusterId: string | null;
  dataCentreId: string | null;
  /** Hosts at once. */
  width: number;
  /** Do nothing more after a wave in which a host failed. */
  stopOnFailure: boolean;
}

/** A part of a job: for a host change, the host. */
export interface Step {
  id: string;
  jobId: string;
  parentId: string | null;
  /** From 1. */
  number: number;
  description: string;
  detail: string;
  type: 'validating' | 'executing' | 'finalizing' | 'rebalancing_volume' | 'removing_bricks' | 'unknown';
  status: 'waiting' | 'started' | 'finished' | 'failed' | 'aborted' | 'unknown';
  external: boolean;
  started: number | null;
  ended: number | null;
  hostId: string | null;
  /** What of its data centre the host follows; null for a step of another kind. */
  follow: Follow | null;
}

/** A host still has to follow; gone as soon as it has. The id is its step's. */
export interface Errand {
  id: string;
  hostId: string;
}

export interface StoredReport {
  hostId: string;
  report: HostReport;
}

/** Who a host's agent is: the certificate serials that are valid for it and the epoch of its last task. */
export interface HostIdentity {
  hostId: string;
  machineId: string;
  serials: string[];
  /** The host has greeted with a later epoch than this store knew: its next report tells what it was told by changes of then. */
  behind?: true;
  /** Milliseconds since 1970 from which the certificate is valid that the last joining brought; absent from stores of before. */
  joined?: number;
  epoch: number;
}

export interface Secret {
  id: string;
  value: string;
}

/** Something an administrator has set: the id is its name. */
export interface StoredSetting {
  id: string;
  value: string;
}

/** Something that says nothing about host networks: kept as a client gave it, because clients expect to find it again. */
export interface Kept {
  id: string;
  type: 'vnic_profile' | 'mac_pool' | 'tag' | 'host_tag';
  /** Id of what it belongs to, or null. */
  owner: string | null;
  name: string;
  /** Members as the API spells them, without addresses. */
  given: object;
}

export function keptBelow(type: Kept['type'], owner: string | null): string {
  return owner === null ? type : `${type} ${owner}`;
}

/** Every kind of document and where its id, owner and unique name come from. */
export const documents = {
  data_centre: kind<DataCentre>({ id: (d) => d.id, parent: () => null, name: (d) => d.name }),
  cluster: kind<Cluster>({ id: (d) => d.id, parent: (d) => d.dataCentreId, name: (d) => d.name }),
  network: kind<Network>({ id: (d) => d.id, parent: (d) => d.dataCentreId, name: (d) => d.name }),
  // Names are taken per type.
  qos: kind<NamedQos>({ id: (d) => d.id, parent: (d) => d.dataCentreId, name: (d) => `${d.type} ${d.name}` }),
  cluster_network: kind<ClusterNetwork>({
    id: (d) => clusterNetworkId(d.clusterId, d.networkId),
    parent: (d) => d.clusterId,
    name: (d) => d.networkId,
  }),
  host: kind<Host>({ id: (d) => d.id, parent: (d) => d.clusterId, name: (d) => d.name }),
  nic: kind<Nic>({ id: (d) => d.id, parent: (d) => d.hostId, name: (d) => d.name }),
  attachment: kind<Attachment>({ id: (d) => d.id, parent: (d) => d.hostId, name: (d) => d.networkId }),
  report: kind<StoredReport>({ id: (d) => d.hostId, parent: () => null, name: (d) => d.hostId }),
  host_identity: kind<HostIdentity>({ id: (d) => d.hostId, parent: () => null, name: (d) => d.hostId }),
  app_user: kind<User>({ id: (d) => d.id, parent: () => null, name: (d) => d.name }),
  token: kind<Token>({ id: (d) => d.id, parent: (d) => d.userId, name: (d) => d.id }),
  join_token: kind<JoinToken>({ id: (d) => d.id, parent: () => null, name: (d) => d.id }),
  job: kind<Job>({ id: (d) => d.id, parent: () => null, name: (d) => d.id }),
  step: kind<Step>({ id: (d) => d.id, parent: (d) => d.jobId, name: (d) => String(d.number).padStart(8, '0') }),
  errand: kind<Errand>({ id: (d) => d.id, parent: (d) => d.hostId, name: (d) => d.id }),
  kept: kind<Kept>({ id: (d) => d.id, parent: (d) => keptBelow(d.type, d.owner), name: (d) => d.name }),
  secret: kind<Secret>({ id: (d) => d.id, parent: () => null, name: (d) => d.id }),
  setting: kind<StoredSetting>({ id: (d) => d.id, parent: () => null, name: (d) => d.id }),
} as const;

export type DocumentKind = keyof typeof documents;
export type Document<K extends DocumentKind> = (typeof documents)[K] extends Keys<infer D> ? D : never;

interface Keys<D> {
  id: (document: D) => string;
  parent: (document: D) => string | null;
  name: (document: D) => string;
}

function kind<D>(keys: Keys<D>): Keys<D> {
  return keys;
}

export function clusterNetworkId(clusterId: string, networkId: string): string {
  return `${clusterId}/${networkId}`;
}

interface DocumentRow {
  id: string;
  parent: string | null;
  name: string;
  revision: number;
  doc: string;
}

export type EventSeverity = 'normal' | 'warning' | 'error' | 'alert';

export interface EventRow {
  id: Generated<number>;
  code: number;
  severity: EventSeverity;
  /** Epoch milliseconds. */
  time: number;
  description: string;
  correlation_id: string | null;
  origin: string;
  custom_id: number | null;
  host_id: string | null;
  cluster_id: string | null;
  data_centre_id: string | null;
  user_id: string | null;
  /** Seconds in which an equal event is not to be repeated, as whoever reported it says. */
  flood_rate: Generated<number>;
  /** Only of an event that a client has reported. */
  custom_data: string | null;
  /** 1 when a user has dismissed it. */
  deleted: Generated<number>;
}

/** A host change that has been sent, until its outcome is stored. At most one runs per host. */
export interface TaskRow {
  /** Also the transaction id in the agent's journal: sent twice, done once. */
  id: string;
  host_id: string;
  state: 'running' | 'done' | 'failed';
  epoch: number;
  nonce: string;
  /** JSON: what is to be stored when the host has succeeded; empty when it has ended. */
  pending: string;
  created: number;
}

/** A change that a host has kept. Numbers begin at 1 with each host and are never used again. */
export interface RevisionRow {
  host_id: string;
  number: number;
  /** Epoch milliseconds. */
  time: number;
  description: string;
  correlation_id: string;
  user_id: string | null;
  /** JSON: all that a list does not show. */
  details: string;
}

export type Database = Record<DocumentKind, DocumentRow> & { event: EventRow; task: TaskRow; revision: RevisionRow };
