/**
 * The events of the audit log: name, number, severity and sentence. Names are oVirt's where it has one (misspelt ones
 * included, since clients match on them); ours have numbers from 30000 on.
 */
import type { EventSeverity } from '../store/index.ts';

const catalogue = {
  HOST_NETWORKS_CHANGED: [30001, 'normal'],
  HOST_NETWORKS_CHANGE_FAILED: [30002, 'error'],
  HOST_NETWORKS_CHANGE_TIMEOUT: [30003, 'error'],
  HOST_ENROLLED: [30004, 'normal'],
  HOST_CONNECTED: [30005, 'normal'],
  HOST_CONNECTION_LOST: [30006, 'warning'],
  HOST_CHANGED_BY_ANOTHER_HAND: [30007, 'warning'],
  MANAGEMENT_NETWORK_FAILED: [30008, 'error'],
  CHANGE_WARNING: [30009, 'warning'],
  HOST_ADDED: [30010, 'normal'],
  HOST_REMOVED: [30011, 'normal'],
  HOST_MAINTENANCE: [30012, 'normal'],
  HOST_ACTIVATED: [30013, 'normal'],
  NETWORK_COMMINT_NETWORK_CHANGES: [1104, 'normal'],
  NETWORK_COMMINT_NETWORK_CHANGES_FAILED: [1105, 'error'],
  HOST_SYNC_ALL_NETWORKS_FINISHED: [10901, 'normal'],
  HOST_SYNC_ALL_NETWORKS_FAILED: [10900, 'error'],
  LABEL_NETWORK: [1132, 'normal'],
  LABEL_NETWORK_FAILED: [1133, 'error'],
  UNLABEL_NETWORK: [1134, 'normal'],
  UNLABEL_NETWORK_FAILED: [1135, 'error'],
  LABEL_NIC: [1136, 'normal'],
  LABEL_NIC_FAILED: [1137, 'error'],
  UNLABEL_NIC: [1138, 'normal'],
  UNLABEL_NIC_FAILED: [1139, 'error'],
  HOST_REFRESHED_CAPABILITIES: [606, 'normal'],
  HOST_REFRESH_CAPABILITIES_FAILED: [607, 'error'],
  NETWORK_ADD_NETWORK: [942, 'normal'],
  NETWORK_REMOVE_NETWORK: [944, 'normal'],
  NETWORK_ATTACH_NETWORK_TO_CLUSTER: [946, 'normal'],
  NETWORK_DETACH_NETWORK_TO_CLUSTER: [948, 'normal'],
  NETWORK_UPDTAE_NETWORK_ON_CLUSTER: [1112, 'normal'],
  NETWORK_UPDATE_NETWORK: [1114, 'normal'],
  DATA_CENTRE_CHANGED: [30020, 'normal'],
  CLUSTER_CHANGED: [30021, 'normal'],
  USER_ADDED_QOS: [10110, 'normal'],
  USER_FAILED_TO_ADD_QOS: [10111, 'error'],
  USER_REMOVED_QOS: [10112, 'normal'],
  USER_FAILED_TO_REMOVE_QOS: [10113, 'error'],
  USER_UPDATED_QOS: [10114, 'normal'],
  USER_FAILED_TO_UPDATE_QOS: [10115, 'error'],
  EXTERNAL_EVENT: [9801, 'normal'],
} as const satisfies Record<string, readonly [number, EventSeverity]>;

export type EventName = keyof typeof catalogue;

export function eventKind(name: EventName): { code: number; severity: EventSeverity } {
  const [code, severity] = catalogue[name];
  return { code, severity };
}
