/** The marks of devices, once it is known what networks set on them. */
import type { KernelState } from '../kernel.ts';
import { takenAlias, withTable } from '../observe/ownership.ts';
import type { Devices } from './target-links.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * What no network sets any more returns to what it was, and what one changes is kept in mind as it was.
 * @param tables routing tables by the device that has the addresses of their network
 */
export function markDevices(
  { links }: Pick<KernelState, 'links'>,
  devices: Devices,
  tables: ReadonlyMap<string, number>,
): void {
  for (const [name, mark] of devices.taken) {
    const link = devices.links.get(name);
    const now = links.find((one) => one.name === name)?.sysctls ?? {};
    if (link === undefined) continue;
    const wanted = link.sysctls ?? {};
    const before = mark.sysctls;
    if (Object.keys({ ...before, ...wanted }).length > 0) link.sysctls = { ...before, ...wanted };
    link.alias = takenAlias({ ...mark, sysctls: { ...changed(wanted, now), ...kept(before, wanted) } });
  }
  for (const [name, table] of tables) {
    const link = devices.links.get(name);
    if (link?.alias !== undefined) link.alias = withTable(link.alias, table);
  }
}

/** What somebody else had set otherwise. */
function changed(wanted: Settings, now: Settings): Settings {
  return pick(now, (key, value) => key in wanted && wanted[key] !== value);
}

function kept(before: Settings, wanted: Settings): Settings {
  return pick(before, (key) => key in wanted);
}

function pick(settings: Settings, which: (key: string, value: string) => boolean): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([key, value]) => which(key, value)));
}
