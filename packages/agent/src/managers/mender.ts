/** Puts back what somebody takes from a set of devices, as soon as the kernel tells of it. */
import type { KernelOp, ManagerClaim } from '@patchbay/protocol';
import type { Child } from '../execute/spawn.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import { isClaimed } from '../plan/claims.ts';
import { planRestore } from '../plan/plan-for.ts';

/** Milliseconds until the next look when the bell is silent. */
const LOOK_AGAIN = 1000;

export class Mender {
  readonly #kernel: Kernel;
  readonly #before: KernelState;
  readonly #names: ReadonlySet<string>;
  readonly #bell: Child;
  readonly #watching: Promise<void>;
  #over = false;
  /** Steps that were needed so far. */
  mended = 0;
  /** Milliseconds during which something was known to be missing. */
  dark = 0;

  /** @param bell says something whenever the kernel changes */
  constructor(kernel: Kernel, before: KernelState, claims: readonly ManagerClaim[], bell: Child) {
    this.#kernel = kernel;
    this.#before = before;
    this.#names = namesWith(before, claims);
    this.#bell = bell;
    this.#watching = this.#watch();
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.#watching;
  }

  /** A step that fails may only have come too early: whoever took the device is still at it. */
  async mend(): Promise<void> {
    const now = await this.#kernel.observe();
    const ops = planRestore(now, goal(now, this.#before, this.#names)).ops;
    if (ops.length === 0) return;
    const start = performance.now();
    await this.#execute(ops);
    this.mended += ops.length;
    this.dark += Math.round(performance.now() - start);
  }

  async #execute(ops: readonly KernelOp[]): Promise<void> {
    const isResolver = ({ kind }: KernelOp) => kind === 'dns.set';
    await this.#kernel.execute(ops.filter((op) => !isResolver(op)));
    // The file may be another program's, which then has what it needs from elsewhere.
    await this.#kernel.execute(ops.filter(isResolver));
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      await this.#bell.stirs(LOOK_AGAIN);
      // Its own changes ring the bell as well; the look that follows finds nothing to do.
      if (this.#bell.take() !== '' && !this.#over) await this.mend().catch(() => {});
    }
  }
}

/** The claimed devices, and what stands on them: that goes down with them. */
function namesWith({ links }: KernelState, claims: readonly ManagerClaim[]): Set<string> {
  const names = new Set(links.flatMap(({ name }) => (isClaimed(claims, name) ? [name] : [])));
  for (let size = -1; size !== names.size; ) {
    size = names.size;
    for (const { name, base } of links) if (base !== null && names.has(base)) names.add(name);
  }
  return names;
}

/** As it is now, but for these devices, which are as they were. */
function goal(now: KernelState, before: KernelState, names: ReadonlySet<string>): KernelState {
  const isMeant = (name: string | null) => name !== null && names.has(name);
  return {
    ...now,
    links: [...now.links.filter(({ name }) => !isMeant(name)), ...before.links.filter(({ name }) => isMeant(name))],
    routes: [
      ...now.routes.filter(({ device }) => !isMeant(device)),
      ...before.routes.filter(({ device }) => isMeant(device)),
    ],
    rules: before.rules,
    nameservers: before.nameservers,
    ...(before.resolver === undefined ? {} : { resolver: before.resolver }),
  };
}
