/** The kernel's counters, as `/proc` and `/sys` show them: a few small files, however many devices there are. */
import { readdirSync, readFileSync } from 'node:fs';
import type { HostStatistics, LinkStatistics } from '@patchbay/protocol';

export interface Counters extends Omit<HostStatistics, 'links' | 'cpu'> {
  links: Record<string, Omit<LinkStatistics, 'rxRate' | 'txRate'>>;
  /** Ticks of all processors since the boot. */
  cpu: { user: number; system: number; idle: number } | null;
}

/** @param root of the file system; what cannot be read is unknown */
export function readCounters(root = ''): Counters {
  const stat = read(`${root}/proc/stat`);
  return {
    links: parseDevices(read(`${root}/proc/net/dev`)),
    memory: parseMemory(read(`${root}/proc/meminfo`)),
    cpu: parseProcessors(stat),
    load: numberIn(read(`${root}/proc/loadavg`).split(' ')[1]),
    bootTime: numberIn(/^btime (\d+)/m.exec(stat)?.[1]),
    hugePages: readHugePages(`${root}/sys/kernel/mm/hugepages`),
  };
}

/** `/proc/net/dev`: bytes, packets, errs, drop, … of what came in, then of what went out. */
export function parseDevices(text: string): Counters['links'] {
  const links: Counters['links'] = {};
  for (const line of text.split('\n')) {
    const match = /^\s*(\S+?):\s*(.*)$/.exec(line);
    const fields = match?.[2]?.trim().split(/\s+/).map(Number) ?? [];
    if (match?.[1] === undefined || fields.length < 12) continue;
    const at = (index: number) => fields[index] ?? 0;
    links[match[1]] = { rxBytes: at(0), rxErrors: at(2) + at(3), txBytes: at(8), txErrors: at(10) + at(11) };
  }
  return links;
}

/** `/proc/stat`, first line: user, nice, system, idle, iowait, irq, softirq, steal. */
export function parseProcessors(text: string): Counters['cpu'] {
  const fields = /^cpu\s+([\d ]+)$/m.exec(text)?.[1]?.split(' ').map(Number);
  if (fields === undefined) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0] = fields;
  return { user: user + nice, system: system + irq + soft, idle: idle + wait };
}

export function parseMemory(text: string): Counters['memory'] {
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const total = bytes('MemTotal');
  if (total === 0) return null;
  // What caches hold is given back when it is needed.
  const free = bytes('MemAvailable') || bytes('MemFree');
  return { total, free, shared: bytes('Shmem'), swapTotal: bytes('SwapTotal'), swapFree: bytes('SwapFree') };
}

function readHugePages(folder: string): Counters['hugePages'] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const size = Number(/^hugepages-(\d+)kB$/.exec(name)?.[1]);
      const pages = (file: string) => numberIn(read(`${folder}/${name}/${file}`)) ?? 0;
      return Number.isInteger(size) ? [{ size, free: pages('free_hugepages'), total: pages('nr_hugepages') }] : [];
    });
  } catch {
    return [];
  }
}

function numberIn(text: string | undefined): number | null {
  const number = Number(text?.trim() || Number.NaN);
  return Number.isNaN(number) ? null : number;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
