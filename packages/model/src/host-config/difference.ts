/** What differs between two host configs, for people: per nic, bond and network, property by property. */
import type { HostConfig } from './host-config.ts';

export interface PropertyDifference {
  /** For example `mtu`, `ipv4.address`, `options.mode`, `default_route`. */
  name: string;
  /** Null where it is not set. */
  before: string | null;
  after: string | null;
}

export interface ConfigDifference {
  /** `nic` for what is set on a nic itself. */
  kind: 'nic' | 'bond' | 'network';
  name: string;
  change: 'added' | 'removed' | 'changed';
  properties: PropertyDifference[];
}

/** One nic, bond or network of a config, its properties as text. */
export interface ConfigEntry {
  kind: ConfigDifference['kind'];
  name: string;
  properties: Record<string, string>;
}

/** Bonds first, then networks, then nics, each by name. A bond's slaves have no order, so theirs is no difference. */
export function configDifference(before: HostConfig, after: HostConfig): ConfigDifference[] {
  const [was, is] = [byKey(before), byKey(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((key): ConfigDifference[] => {
    const [old, now] = [was.get(key), is.get(key)];
    const entry = now ?? old;
    if (entry === undefined) return [];
    const { kind, name } = entry;
    const properties = differing(old?.properties ?? {}, now?.properties ?? {});
    if ((old && now) || kind === 'nic')
      return properties.length === 0 ? [] : [{ kind, name, change: 'changed', properties }];
    return [{ kind, name, change: now ? 'added' : 'removed', properties }];
  });
}

/** A config as flat entries, in the order of {@link configDifference}. */
export function configEntries({ bonds, networks, virtualFunctions = {} }: HostConfig): ConfigEntry[] {
  const nics = Object.entries(virtualFunctions).map(([nic, count]) => [nic, { virtualFunctions: count }] as const);
  const entries = (kind: ConfigEntry['kind'], all: object): ConfigEntry[] =>
    Object.entries(all)
      .map(([name, value]) => ({ kind, name, properties: Object.fromEntries(flat('', value)) }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  return [...entries('bond', bonds), ...entries('network', networks), ...entries('nic', Object.fromEntries(nics))];
}

function byKey(config: HostConfig): Map<string, ConfigEntry> {
  return new Map(configEntries(config).map((entry) => [`${entry.kind} ${entry.name}`, entry]));
}

function differing(before: Record<string, string>, after: Record<string, string>): PropertyDifference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ name, before: before[name] ?? null, after: after[name] ?? null }));
}

/** Walks whatever a config is made of, so that a property added to it is never missing here. */
function flat(path: string, value: unknown): [string, string][] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    const items = path === 'slaves' ? [...value].sort() : value;
    return items.length === 0 ? [] : [[path, items.join(', ')]];
  }
  if (typeof value !== 'object') return [[path, String(value)]];
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, inner]) => flat(path === '' ? spelt(key) : `${path}.${spelt(key)}`, inner));
}

/** As the API spells names: `default_route`. */
const spelt = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
