import type { NetworkRoles } from '../entities.ts';

const spoken: Record<keyof NetworkRoles, string> = {
  display: 'display',
  migration: 'migration',
  management: 'management',
  gluster: 'gluster',
  defaultRoute: 'default route',
};

/** Roles for which a network needs an address on every host (oVirt's "role network"): all but management. */
export function addressedRoles(roles: NetworkRoles): string[] {
  return (['display', 'migration', 'gluster', 'defaultRoute'] as const).filter((r) => roles[r]).map((r) => spoken[r]);
}

/** Every role there is, by its key. */
export const roleNames = Object.keys(spoken) as readonly (keyof NetworkRoles)[];

export const noRoles: Readonly<NetworkRoles> = Object.freeze({
  display: false,
  migration: false,
  management: false,
  gluster: false,
  defaultRoute: false,
});
