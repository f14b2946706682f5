/** Refusals that only say that the kernel is already as the operation would make it. */
import type { KernelOp } from '@patchbay/protocol';

const absent =
  /Cannot find device|Filter with specified priority\/protocol not found|handle of zero|No such process|No such file or directory|No such device|Cannot assign requested address/;

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
