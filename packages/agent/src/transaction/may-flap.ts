/** Whether one confirm is proof enough: a new bond or spanning tree can carry for a moment and go dark in the next. */
import type { Kernel, KernelState } from '../kernel.ts';
import type { Journal } from '../persist/journal.ts';
import { chainBelow } from '../plan/chain.ts';
import { managementDevice } from '../plan/plan-for.ts';

/** True when the change touched the path to the engine, and that path has something in it that settles by and by. */
export async function mayFlap(kernel: Kernel, journal: Journal): Promise<boolean> {
  const { touchesManagement } = await journal.plan();
  return touchesManagement && settlesLate(await kernel.observe(), journal.record.management);
}

/** @param management address or device of this host in the connection to the engine */
export function settlesLate(state: KernelState, management: string | null): boolean {
  const device = managementDevice(state, management);
  if (device === null) return false;
  const path = chainBelow(state.links, device);
  return state.links.some(({ name, kind, bridge }) => path.has(name) && (kind === 'bond' || bridge?.stp === true));
}
