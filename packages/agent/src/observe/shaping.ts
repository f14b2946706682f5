/**
 * Shaping of what leaves a nic or bond, as it is read back from the kernel. Patchbay's own mark is the handle of its root with
 * the default class of its own.
 */
import { type Burst, type Bursts, DEFAULT_CLASS, SHAPING_ROOT, type ShapingReport } from '@patchbay/protocol';

/** Largest rate that hfsc can hold, bit/s: 32 bits of bytes per second. */
export const MAX_RATE = 0xffffffff * 8;

/** Queues that a kernel gives a device by itself. */
const ORDINARY = new Set(['noop', 'noqueue', 'mq', 'pfifo_fast', 'pfifo', 'fq_codel', 'fq', 'sfq']);

export function isOrdinaryQueue(qdisc: string): boolean {
  return ORDINARY.has(qdisc);
}

/**
 * Reads `tc qdisc show dev`, `class show dev` and `filter show dev` of devices with hfsc at the root, one after the other.
 * @returns one per device, in order; null where it is not ours
 */
export function parseShaping(text: string): (ShapingReport | null)[] {
  const found: (ShapingReport | null)[] = [];
  let current: ShapingReport | null = null;
  let filter: ShapingReport['filters'][number] | null = null;
  for (const line of text.split('\n')) {
    const root = /^qdisc hfsc ([0-9a-f]+): root .*?(?:default (?:0x)?([0-9a-f]+))?\s*$/.exec(line);
    if (root !== null) {
      const ours = root[1] === SHAPING_ROOT.toString(16) && root[2] === DEFAULT_CLASS.toString(16);
      current = ours ? { classes: [], filters: [] } : null;
      found.push(current);
    }
    if (current === null) continue;
    const shaped = classOf(line);
    if (shaped !== null) current.classes.push(shaped);
    const taken = /^filter .*\bpref (\d+) (basic|u32) .*flowid 1389:([0-9a-f]+)/.exec(line);
    if (taken !== null) {
      filter = { preference: Number(taken[1]), vlan: null, minor: Number.parseInt(taken[3] ?? '', 16) };
      current.filters.push(filter);
    }
    const vlan = /^\s+meta\(vlan (?:mask 0x[0-9a-f]+ )?eq (\d+)\)/.exec(line);
    if (vlan !== null && filter !== null) filter.vlan = Number(vlan[1]);
  }
  for (const one of found) one?.classes.sort((a, b) => a.minor - b.minor);
  for (const one of found) one?.filters.sort((a, b) => a.preference - b.preference);
  return found;
}

function classOf(line: string): ShapingReport['classes'][number] | null {
  const match = /^class hfsc 1389:([0-9a-f]+) parent \S+ (leaf \S+ )?(.*)$/.exec(line);
  if (match === null) return null;
  const [, minor = '', leaf, curves = ''] = match;
  // One curve for both is shown as `sc`.
  const rate = (curve: string) => rateOf(new RegExp(`\\b(?:${curve}) .*?m2 (\\d+)([KMGT]?)bit`).exec(curves));
  const bursts = burstsOf(curves);
  return {
    minor: Number.parseInt(minor, 16),
    linkshare: rate('ls|sc'),
    upperlimit: rate('ul'),
    realtime: rate('rt|sc'),
    fair: leaf !== undefined,
    ...(Object.keys(bursts).length === 0 ? {} : { bursts }),
  };
}

function burstsOf(curves: string): Bursts {
  const bursts: Bursts = {};
  for (const [kind, words] of [
    ['linkshare', 'ls|sc'],
    ['upperlimit', 'ul'],
    ['realtime', 'rt|sc'],
  ] as const) {
    const burst = burstOf(new RegExp(`\\b(?:${words}) m1 (\\d+)([KMGT]?)bit d ([\\d.]+)(us|ms|s)`).exec(curves));
    if (burst !== null) bursts[kind] = burst;
  }
  return bursts;
}

/** tc shows one without a length where there is none. */
function burstOf(match: RegExpExecArray | null): Burst | null {
  if (match === null) return null;
  const [, , , time, unit = ''] = match;
  const microseconds = Math.round(Number(time) * (times[unit] ?? 1));
  return microseconds === 0 ? null : { rate: rateOf(match) ?? 0, microseconds };
}

const times: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6 };

const units: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

function rateOf(match: RegExpExecArray | null): number | null {
  return match === null ? null : Number(match[1]) * (units[match[2] ?? ''] ?? 1);
}
