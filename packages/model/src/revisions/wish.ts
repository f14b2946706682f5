import type { Ref } from '../change-set.ts';
import { everyNetwork } from '../complete/virtual-functions.ts';
import type { Attachment, BondOption, Nic, VfAllowance } from '../entities.ts';

export interface WishedAttachment extends Pick<Attachment, 'ipv4' | 'ipv6' | 'properties' | 'qos' | 'nameservers'> {
  network: Ref;
  /** By name: nics keep theirs when the hardware is replaced. */
  nic: string;
}

/** What is wished of one host, so that it can be asked for again when ids have come and gone. */
export interface HostWish {
  attachments: WishedAttachment[];
  bonds: { name: string; slaves: string[]; options: BondOption[] }[];
  labels: { label: string; nic: string }[];
  /** Physical functions (SR-IOV); absent where there are none. What nobody has asked for is what the host had. */
  virtualFunctions?: { nic: string; count: number; allowance: VfAllowance }[];
}

/**
 * What is stored of a host as a wish.
 * @param networkName by id, null for a network that is not known
 * @param functionsOn how many virtual functions a nic has, by name; undefined for one that cannot have any
 */
export function wishOf(
  nics: readonly Nic[],
  attachments: readonly Attachment[],
  networkName: (id: string) => string | null,
  functionsOn: (nic: string) => number | undefined = () => undefined,
): HostWish {
  const names = new Map(nics.map((nic) => [nic.id, nic.name]));
  const virtualFunctions = nics.flatMap(({ name, vfs: allowance = everyNetwork, vfCount }) => {
    const count = vfCount ?? functionsOn(name);
    return count === undefined ? [] : [{ nic: name, count, allowance }];
  });
  return {
    attachments: attachments.flatMap(({ networkId, nicId, ipv4, ipv6, properties, qos, nameservers }) => {
      const nic = names.get(nicId);
      if (nic === undefined) return [];
      const network = { id: networkId, name: networkName(networkId) };
      return [{ network, nic, ipv4, ipv6, properties, qos, nameservers }];
    }),
    bonds: nics.flatMap(({ name, bond }) => (bond === null ? [] : [{ name, ...bond }])),
    labels: nics.flatMap(({ name, labels }) => labels.map((label) => ({ label, nic: name }))),
    ...(virtualFunctions.length === 0 ? {} : { virtualFunctions }),
  };
}
