/**
 * Networks that a host runs by the word of an engine that has forgotten it: its store is of a backup of before, or the host was
 * removed and has joined again. They are what the host is asked for from now on; were they not, the next change of anything else
 * would take them away. Networks that the cluster does not have stay unmanaged.
 */
import { type Attachment, attachmentWish } from '@patchbay/model';
import type { HostConfig } from '@patchbay/protocol';
import type { Writer } from '../store/index.ts';
import { loadHost } from './load-host.ts';

/** @param running what the host was told last */
export async function rememberNetworks(
  tx: Writer,
  hostId: string,
  running: HostConfig,
  newId: () => string,
): Promise<void> {
  const wished = new Set<string>();
  for (const { networkId } of await tx.list('attachment', hostId)) {
    const network = await tx.get('network', networkId);
    if (network !== undefined) wished.add(network.vdsmName);
  }
  const forgotten = Object.entries(running.networks).filter(([name]) => !wished.has(name));
  if (forgotten.length === 0) return;
  const state = await loadHost(tx, hostId);
  for (const [name, config] of forgotten) {
    const network = state?.networks.find(({ vdsmName }) => vdsmName === name);
    const nic = state?.nics.find((one) => one.name === config.base);
    if (network === undefined || nic === undefined) continue;
    const ids = { id: newId(), hostId, networkId: network.id, nicId: nic.id };
    const attachment: Attachment = { ...ids, ...attachmentWish(config, network) };
    await tx.put('attachment', attachment);
  }
}
