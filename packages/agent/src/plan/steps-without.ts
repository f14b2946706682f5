/** What of a plan can be done when the kernel has refused some of its steps. Pure. */
import type { KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { applyOp } from './apply-op.ts';
import { World } from './world.ts';

/**
 * The steps that are still to be taken, without those that a kernel would refuse as well. A plan takes the old away because the new is
 * there by then: where that is left out, the old stays.
 * @param state what the plan starts from
 * @param taken steps that were taken
 * @param refused steps that are not to be tried again
 */
export function stepsWithout(
  state: KernelState,
  plan: readonly KernelOp[],
  taken: ReadonlySet<KernelOp>,
  refused: ReadonlySet<KernelOp>,
): KernelOp[] {
  const world = new World(state);
  const lost = new Set<string>();
  return plan.filter((op) => {
    if (taken.has(op)) {
      applyOp(world, op);
      return false;
    }
    if (!refused.has(op) && !hasNowhereToGo(op, world, plan, lost) && applyOp(world, op) === null) return true;
    const given = givenBy(op);
    if (given !== null) lost.add(given);
    return false;
  });
}

/** What a step gives to a device and another step would take from where it was before; null when there is no such thing. */
function givenBy(op: KernelOp): string | null {
  switch (op.kind) {
    case 'addr.add':
    case 'addr.del':
      return `address ${op.address}`;
    case 'route.replace':
    case 'route.del':
      return `route ${op.family} ${op.table} ${op.destination}`;
    case 'dhcp.start':
    case 'dhcp.stop':
      return `lease ${op.family} ${op.network}`;
    default:
      return null;
  }
}

/** Whether a step takes away what has lost the place that it was to have instead. */
function hasNowhereToGo(op: KernelOp, world: World, plan: readonly KernelOp[], lost: ReadonlySet<string>): boolean {
  switch (op.kind) {
    case 'addr.del':
    case 'route.del':
    case 'dhcp.stop':
      return lost.has(givenBy(op) ?? '');
    case 'link.del':
    case 'link.del-group':
      return (op.kind === 'link.del' ? [op.name] : op.names).some((name) =>
        world.get(name)?.addresses.some(({ address }) => lost.has(`address ${address}`)),
      );
    case 'link.set': {
      // A nic is only set down, or let go, to become a port of something else.
      if (op.up !== false && op.master !== null) return false;
      const next = plan.find(
        (one) => one.kind === 'link.set' && one.name === op.name && typeof one.master === 'string',
      );
      return next?.kind === 'link.set' && !world.links.has(next.master ?? '');
    }
    default:
      return false;
  }
}
