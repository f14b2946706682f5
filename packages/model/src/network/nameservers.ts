import type { Attachment, Network } from '../entities.ts';

/** Name servers an attachment brings: its own, else its network's. Used only with the default route role. */
export function effectiveNameservers(
  attachment: Pick<Attachment, 'nameservers'>,
  network: Pick<Network, 'nameservers'>,
): string[] | null {
  return attachment.nameservers ?? network.nameservers;
}
