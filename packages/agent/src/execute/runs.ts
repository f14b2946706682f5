/** Operations that one executor can do in one go stand together. */
import type { KernelOp } from '@patchbay/protocol';

/**
 * `ip` and `ip6` are batches of `ip`, the second for the one kind of thing whose family a line cannot name, `tc` is a batch of
 * that program; the others are done one after the other inside this process or by its helpers.
 */
export type Executor = 'ip' | 'ip6' | 'tc' | 'ethtool' | 'sriov' | 'file' | 'dhcp' | 'dns' | 'announce';

export interface Run {
  executor: Executor;
  ops: KernelOp[];
}

export function executorOf(op: KernelOp): Executor {
  switch (op.kind) {
    case 'rule.add':
    case 'rule.del':
      return op.family === 6 ? 'ip6' : 'ip';
    case 'qdisc.add':
    case 'qdisc.del':
    case 'class.set':
    case 'class.del':
    case 'filter.add':
    case 'filter.del':
      return 'tc';
    case 'ethtool.set':
      return 'ethtool';
    case 'sriov.numvfs':
      return 'sriov';
    case 'sysctl.set':
      return 'file';
    case 'bond.option':
      // An empty device name or list has no spelling in a batch line.
      return op.value === '' ? 'file' : 'ip';
    case 'dhcp.start':
    case 'dhcp.stop':
      return 'dhcp';
    case 'dns.set':
    case 'dns.restore':
      return 'dns';
    case 'neighbour.announce':
      return 'announce';
    default:
      return 'ip';
  }
}

/** Order is kept; only neighbours are joined. */
export function runsOf(ops: readonly KernelOp[]): Run[] {
  const runs: Run[] = [];
  for (const op of ops) {
    const executor = executorOf(op);
    const last = runs.at(-1);
    if (last?.executor === executor) last.ops.push(op);
    else runs.push({ executor, ops: [op] });
  }
  return runs;
}
