/** Statistics of nics and hosts, by oVirt's names and in its order (wire 5.9). */
import { createHash } from 'node:crypto';
import type { HostStatistics, LinkStatistics } from '@patchbay/protocol';
import type { ApiObject } from '@patchbay/wire';

type Unit = NonNullable<ApiObject<'statistic'>['unit']>;

/** Name, description, unit, value; null while it is unknown. */
type Measured = readonly [name: string, description: string, unit: Unit, value: number | null];

/** @param owner what is measured, and its address @param counters null when the host does not say */
export function nicStatistics(owner: { id: string; href: string }, counters: LinkStatistics | null) {
  const { rxRate = null, txRate = null } = counters ?? {};
  const measured: Measured[] = [
    ['data.current.rx', 'Receive data rate', 'bytes_per_second', rounded(rxRate)],
    ['data.current.tx', 'Transmit data rate', 'bytes_per_second', rounded(txRate)],
    ['data.current.rx.bps', 'Receive data rate', 'bits_per_second', rounded(rxRate, 8)],
    ['data.current.tx.bps', 'Transmit data rate', 'bits_per_second', rounded(txRate, 8)],
    ['data.total.rx', 'Total received data', 'bytes', counters?.rxBytes ?? null],
    ['data.total.tx', 'Total transmitted data', 'bytes', counters?.txBytes ?? null],
    ['errors.total.rx', 'Total receive errors', 'none', counters?.rxErrors ?? null],
    ['errors.total.tx', 'Total transmit errors', 'none', counters?.txErrors ?? null],
  ];
  return measured.map((one) => ({ ...statistic(owner.href, one), host_nic: owner }));
}

export function hostStatisticsToWire(owner: { id: string; href: string }, counted: HostStatistics | null) {
  const { memory = null, cpu = null, load = null, bootTime = null, hugePages = [] } = counted ?? {};
  const less = (a?: number, b?: number) => (a === undefined || b === undefined ? null : a - b);
  const measured: Measured[] = [
    ['memory.total', 'Total memory', 'bytes', memory?.total ?? null],
    ['memory.used', 'Used memory', 'bytes', less(memory?.total, memory?.free)],
    ['memory.free', 'Free memory', 'bytes', memory?.free ?? null],
    ['memory.shared', 'Shared memory', 'bytes', memory?.shared ?? null],
    ['swap.total', 'Total swap', 'bytes', memory?.swapTotal ?? null],
    ['swap.free', 'Free swap', 'bytes', memory?.swapFree ?? null],
    ['swap.used', 'Used swap', 'bytes', less(memory?.swapTotal, memory?.swapFree)],
    ['ksm.cpu.current', 'KSM CPU usage', 'percent', counted === null ? null : 0],
    ['cpu.current.user', 'User CPU usage', 'percent', cpu?.user ?? null],
    ['cpu.current.system', 'System CPU usage', 'percent', cpu?.system ?? null],
    ['cpu.current.idle', 'Idle CPU usage', 'percent', cpu?.idle ?? null],
    ['cpu.load.avg.5m', 'CPU load average over five minutes', 'percent', load],
    ['boot.time', 'Time of the last boot', 'none', bootTime],
    ...hugePages.flatMap(({ size, free, total }): Measured[] => [
      [`hugepages.${size}.free`, `Free huge pages of ${size} kB`, 'none', free],
      [`hugepages.${size}.total`, `Huge pages of ${size} kB`, 'none', total],
    ]),
  ];
  return measured.map((one) => ({ ...statistic(owner.href, one), host: owner }));
}

function statistic(href: string, [name, description, unit, value]: Measured): ApiObject<'statistic'> {
  const id = idOf(name);
  const isCounter = name.includes('.total.');
  const isDecimal = unit === 'bytes_per_second' || unit === 'bits_per_second' || unit === 'percent';
  return {
    href: `${href}/statistics/${id}`,
    id,
    name,
    description,
    kind: isCounter ? 'counter' : 'gauge',
    type: isDecimal ? 'decimal' : 'integer',
    unit,
    values: value === null ? [] : [{ datum: value }],
  };
}

const ids = new Map<string, string>();

/** A UUID of version 3 without a namespace, as clients of oVirt know it: the same for every nic. */
export function idOf(name: string): string {
  const known = ids.get(name);
  if (known !== undefined) return known;
  const bytes = createHash('md5').update(name).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x30;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const id = bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  ids.set(name, id);
  return id;
}

/** To two significant digits: a rate is an average over seconds, and more digits would only flicker. */
function rounded(rate: number | null, times = 1): number | null {
  return rate === null ? null : Number((rate * times).toPrecision(2));
}
