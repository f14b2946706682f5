import { type ChangeSet, emptyChangeSet, type VfChange } from '../change-set.ts';
import type { HostState } from '../host-state.ts';
import { isInSync } from '../in-sync/reported-configurations.ts';
import { type Lookup, lookup } from '../state/lookup.ts';
import type { HostWish, WishedAttachment } from './wish.ts';

/**
 * What to ask of a host so that it is as was wished, and nothing else is. A network that is attached now keeps its attachment
 * and that its id, wherever it goes. What drifted on the host is put right. Networks are as they are defined today; one that
 * is gone is found by its name, and where there is none of that name, the rules say so.
 */
export function changeSetTo(state: HostState, wish: HostWish): ChangeSet {
  const known = lookup(state);
  const wished = new Set(wish.attachments.map((one) => attachedNow(one, known)?.id));
  const bonds = new Set(wish.bonds.map((bond) => bond.name));
  const labels = new Set(wish.labels.map(({ label }) => label));
  return {
    ...emptyChangeSet(),
    attachments: wish.attachments.map((one) => {
      const now = attachedNow(one, known);
      const { network, nic, ipv4, ipv6, properties, qos, nameservers } = one;
      return {
        id: now?.id ?? null,
        network: networkNow(one, known),
        nic: { id: null, name: nic },
        ip: { ipv4: [ipv4], ipv6: [ipv6] },
        properties,
        qos,
        nameservers,
        override: now !== undefined && isInSync(state, now) === false,
        path: `network ${network.name ?? network.id}`,
      };
    }),
    removedAttachments: state.attachments
      .filter(({ id }) => !wished.has(id))
      .map(({ id }) => ({ id, network: null, path: `attachment ${id}` })),
    bonds: wish.bonds.map(({ name, slaves, options }) => ({
      id: known.nicByName.get(name)?.id ?? null,
      name,
      slaves: slaves.map((slave) => ({ id: null, name: slave })),
      options,
      path: `bond ${name}`,
    })),
    removedBonds: state.nics
      .filter(({ name, bond }) => bond !== null && !bonds.has(name))
      .map(({ id, name }) => ({ id, name, path: `bond ${name}` })),
    labels: wish.labels.map(({ label, nic }) => ({ label, nic: { id: null, name: nic }, path: `label ${label}` })),
    removedLabels: [...known.nicOfLabel.keys()]
      .filter((label) => !labels.has(label))
      .map((label) => ({ label, path: `label ${label}` })),
    virtualFunctions: functionsTo(state, wish, known),
  };
}

/** Where nobody has asked for virtual functions until now, nothing of them can have changed by a request. */
function functionsTo({ networks, otherNetworks }: HostState, wish: HostWish, known: Lookup): VfChange[] {
  const stillThere = new Set([...networks, ...otherNetworks].map(({ id }) => id));
  return (wish.virtualFunctions ?? []).flatMap(({ nic: name, count, allowance }) => {
    const nic = known.nicByName.get(name);
    if (nic === undefined || (nic.vfCount === undefined && nic.vfs === undefined)) return [];
    const { allNetworksAllowed, labels } = allowance;
    const networkIds = allowance.networkIds.filter((id) => stillThere.has(id));
    const number = nic.vfCount === undefined ? {} : { count };
    return [{ nic: { id: nic.id, name }, ...number, allNetworksAllowed, networkIds, labels, path: `nic ${name}` }];
  });
}

function attachedNow(one: WishedAttachment, known: Lookup) {
  return known.attachmentByNetworkId.get(networkNow(one, known).id ?? '');
}

/** By id as long as there is one; a network that was made anew under its name is that network. */
function networkNow({ network: { id, name } }: WishedAttachment, known: Lookup) {
  if (id !== null && known.networkById.has(id)) return { id, name: null };
  const anew = name === null ? undefined : known.networkByName.get(name);
  return anew === undefined ? { id, name } : { id: anew.id, name: null };
}
