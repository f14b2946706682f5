/**
 * Taking devices from a manager that has them. Some take addresses, routes and members along when they let go: what goes is put
 * back at once. A manager that does not let go, or comes back, is a reason to change nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { ManagerClaim } from '@patchbay/protocol';
import { Child } from '../execute/spawn.ts';
import type { Kernel } from '../kernel.ts';
import { isClaimed } from '../plan/claims.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import { type Manager, ManagerConflict } from './manager.ts';
import { Mender } from './mender.ts';

export interface Patience {
  /** Milliseconds for a manager to let go, or to take over. */
  change: number;
  /** Milliseconds that it must then keep its hands off, before anything rests on that. */
  quiet: number;
}
export const PATIENCE: Patience = { change: 30_000, quiet: 10_000 };

/** Milliseconds between two looks at what a manager does. */
const LOOK_AGAIN = 200;

export interface Taken {
  /** Devices that the manager had. */
  devices: string[];
  /** Steps that put back what it had taken along. */
  mended: number;
  /** Milliseconds during which something was known to be missing. */
  dark: number;
}

/**
 * @param claims all of them, those that it keeps already included
 * @throws ManagerConflict when it keeps or takes back one of the devices
 */
export async function takeDevices(
  kernel: Kernel,
  manager: Manager,
  claims: readonly ManagerClaim[],
  patience: Patience,
  environment: Readonly<Record<string, string>>,
): Promise<Taken> {
  const before = await kernel.observe();
  const { links } = before;
  const report = manager.look(links);
  const devices = (report?.devices ?? []).filter((name) => isClaimed(claims, name));
  if (report?.running !== true || devices.length === 0) {
    await manager.claim(claims, [], links);
    return { devices: [], mended: 0, dark: 0 };
  }
  const bell = new Child('ip', ['monitor', 'link', 'address', 'route', 'rule'], environment);
  const mender = new Mender(kernel, before, claims, bell);
  try {
    await manager.claim(claims, devices, links);
    await untilFree(manager, claims, links, patience.change);
    await manager.letGo(claims, links);
    await untilQuiet(manager, claims, links, patience.quiet);
  } finally {
    await mender.end();
    bell.kill('It has told enough.');
  }
  await mender.mend();
  return { devices, mended: mender.mended, dark: mender.dark };
}

type Links = Parameters<Manager['look']>[0];

async function untilFree(
  manager: Manager,
  claims: readonly ManagerClaim[],
  links: Links,
  limit: number,
): Promise<void> {
  const end = bootTime() + limit;
  for (;;) {
    const managed = await manager.ask(links);
    const held = managed === null ? null : [...managed].filter((name) => isClaimed(claims, name));
    if (held?.length === 0) return;
    if (bootTime() > end) {
      throw new ManagerConflict(
        held === null
          ? `${manager.name} does not say what it manages.`
          : `${manager.name} does not let go of ${held.join(', ')}; see what in its configuration makes it manage that.`,
      );
    }
    await pause(LOOK_AGAIN);
  }
}

async function untilQuiet(
  manager: Manager,
  claims: readonly ManagerClaim[],
  links: Links,
  time: number,
): Promise<void> {
  const end = bootTime() + time;
  for (;;) {
    const back = (manager.look(links)?.devices ?? []).filter((name) => isClaimed(claims, name));
    if (back.length > 0) {
      throw new ManagerConflict(
        `${manager.name} has let go of ${back.join(', ')} and has taken it back; see what makes it do so.`,
      );
    }
    if (bootTime() >= end) return;
    await pause(Math.min(LOOK_AGAIN, time));
  }
}
