/** Refusals that only say that the kernel is already as the operation would make it. */
import type { KernelOp } from '@patchbay/protocol';

/** In the words of Linux 5.10 to 6.18, some of which have changed on the way. */
const absent = new RegExp(
  [
    'Cannot find device',
    'No such process|No such file or directory|No such device',
    'Cannot assign requested address|[Aa]ddress not found',
    'FIB table does not exist',
    "Filter with specified priority/protocol not found|handle of zero|Parent Qdisc doesn't exist",
  ].join('|'),
);

/** @param message the kernel's words */
export function isDone(op: KernelOp, message: string): boolean {
  switch (op.kind) {
    case 'link.del':
    case 'link.del-group':
    case 'addr.del':
    case 'route.del':
    case 'rule.del':
    case 'qdisc.del':
    case 'class.del':
    case 'filter.del':
      return absent.test(message);
    case 'rule.add':
      return message.includes('File exists');
    case 'port.forward':
      // It has no carrier, or not yet. As soon as it has, it forwards: only a spanning tree would make it wait.
      return message.includes('Network is down');
    default:
      return false;
  }
}
