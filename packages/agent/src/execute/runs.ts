/** Operations that one executor can do in one go stand together. */
import type { KernelOp } from '@patchbay/protocol';
import { isPlain } from './ip-line.ts';

/**
 * `ip` and `ip6` are batches of `ip`, the second for the one kind of thing whose family a line cannot name, `tc` is a batch of
 * that program; the others are done one after the other inside this process or by its helpers.
 */
export type Executor = 'ip' | 'ip6' | 'tc' | 'ethtool' | 'sriov' | 'file' | 'dhcp' | 'dns' | 'announce' | 'manager';

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
    case 'link.set':
      // Another hand's words may hold quotes, blanks and comment signs, which a batch line has its own use for.
      return op.alias === undefined || isPlain(op.alias) ? 'ip' : 'file';
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
    case 'manager.claim':
    case 'manager.release':
    case 'manager.hand-back':
      return 'manager';
    default:
      return 'ip';
  }
}

/**
 * Whether an operation is none of the kernel's, which rests on none of these: a word to another manager of this host, or name servers,
 * which stand in a file or are told to a program.
 */
export function isForOthers(op: KernelOp): boolean {
  const executor = executorOf(op);
  return executor === 'manager' || executor === 'dns';
}

/** An alias that no batch line can hold, apart from the rest of its operation. */
export function apart(op: KernelOp): KernelOp[] {
  if (executorOf(op) !== 'file' || op.kind !== 'link.set') return [op];
  const { alias, ...rest } = op;
  const alone = { kind: op.kind, name: op.name, ...(alias === undefined ? {} : { alias }) } as const;
  return Object.keys(rest).length > 2 ? [rest, alone] : [alone];
}

/** Order is kept; only neighbours are joined. */
export function runsOf(ops: readonly KernelOp[]): Run[] {
  const runs: Run[] = [];
  for (const op of ops.flatMap(apart)) {
    const executor = executorOf(op);
    const last = runs.at(-1);
    if (last?.executor === executor) last.ops.push(op);
    else runs.push({ executor, ops: [op] });
  }
  return runs;
}
