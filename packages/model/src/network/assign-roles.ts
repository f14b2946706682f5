import type { ClusterNetwork } from '../entities.ts';
import { roleNames } from './roles.ts';

/**
 * A cluster's assignments after one of them becomes `wanted` (rules §5.3): each role is held once, so taking it takes it
 * from the others; giving up display, migration or the default route hands it to the management network; gluster may be nobody's.
 */
export function assignRoles(assignments: ClusterNetwork[], wanted: ClusterNetwork): ClusterNetwork[] {
  const after = [...assignments.filter((a) => a.networkId !== wanted.networkId), wanted].map((a) => ({
    ...a,
    roles: { ...a.roles },
  }));
  for (const role of roleNames) {
    if (wanted.roles[role]) {
      for (const other of after) if (other.networkId !== wanted.networkId) other.roles[role] = false;
    }
  }
  return withHeirs(after);
}

/** A cluster's assignments after a network leaves it; its roles go the same way. */
export function withdrawRoles(assignments: ClusterNetwork[], networkId: string): ClusterNetwork[] {
  return withHeirs(assignments.filter((a) => a.networkId !== networkId).map((a) => ({ ...a, roles: { ...a.roles } })));
}

function withHeirs(assignments: ClusterNetwork[]): ClusterNetwork[] {
  const management = assignments.find((a) => a.roles.management);
  for (const role of ['display', 'migration', 'defaultRoute'] as const) {
    if (management && !assignments.some((a) => a.roles[role])) management.roles[role] = true;
  }
  return assignments;
}
