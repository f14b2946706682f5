/**
 * A plan while it is made. Each operation is applied to a {@link World} as it is written down, so that later phases see what
 * earlier ones did, intended or not: a link that had to go down has lost its routes, and the phase that asks for routes finds them missing.
 */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { activeLinks } from './active-links.ts';
import { applyOp } from './apply-op.ts';
import { chainBelow, heights } from './chain.ts';
import type { Target, TargetLink } from './target.ts';
import { World } from './world.ts';

export class Draft {
  readonly ops: KernelOp[] = [];
  readonly world: World;
  readonly target: Target;
  readonly before: KernelState;
  /** Names of the links that stood before the change. */
  readonly stood: ReadonlySet<string>;
  /** What carries the connection to the engine now, and what will. */
  readonly pathNow: ReadonlySet<string>;
  readonly pathThen: ReadonlySet<string>;
  readonly #bottomUp: readonly TargetLink[];

  /** @param management device that carries the engine's connection, now and in the target; null when unknown */
  constructor(before: KernelState, target: Target, management: { now: string | null; then: string | null }) {
    this.before = before;
    this.stood = new Set(before.links.map(({ name }) => name));
    this.world = new World(before);
    this.target = target;
    const { now, then } = management;
    this.pathNow = now === null ? new Set() : chainBelow(before.links, now);
    this.pathThen = then === null ? new Set() : chainBelow(target.links.values(), then);
    const active = activeLinks(this);
    const links = [...target.links.values()].filter(({ name }) => active.has(name));
    const height = heights(links);
    this.#bottomUp = links.sort((a, b) => height(a.name) - height(b.name));
  }

  /** Writes an operation down. @throws when a kernel would refuse it: then the planner is wrong, and nothing may be done */
  do(op: KernelOp): void {
    const refusal = applyOp(this.world, op);
    if (refusal !== null) throw new Error(`The plan would fail at ${JSON.stringify(op)}: ${refusal}`);
    this.ops.push(op);
  }

  /** The link as it is at this point of the plan. */
  now(link: TargetLink): LinkReport | undefined {
    return this.world.get(link.name);
  }

  /** Whether the engine is reached through the link, now or then, or it joins something of which that is true. */
  isLive(link: TargetLink): boolean {
    return isOn(link, this.pathNow) || this.isArriving(link);
  }

  /** Whether the engine will be reached through the link, or it joins something of which that is true. */
  isArriving(link: TargetLink): boolean {
    return isOn(link, this.pathThen);
  }

  /** Links of the target that the plan has to look at, what carries before what is carried. */
  bottomUp(which: (link: TargetLink) => boolean = () => true): TargetLink[] {
    return this.#bottomUp.filter(which);
  }
}

/** Whether the link is part of the path, or joins something that is. */
function isOn({ name, master }: TargetLink, path: ReadonlySet<string>): boolean {
  return path.has(name) || (typeof master === 'string' && path.has(master));
}
