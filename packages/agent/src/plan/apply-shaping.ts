/** Shaping in the kernel: the root, its classes and its filters. */
import type { Bursts, KernelOp, LinkReport, ShapingReport } from '@patchbay/protocol';
import type { World } from './world.ts';

type Op = Extract<
  KernelOp,
  { kind: 'qdisc.add' | 'qdisc.del' | 'class.set' | 'class.del' | 'filter.add' | 'filter.del' }
>;

export function applyShaping(world: World, op: Op): string | null {
  const link = world.get(op.device);
  if (link === undefined) return `Cannot find device "${op.device}"`;
  const { shaping } = link;
  if (op.kind === 'qdisc.add' && op.minor === null) {
    if (shaping !== undefined) return 'Exclusivity flag on, cannot modify.';
    link.qdisc = 'hfsc';
    link.shaping = { classes: [], filters: [] };
    return null;
  }
  if (shaping === undefined) return 'Cannot delete qdisc with handle of zero.';
  if (op.kind === 'qdisc.del') {
    // Which queue comes back is the kernel's affair.
    delete link.shaping;
    delete link.qdisc;
    return null;
  }
  return op.kind === 'filter.add' || op.kind === 'filter.del'
    ? applyFilter(link, shaping, op)
    : applyClass(link, shaping, op);
}

function applyClass(
  link: LinkReport,
  shaping: ShapingReport,
  op: Exclude<Op, { kind: 'qdisc.del' | 'filter.add' | 'filter.del' }>,
): string | null {
  const others = shaping.classes.filter(({ minor }) => minor !== op.minor);
  const known = shaping.classes.find(({ minor }) => minor === op.minor);
  const put = (one: ShapingReport['classes'][number]): null => {
    const classes = [...others, one].sort((a, b) => a.minor - b.minor);
    link.shaping = { ...shaping, classes };
    return null;
  };
  if (op.kind === 'class.set') {
    // A curve that is not given stays.
    return put({
      minor: op.minor,
      linkshare: op.linkshare ?? known?.linkshare ?? null,
      upperlimit: op.upperlimit ?? known?.upperlimit ?? null,
      realtime: op.realtime ?? known?.realtime ?? null,
      ...burstsAfter(op, known),
      fair: known?.fair ?? false,
    });
  }
  if (known === undefined) return 'No such file or directory';
  if (op.kind === 'qdisc.add') return put({ ...known, fair: true });
  if (shaping.filters.some(({ minor }) => minor === op.minor)) return 'Device or resource busy';
  link.shaping = { ...shaping, classes: others };
  return null;
}

/** A curve that is given has the beginning that it is given. */
function burstsAfter(
  op: Extract<Op, { kind: 'class.set' }>,
  known: ShapingReport['classes'][number] | undefined,
): { bursts?: Bursts } {
  const bursts = { ...known?.bursts, ...op.bursts };
  for (const curve of ['linkshare', 'upperlimit', 'realtime'] as const) {
    if (op[curve] !== null && op.bursts?.[curve] === undefined) delete bursts[curve];
  }
  return Object.keys(bursts).length === 0 ? {} : { bursts };
}

function applyFilter(
  link: LinkReport,
  shaping: ShapingReport,
  op: Extract<Op, { kind: 'filter.add' | 'filter.del' }>,
): string | null {
  const { preference } = op;
  if (op.kind === 'filter.add') {
    const filters = [...shaping.filters, { preference, vlan: op.vlan, minor: op.minor }];
    link.shaping = { ...shaping, filters: filters.sort((a, b) => a.preference - b.preference) };
    return null;
  }
  const left = shaping.filters.filter((one) => one.preference !== preference);
  if (left.length === shaping.filters.length) return 'Filter with specified priority/protocol not found.';
  link.shaping = { ...shaping, filters: left };
  return null;
}
