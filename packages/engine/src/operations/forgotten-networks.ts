/**
 * Networks that a host runs by the word of an engine that has forgotten it: its store is of a backup of before, or the host was
 * removed and has joined again. They are what the host is asked for from now on, since the next change of anything else would take
 * away what nobody asks for. Networks that the cluster does not have stay unmanaged.
 */
import { type Attachment, attachmentWish } from '@patchbay/model';
import type { HostConfig } from '@patchbay/protocol';
import type { Writer } from '../store/index.ts';
import { loadHost } from './load-host.ts';

/** @param networks what the host was told last; its nics must be stored */
export async function rememberNetworks(
  tx: Writer,
  hostId: string,
  networks: HostConfig['networks'],
  newId: () => string,
): Promise<void> {
  const state = await loadHost(tx, hostId);
  for (const network of state?.networks ?? []) {
    const config = networks[network.vdsmName];
    const nic = state?.nics.find(({ name }) => name === config?.base);
    const isWished = state?.attachments.some(({ networkId }) => networkId === network.id);
    if (config === undefined || nic === undefined || isWished) continue;
    const ids = { id: newId(), hostId, networkId: network.id, nicId: nic.id };
    const attachment: Attachment = { ...ids, ...attachmentWish(config, network) };
    await tx.put('attachment', attachment);
  }
}
