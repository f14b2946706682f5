/** Where an external network comes from, as clients say it, with the physical network below it looked up. */
import type { ExternalNetwork, Network } from '@patchbay/model';

/** What a client may say of it; undefined was not sent. */
export interface ExternalWish {
  providerId?: string;
  /** By id, or by a name that the data centre may or may not have. */
  physical?: { id?: string | undefined; name?: string | undefined };
}

/** @returns null for a network that hosts carry, which is what it stays when nothing is said */
export function externalNetwork(
  { providerId, physical }: ExternalWish,
  name: string,
  stored: ExternalNetwork | null,
  networks: readonly Network[],
): ExternalNetwork | null {
  const provider = providerId ?? stored?.providerId;
  if (provider === undefined) return null;
  const externalId = stored?.externalId ?? name;
  const below = { physicalNetworkId: stored?.physicalNetworkId ?? null, physicalName: stored?.physicalName ?? null };
  if (physical === undefined) return { providerId: provider, externalId, ...below };
  const known = physical.id ?? networks.find((one) => one.name === physical.name && !one.external)?.id ?? null;
  const physicalName = known === null ? (physical.name ?? null) : null;
  return { providerId: provider, externalId, physicalNetworkId: known, physicalName };
}
