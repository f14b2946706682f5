/** A label's text is its id; it is shown below the nic or the network that carries it (wire 5.5). */
import type { ApiObject } from '@patchbay/wire';

/** @param segment of the collection that it is in: labels of the nic, or those that its virtual functions may use */
export function nicLabelToWire(
  base: string,
  nic: { id: string; hostId: string },
  label: string,
  segment: 'networklabels' | 'virtualfunctionallowedlabels' = 'networklabels',
): ApiObject<'network_label'> {
  const href = `${base}/hosts/${nic.hostId}/nics/${nic.id}`;
  return { id: label, href: `${href}/${segment}/${label}`, host_nic: { id: nic.id, href } };
}

export function networkLabelToWire(base: string, networkId: string, label: string): ApiObject<'network_label'> {
  const href = `${base}/networks/${networkId}`;
  return { id: label, href: `${href}/networklabels/${label}`, network: { id: networkId, href } };
}
