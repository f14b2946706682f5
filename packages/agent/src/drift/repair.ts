/** Which steps back to the config in force may be taken without being asked. Pure. */
import type { HostConfig, KernelOp, RepairClass } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isMade, isOurTable } from '../observe/ownership.ts';
import { applyOp } from '../plan/apply-op.ts';
import { chainBelow } from '../plan/chain.ts';
import { managementDevice, type Planned } from '../plan/plan-for.ts';
import { presentPart } from '../plan/present-part.ts';
import { touches } from '../plan/risks.ts';
import { World } from '../plan/world.ts';
import type { Planner } from '../transaction/parts.ts';

/** These add what was there before, or turn a setting; none of them can cut the way to the engine. */
const HARMLESS: ReadonlySet<RepairClass> = new Set(['rules', 'routes', 'addresses', 'sysctls']);

/**
 * A planner that finds only what a policy allows, on what of the config can stand here today.
 * @param held which steps are not to be taken now
 */
export function repairPlanner(
  planner: Planner,
  allowed: ReadonlySet<RepairClass>,
  held: (op: KernelOp) => boolean = () => false,
): Planner {
  return {
    ...planner,
    forward(state, config, management): Planned {
      const planned = planner.forward(state, presentPart(state, config), management, {}, config);
      if (!planned.ok) return planned;
      const due = planned.value.ops.filter((op) => !held(op));
      const ops = repairOps(due, state, config, allowed, management);
      return { ok: true, value: { ops, risks: [], touchesManagement: false, expectedOutage: 0, settleTime: 0 } };
    },
  };
}

/** Steps of the plan that a policy allows and the kernel takes without the others. */
function repairOps(
  ops: readonly KernelOp[],
  state: KernelState,
  config: HostConfig,
  allowed: ReadonlySet<RepairClass>,
  management: string | null,
): KernelOp[] {
  const device = managementDevice(state, management);
  const path = device === null ? new Set<string>() : chainBelow(state.links, device);
  const world = new World(state);
  return ops.filter((op) => {
    const classes = classesOf(op, world, config);
    if (classes === null || classes.some((one) => !allowed.has(one))) return false;
    if (touches(op, path) && classes.some((one) => !HARMLESS.has(one))) return false;
    return applyOp(world, op) === null;
  });
}

/** What kinds of repair an operation is; null when it is none. */
function classesOf(op: KernelOp, world: World, config: HostConfig): RepairClass[] | null {
  switch (op.kind) {
    case 'rule.add':
    case 'rule.del':
      return ['rules'];
    case 'route.replace':
      return ['routes'];
    case 'route.del':
      // One in another table may be somebody's way to here.
      return isOurTable(op.table) ? ['routes'] : null;
    case 'addr.add':
      return op.validFor === null ? ['addresses'] : null;
    case 'sysctl.set':
      return op.key.endsWith('/disable_ipv6') && op.value === '1' ? ['sysctls', 'ports'] : ['sysctls'];
    case 'qdisc.add':
    case 'qdisc.del':
    case 'class.set':
    case 'class.del':
    case 'filter.add':
    case 'filter.del':
      return ['qdiscs'];
    case 'link.add':
      return op.type === 'bond' ? null : ['ports'];
    case 'link.set':
      return ofLink(op, world, config);
    default:
      return null;
  }
}

function ofLink(op: Extract<KernelOp, { kind: 'link.set' }>, world: World, config: HostConfig): RepairClass[] | null {
  const { kind: _, name, mtu, master, mac, up, ...marks } = op;
  const link = world.get(name);
  const inBond = Object.values(config.bonds).some(({ slaves }) => slaves.includes(name)) || link?.slave != null;
  if (link === undefined || link.kind === 'bond' || inBond || mac !== undefined || up === false) return null;
  const classes: RepairClass[] = mtu === undefined ? [] : ['mtu'];
  if (master === null) return null;
  if (master !== undefined) {
    const bridge = world.get(master);
    // A port that another bridge has was put there by somebody.
    if (bridge?.kind !== 'bridge' || !isMade(bridge) || link.master !== null) return null;
  }
  if (master !== undefined || up === true || Object.keys(marks).length > 0) classes.push('ports');
  return classes;
}
