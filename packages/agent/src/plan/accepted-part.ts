/** What of a config a host accepts, where it does not accept all of it. Pure. */
import type { HostConfig } from '@patchbay/protocol';

export interface AcceptedPart {
  part: HostConfig;
  /** What was left out, each with the reason. */
  refusals: string[];
}

type Item = { kind: 'bond' | 'network'; name: string };

/**
 * As many bonds and networks as can be accepted together, those that come first before others; a network goes with its bond. For a boot,
 * where one thing that the host cannot have any more must not cost it all the others. One that is refused is found by halving.
 * @param refusal says why a config is not accepted; null when it is
 */
export function acceptedPart(config: HostConfig, refusal: (config: HostConfig) => string | null): AcceptedPart {
  if (refusal(config) === null) return { part: config, refusals: [] };
  const kept: Item[] = [];
  const refusals: string[] = [];
  const take = (items: readonly Item[]): void => {
    if (items.length === 0) return;
    const reason = refusal(only(config, [...kept, ...items]));
    if (reason === null) {
      kept.push(...items);
      return;
    }
    const [item] = items;
    if (items.length === 1 && item !== undefined) {
      const what = item.kind === 'bond' ? `bond ${item.name} and its networks` : `network ${item.name}`;
      refusals.push(`Left out ${what}: ${reason}`);
      return;
    }
    const half = Math.ceil(items.length / 2);
    take(items.slice(0, half));
    take(items.slice(half));
  };
  take(Object.keys(config.bonds).map((name) => ({ kind: 'bond', name })));
  const bonds = namesOf(kept, 'bond');
  const stands = (base: string | null): boolean => base === null || config.bonds[base] === undefined || bonds.has(base);
  const networks = Object.entries(config.networks).filter(([, { base }]) => stands(base));
  take(networks.map(([name]) => ({ kind: 'network', name })));
  return { part: only(config, kept), refusals };
}

function only(config: HostConfig, items: readonly Item[]): HostConfig {
  const [bonds, networks] = [namesOf(items, 'bond'), namesOf(items, 'network')];
  return { ...config, bonds: among(config.bonds, bonds), networks: among(config.networks, networks) };
}

function namesOf(items: readonly Item[], kind: Item['kind']): Set<string> {
  return new Set(items.flatMap((item) => (item.kind === kind ? [item.name] : [])));
}

function among<T>(all: Record<string, T>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}
