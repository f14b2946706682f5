/** A network in the store, with what comes and goes with it. */
import type { Network } from '@patchbay/model';
import { keptBelow, type Writer } from '../store/index.ts';
import type { Engine } from './engine.ts';

/**
 * Stores a new network, and with one for VMs a vNIC profile of the same name, by which clients look for it.
 * @param profile whether such a profile is wanted
 */
export async function addNetwork(
  tx: Writer,
  { newId }: Pick<Engine, 'newId'>,
  network: Network,
  profile = true,
): Promise<void> {
  await tx.put('network', network);
  if (!profile || !network.vm) return;
  await tx.put('kept', { id: newId(), type: 'vnic_profile', owner: network.id, name: network.name, given: {} });
}

/** Takes a network that no cluster uses any more out of the store, with all that refers to it. */
export async function dropNetwork(tx: Writer, id: string): Promise<void> {
  for (const attachment of await tx.list('attachment')) {
    if (attachment.networkId === id) await tx.remove('attachment', attachment.id);
  }
  for (const nic of await tx.list('nic')) {
    if (nic.vfs?.networkIds.includes(id) !== true) continue;
    await tx.put('nic', { ...nic, vfs: { ...nic.vfs, networkIds: nic.vfs.networkIds.filter((one) => one !== id) } });
  }
  for (const one of await tx.list('kept', keptBelow('vnic_profile', id))) await tx.remove('kept', one.id);
  await tx.remove('network', id);
}
