import { canonicalAddress } from '../address/canonical.ts';
import type { Attachment, Network } from '../entities.ts';

/** Name servers an attachment brings: its own, else its network's. Used only with the default route role. */
export function effectiveNameservers(
  attachment: Pick<Attachment, 'nameservers'>,
  network: Pick<Network, 'nameservers'>,
): string[] | null {
  return attachment.nameservers ?? network.nameservers;
}

/** Whether both lists have the same servers in the same order, however they are spelt; no list is an empty one. */
export function sameNameservers(one: readonly string[] | null, other: readonly string[] | null): boolean {
  const spelt = (list: readonly string[] | null) => (list ?? []).map(canonicalAddress).join();
  return spelt(one) === spelt(other);
}
