/** Giving devices to a manager: it must have them, and they must have what they had, before anything of ours goes. */
import { setTimeout as pause } from 'node:timers/promises';
import { type KernelOp, MAIN_TABLE } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import { OUR_PROTOCOL } from '../observe/ownership.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import type { Patience } from './let-go.ts';
import { type Manager, ManagerConflict } from './manager.ts';

type HandBack = Extract<KernelOp, { kind: 'manager.hand-back' }>;

/** Milliseconds between two looks at what a manager does. */
const LOOK_AGAIN = 200;

/** @throws ManagerConflict when something is still missing after a while */
export async function handOver(kernel: Kernel, manager: Manager, op: HandBack, patience: Patience): Promise<void> {
  const before = await kernel.observe();
  const running = manager.look(before.links)?.running === true;
  await manager.handBack(op.files, op.devices, before.links);
  if (!running) return;
  const end = bootTime() + patience.change;
  for (;;) {
    const lacking = await whatLacks(kernel, manager, op, before);
    if (lacking === null) return;
    if (bootTime() > end) throw new ManagerConflict(lacking);
    await pause(LOOK_AGAIN);
  }
}

async function whatLacks(kernel: Kernel, manager: Manager, op: HandBack, before: KernelState): Promise<string | null> {
  const left = await manager.lacks(op.devices);
  if (left === null) return `${manager.name} does not say what it manages.`;
  if (left.length > 0) return `${manager.name} does not take ${left.join(', ')} over.`;
  const now = await kernel.observe();
  const names = new Set(op.devices.map(({ name }) => name));
  for (const { name, addresses } of before.links) {
    const has = now.links.find((link) => link.name === name)?.addresses ?? [];
    const gone = addresses.find(
      (one) =>
        names.has(name) &&
        one.origin !== 'kernel' &&
        one.origin !== 'ra' &&
        !has.some((other) => sameAddress(one, other)),
    );
    if (gone !== undefined) return `${manager.name} does not keep ${gone.address} on ${name}.`;
  }
  // To one that sets the same route, the kernel says of IPv6 that it is there already, and leaves it as it is.
  const replaces = (route: KernelState['routes'][number]) => route.family === 4 || manager.name === 'NetworkManager';
  const way = before.routes.find(
    (route) =>
      route.destination === 'default' &&
      route.protocol === OUR_PROTOCOL &&
      route.table === MAIN_TABLE &&
      replaces(route) &&
      !now.routes.some(
        ({ destination, table, gateway, device, protocol }) =>
          destination === 'default' &&
          table === MAIN_TABLE &&
          gateway === route.gateway &&
          device === route.device &&
          protocol !== OUR_PROTOCOL,
      ),
  );
  return way === undefined ? null : `${manager.name} does not set the default route through ${way.gateway}.`;
}

function sameAddress(a: { address: string; prefix: number }, b: { address: string; prefix: number }): boolean {
  return a.address === b.address && a.prefix === b.prefix;
}
