/** Whether one confirm is proof enough: a bond or spanning tree can carry for a moment and go dark in the next. */
import type { Kernel, KernelState } from '../kernel.ts';
import type { Journal } from '../persist/journal.ts';
import { chainBelow } from '../plan/chain.ts';
import { managementDevice } from '../plan/plan-for.ts';

/** True when the path to the engine has something in it that settles by and by, whether the change touched it or not. */
export async function mayFlap(kernel: Kernel, { record: { way, management } }: Journal): Promise<boolean> {
  const known = way?.northbound ?? management;
  return known !== null && settlesLate(await kernel.observe(), known);
}

/** @param management address or device of this host in the connection to the engine */
function settlesLate(state: KernelState, management: string): boolean {
  const device = managementDevice(state, management);
  if (device === null) return false;
  const path = chainBelow(state.links, device);
  return state.links.some(({ name, kind, bridge }) => path.has(name) && (kind === 'bond' || bridge?.stp === true));
}
