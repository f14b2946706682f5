/** Phase: numbers of virtual functions, before anything that could go by their names. */
import type { Draft } from './draft.ts';
import { stepsTo } from './virtual-functions.ts';

export function setVirtualFunctions(draft: Draft): void {
  for (const [device, count] of draft.target.virtualFunctions) {
    const now = draft.world.get(device)?.sriov?.current ?? 0;
    for (const op of stepsTo(device, now, count)) draft.do(op);
  }
}
