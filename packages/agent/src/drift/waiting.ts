/** What stands on the host for a network or bond whose nic is missing: it waits, and is neither wrong nor left over. Pure. */
import { type HostConfig, MAIN_TABLE } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isMade, readAlias } from '../observe/ownership.ts';

export interface Waiting {
  devices: ReadonlySet<string>;
  /** Routing tables with routes over them. */
  tables: ReadonlySet<number>;
}

/** @param present the part of the config that can stand */
export function waitingFor(state: KernelState, config: HostConfig, present: HostConfig): Waiting {
  const missing = (name: string) =>
    (Object.hasOwn(config.networks, name) && !Object.hasOwn(present.networks, name)) ||
    (Object.hasOwn(config.bonds, name) && !Object.hasOwn(present.bonds, name));
  const devices = new Set(
    state.links.flatMap((link) =>
      isMade(link) && missing(readAlias(link.alias)?.name ?? link.name) ? [link.name] : [],
    ),
  );
  const tables = state.routes.flatMap(({ table, device }) =>
    table !== MAIN_TABLE && device !== null && devices.has(device) ? [table] : [],
  );
  return { devices, tables: new Set(tables) };
}
