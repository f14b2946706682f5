/** Phase: what leaves nics and bonds is shared out as wanted. Late, because a device has to stand first. */
import type { KernelOp, ShapingReport } from '@patchbay/protocol';
import type { Draft } from './draft.ts';

export function shape(draft: Draft): void {
  for (const wanted of draft.target.links.values()) {
    const link = draft.now(wanted);
    if (wanted.shaping === undefined || link === undefined) continue;
    for (const op of shapingOps(link.name, link.shaping ?? null, wanted.shaping)) draft.do(op);
  }
}

/** Steps from one shaping to another, in an order that the kernel takes: a class goes after what points at it. */
export function shapingOps(device: string, now: ShapingReport | null, wanted: ShapingReport | null): KernelOp[] {
  if (wanted === null) return now === null ? [] : [{ kind: 'qdisc.del', device }];
  const before = now ?? { classes: [], filters: [] };
  const remade = new Set(before.classes.filter((one) => mustBeRemade(one, wanted)).map(({ minor }) => minor));
  const isStale = (filter: ShapingReport['filters'][number]) =>
    remade.has(filter.minor) ||
    before.filters.filter(({ preference }) => preference === filter.preference).length > 1 ||
    !wanted.filters.some((one) => sameFilter(one, filter));
  const stale = new Set(before.filters.filter(isStale).map(({ preference }) => preference));
  const ops: KernelOp[] = now === null ? [{ kind: 'qdisc.add', device, minor: null }] : [];
  for (const preference of stale) ops.push({ kind: 'filter.del', device, preference });
  for (const minor of remade) ops.push({ kind: 'class.del', device, minor });
  for (const one of wanted.classes) {
    const { minor, linkshare, upperlimit, realtime, fair, bursts } = one;
    const known = remade.has(minor) ? undefined : before.classes.find((other) => other.minor === minor);
    if (known === undefined || !sameCurves(known, one)) {
      const begins = bursts === undefined ? {} : { bursts };
      ops.push({ kind: 'class.set', device, minor, linkshare, upperlimit, realtime, ...begins });
    }
    if (fair && known?.fair !== true) ops.push({ kind: 'qdisc.add', device, minor });
  }
  for (const filter of wanted.filters) {
    const stays = before.filters.some((one) => sameFilter(one, filter)) && !stale.has(filter.preference);
    if (!stays) ops.push({ kind: 'filter.add', device, ...filter });
  }
  return ops;
}

type Class = ShapingReport['classes'][number];
const curves = ['linkshare', 'upperlimit', 'realtime'] as const;

/** A class that is wanted no longer goes; so does one that shall lose a curve, which the kernel never takes away. */
function mustBeRemade(one: Class, { classes }: ShapingReport): boolean {
  const wanted = classes.find(({ minor }) => minor === one.minor);
  return wanted === undefined || curves.some((curve) => one[curve] !== null && wanted[curve] === null);
}

function sameCurves(a: Class, b: Class): boolean {
  return curves.every((curve) => {
    const [one, other] = [a.bursts?.[curve], b.bursts?.[curve]];
    return a[curve] === b[curve] && one?.rate === other?.rate && one?.microseconds === other?.microseconds;
  });
}

function sameFilter(a: ShapingReport['filters'][number], b: ShapingReport['filters'][number]): boolean {
  return a.preference === b.preference && a.vlan === b.vlan && a.minor === b.minor;
}
