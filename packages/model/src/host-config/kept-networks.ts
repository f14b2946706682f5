import type { Completed } from '../complete/completed.ts';
import { lookup } from '../state/lookup.ts';
import type { NetworkConfig } from './host-config.ts';

/**
 * Networks that the request leaves alone, as they run. Not those that the cluster has and nobody wishes here any more, nor wished
 * ones that run elsewhere, or in a place that the request gives to another.
 */
export function keptNetworks(
  { state, request, attachments, removedAttachments }: Completed,
  running: Readonly<Record<string, NetworkConfig>>,
  wishes: ReadonlyMap<string, NetworkConfig>,
): Map<string, NetworkConfig> {
  const { networkByVdsmName } = lookup(state);
  const mentioned = new Set(attachments.flatMap(({ network }) => network?.vdsmName ?? []));
  const removed = new Set([
    ...request.removedUnmanaged,
    ...removedAttachments.flatMap(({ network }) => network?.vdsmName ?? []),
  ]);
  const place = ({ base, vlan }: NetworkConfig) => `${base} ${vlan}`;
  const taken = new Set([...wishes].flatMap(([name, wish]) => (mentioned.has(name) ? place(wish) : [])));
  return new Map(
    Object.entries(running).filter(([name, network]) => {
      if (mentioned.has(name) || removed.has(name)) return false;
      const wish = wishes.get(name);
      if (wish === undefined) return !networkByVdsmName.has(name);
      return wish.base === network.base && !taken.has(place(network));
    }),
  );
}
