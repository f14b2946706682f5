/** How much of an earlier state there is to go back to: what a plan can have touched. Pure. */
import type { KernelOp, LinkReport, RouteReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { devicesBy, keyOf } from './apply-route.ts';
import { isClaimed } from './claims.ts';
import { devicesOf } from './devices-of.ts';

/**
 * The snapshot, with the devices, routes and name servers as they are now wherever the plan cannot have reached. While a change waits for its
 * confirm other hands go on: an address that a failover has brought to this host, a route that a daemon has withdrawn, or a nic that
 * somebody has taken down is not for the revert of something else to undo.
 *
 * @param ops all that may have been done since the snapshot, wholly or in part
 */
export function touchedPart(now: KernelState, snapshot: KernelState, ops: readonly KernelOp[]): KernelState {
  // Whoever takes over the network of the host may change anything in it.
  if (ops.some(({ kind }) => kind === 'manager.hand-back')) return snapshot;
  const present = new Map(now.links.map((link) => [link.name, link]));
  const names = reached(ops, snapshot.links, now.links);
  // What has vanished, by whatever hand, is made anew with all that it had.
  for (const { name } of snapshot.links) if (!present.has(name)) names.add(name);
  const below = carriersOf(names, snapshot.links);
  const links = snapshot.links.map((link) => {
    const found = present.get(link.name);
    if (found === undefined || names.has(link.name)) return link;
    // What shall come back on it needs it up, and as wide as it was.
    return below.has(link.name) ? { ...link, addresses: found.addresses } : found;
  });

  // A route goes with its source address, and takes the place of another one, on whichever device that is.
  const sources = new Set(
    snapshot.links.flatMap(({ name, addresses }) => (names.has(name) ? addresses.map(({ address }) => address) : [])),
  );
  const keys = new Set(ops.flatMap((op) => (op.kind === 'route.replace' || op.kind === 'route.del' ? keyOf(op) : [])));
  const isTouched = (route: RouteReport): boolean =>
    devicesBy(route).some((device) => names.has(device)) || sources.has(route.source ?? '') || keys.has(keyOf(route));
  const back = snapshot.routes.filter(isTouched);
  const taken = new Set(back.map(keyOf));
  const others = now.routes.filter((route) => !isTouched(route) && !taken.has(keyOf(route)));
  return { ...snapshot, links, routes: [...others, ...back], ...resolverPart(now, snapshot, names) };
}

/** Where name servers are told by device, those of the others are as they are now. A file is of the whole host. */
function resolverPart(
  { resolver: now }: KernelState,
  { resolver: before }: KernelState,
  names: ReadonlySet<string>,
): Pick<KernelState, 'resolver'> {
  if (now === undefined || before === undefined || before.manager === 'file' || now.manager !== before.manager)
    return {};
  const others = Object.entries(now.devices).filter(([device]) => !names.has(device));
  const back = Object.entries(before.devices).filter(([device]) => names.has(device));
  return { resolver: { ...before, devices: Object.fromEntries([...others, ...back]) } };
}

/**
 * The devices that the steps name, and all that feel what is done to them: what stands on them, the bond or bridge that they are ports
 * of, the ports that they have; never what they stand on. A manager that is to leave devices alone may take from them what it gave.
 * @param links before the steps
 * @param present links now: what has come to a device that the steps made feels that it goes
 */
function reached(ops: readonly KernelOp[], links: readonly LinkReport[], present: readonly LinkReport[]): Set<string> {
  const feels = new Map<string, string[]>();
  const feel = (one: string, other: string): void => void feels.set(one, [...(feels.get(one) ?? []), other]);
  for (const { name, base, master, sriov } of links) {
    for (const below of [base, sriov?.pf, master]) if (typeof below === 'string') feel(below, name);
    if (master !== null) feel(name, master);
  }
  const before = new Set(links.map(({ name }) => name));
  for (const { name, master } of present) if (master !== null && !before.has(master)) feel(master, name);
  const claims = ops.flatMap((op) => (op.kind === 'manager.claim' ? op.claims : []));
  const claimed = links.flatMap(({ name }) => (isClaimed(claims, name) ? [name] : []));
  const names = new Set([...devicesOf(ops), ...claimed]);
  // A set goes on to what is added to it meanwhile.
  for (const name of names) for (const other of feels.get(name) ?? []) names.add(other);
  return names;
}

/** What the devices stand on, down to the wire. */
function carriersOf(names: ReadonlySet<string>, links: readonly LinkReport[]): Set<string> {
  const lower = new Map(links.map(({ name, base, sriov }) => [name, base ?? sriov?.pf]));
  const under = (name: string): string[] => [lower.get(name) ?? []].flat();
  const below = new Set([...names].flatMap(under));
  // Here too the set goes on to what is added meanwhile.
  for (const name of below) for (const one of under(name)) below.add(one);
  return below;
}
