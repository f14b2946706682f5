/**
 * Settings of nics that only ethtool knows. It is a program for each section of each nic, so only those settings are read that
 * somebody wants, or that a nic's mark says were changed. Its JSON (6.1) covers offloads alone; its text covers all.
 */
import type { EthtoolSection, HostConfig, LinkReport } from '@patchbay/protocol';
import { outputOf } from '../execute/spawn.ts';
import type { KernelState } from '../kernel.ts';
import { readAlias } from './ownership.ts';

/** Nic to section to name to value. */
export type EthtoolValues = Record<string, Record<string, string>>;
/** Which settings to read: nic, section, names. */
export type CloserLook = ReadonlyMap<string, ReadonlyMap<EthtoolSection, ReadonlySet<string>>>;

/** Milliseconds for one call; a driver may have to ask its hardware. */
const LIMIT = 10_000;

/** How a section is shown and set. */
export const ethtoolFlags = {
  features: { show: '-k', set: '-K' },
  coalesce: { show: '-c', set: '-C' },
  ring: { show: '-g', set: '-G' },
  pause: { show: '-a', set: '-A' },
  channels: { show: '-l', set: '-L' },
  link: { show: null, set: '-s' },
} as const satisfies Record<EthtoolSection, { show: string | null; set: string }>;

/** The settings that a config names, nic by nic; `*` is every nic that carries the network. */
export function ethtoolOf(config: HostConfig): Map<string, EthtoolValues> {
  const found = new Map<string, EthtoolValues>();
  for (const { base, ethtool = [] } of Object.values(config.networks)) {
    const nics = config.bonds[base ?? '']?.slaves ?? (base === null ? [] : [base]);
    for (const { device, section, values } of ethtool) {
      for (const nic of device === '*' ? nics : nics.filter((one) => one === device)) {
        const sections = found.get(nic) ?? {};
        found.set(nic, { ...sections, [section]: { ...sections[section], ...values } });
      }
    }
  }
  return found;
}

/** What a plan for the config needs to know for certain of single devices: settings of ethtool, and how it is shaped. */
export function closerLookFor(config: HostConfig): CloserLook {
  const shaped = Object.values(config.networks).flatMap(({ base, qos }) => (qos === undefined ? [] : (base ?? [])));
  return new Map([...shaped.map((name) => [name, new Map()] as const), ...closerLook(ethtoolOf(config))]);
}

export function closerLook(values: Iterable<readonly [nic: string, values: EthtoolValues]>): CloserLook {
  const look = new Map<string, Map<EthtoolSection, Set<string>>>();
  for (const [nic, sections] of values) {
    const wanted = look.get(nic) ?? new Map<EthtoolSection, Set<string>>();
    look.set(nic, wanted);
    for (const [section, named] of Object.entries(sections) as [EthtoolSection, Record<string, string>][]) {
      const names = wanted.get(section) ?? new Set();
      wanted.set(section, names);
      for (const name of Object.keys(named)) names.add(name);
    }
  }
  return look;
}

/** What a state knows, to look at it again. */
export function looked({ links }: Pick<KernelState, 'links'>): CloserLook {
  return closerLook(links.flatMap(({ name, ethtool }) => (ethtool === undefined ? [] : [[name, ethtool] as const])));
}

/** Completes the reports in place. */
export async function addEthtool(
  links: readonly LinkReport[],
  also: CloserLook,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const marked = links.flatMap(({ name, kind, alias }) => {
    const changed = kind === 'nic' ? readAlias(alias)?.ethtool : undefined;
    return changed === undefined || Object.keys(changed).length === 0 ? [] : [[name, changed] as const];
  });
  const byMark = closerLook(marked);
  for (const link of links) {
    const [one, other] = [byMark.get(link.name), also.get(link.name)];
    const sections = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
    if (link.kind !== 'nic' || sections.size === 0) continue;
    const ethtool: EthtoolValues = {};
    for (const section of sections) {
      const { show } = ethtoolFlags[section];
      const text = await outputOf('ethtool', [...(show === null ? [] : [show]), link.name], LIMIT, environment);
      const values = parseEthtool(section, text);
      const names = [...(one?.get(section) ?? []), ...(other?.get(section) ?? [])];
      const read = names.flatMap((name) => {
        const value = values.get(labelOf(section, name));
        return value === undefined ? [] : [[name, value] as const];
      });
      ethtool[section] = Object.fromEntries(read);
    }
    link.ethtool = ethtool;
  }
}

/** Short names of offloads, as ethtool takes them and as it prints them. */
const longNames: Readonly<Record<string, string>> = {
  rx: 'rx-checksumming',
  tx: 'tx-checksumming',
  sg: 'scatter-gather',
  tso: 'tcp-segmentation-offload',
  ufo: 'udp-fragmentation-offload',
  gso: 'generic-segmentation-offload',
  gro: 'generic-receive-offload',
  lro: 'large-receive-offload',
  rxvlan: 'rx-vlan-offload',
  txvlan: 'tx-vlan-offload',
  ntuple: 'ntuple-filters',
  rxhash: 'receive-hashing',
};

/** What the program prints for a name that it takes, in small letters. */
function labelOf(section: EthtoolSection, name: string): string {
  if (section === 'features') return longNames[name] ?? name;
  if (section === 'ring') return name.replace('-', ' ');
  if (name === 'autoneg') return section === 'link' ? 'auto-negotiation' : 'autonegotiate';
  return name === 'wol' ? 'wake-on' : name;
}

/** Label in small letters to value as ethtool takes it; what is fixed or not there is left out. */
export function parseEthtool(section: EthtoolSection, text: string): Map<string, string> {
  // Maxima come first and have the same labels.
  const current = text.split('Current hardware settings:').at(-1) ?? '';
  const values = new Map<string, string>();
  for (const line of current.split('\n')) {
    const adaptive = /^Adaptive RX: (on|off)\s+TX: (on|off)/.exec(line);
    if (adaptive !== null) {
      values.set('adaptive-rx', adaptive[1] ?? '');
      values.set('adaptive-tx', adaptive[2] ?? '');
      continue;
    }
    const [, label = '', value = '', rest = ''] = /^\s*([^:]+):\s+(\S+)(.*)$/.exec(line) ?? [];
    if (label === '' || value === 'n/a' || rest.includes('[fixed]')) continue;
    values.set(label.toLowerCase(), section === 'link' ? linkValue(value) : value);
  }
  return values;
}

/** `1000Mb/s`, `Full`, `off` → `1000`, `full`, `off` */
function linkValue(value: string): string {
  return value.replace(/Mb\/s$/, '').toLowerCase();
}
