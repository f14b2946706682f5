/** How the nics and bonds of a config are shaped. */
import {
  type Bursts,
  DEFAULT_CLASS,
  type HostConfig,
  LINKSHARE_UNIT,
  minorOf,
  type NetworkConfig,
  type ShapingReport,
} from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { plainLink, type TargetLink } from './target.ts';

/** Says of each device that is shaped, or shall be, how. */
export function addShaping(state: KernelState, config: HostConfig, links: Map<string, TargetLink>): void {
  const networks = new Map<string, NetworkConfig[]>();
  for (const network of Object.values(config.networks)) {
    if (network.base !== null) networks.set(network.base, [...(networks.get(network.base) ?? []), network]);
  }
  for (const [base, carried] of networks) {
    const shaping = shapingOf(carried);
    const link = links.get(base);
    if (shaping !== null && link !== undefined) link.shaping = shaping;
  }
  for (const { name, kind, shaping } of state.links) {
    if (shaping === undefined || (kind !== 'nic' && kind !== 'bond')) continue;
    const link = links.get(name) ?? plainLink(name, kind);
    link.shaping ??= null;
    // A bond that goes takes its shaping along.
    if (kind === 'nic') links.set(name, link);
  }
}

/** The kernel counts bytes, and tc shows at most six digits: what could not be read back would always differ. */
function visible(rate: number): number {
  let unit = 1;
  while (rate / unit >= 1e6) unit *= 1000;
  const step = Math.max(unit, 8);
  return Math.max(step, Math.floor(rate / step) * step);
}

function beginnings({ bursts = {} }: NonNullable<NetworkConfig['qos']>): { bursts?: Bursts } {
  const found: Bursts = {};
  for (const curve of ['linkshare', 'upperlimit', 'realtime'] as const) {
    const burst = bursts[curve];
    if (burst === undefined) continue;
    const rate = curve === 'linkshare' ? burst.rate * LINKSHARE_UNIT : visible(burst.rate);
    found[curve] = { rate, microseconds: Number(burst.microseconds.toPrecision(3)) };
  }
  return Object.keys(found).length === 0 ? {} : { bursts: found };
}

/** Null when none of the networks of a device is shaped. What is not shaped is not starved: it has as much as the largest share. */
export function shapingOf(networks: readonly NetworkConfig[]): ShapingReport | null {
  const classes: ShapingReport['classes'] = networks.flatMap(({ vlan, qos }) =>
    qos === undefined
      ? []
      : [
          {
            minor: minorOf(vlan),
            linkshare: qos.linkshare * LINKSHARE_UNIT,
            upperlimit: qos.upperlimit && visible(qos.upperlimit),
            realtime: qos.realtime && visible(qos.realtime),
            fair: true,
            ...beginnings(qos),
          },
        ],
  );
  if (classes.length === 0) return null;
  if (!classes.some(({ minor }) => minor === DEFAULT_CLASS)) {
    const linkshare = Math.max(...classes.map((one) => one.linkshare ?? 0));
    classes.push({ minor: DEFAULT_CLASS, linkshare, upperlimit: null, realtime: null, fair: true });
  }
  const tagged = networks.flatMap(({ vlan, qos }) =>
    qos === undefined || vlan === null ? [] : [{ preference: minorOf(vlan), vlan, minor: minorOf(vlan) }],
  );
  const filters = [...tagged, { preference: DEFAULT_CLASS, vlan: null, minor: DEFAULT_CLASS }];
  return {
    classes: classes.sort((a, b) => a.minor - b.minor),
    filters: filters.sort((a, b) => a.preference - b.preference),
  };
}
