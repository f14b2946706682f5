/** One line of `tc -batch` per operation. Nothing but a device's name, which passes a pattern, is text. */
import { type Bursts, DEFAULT_CLASS, type KernelOp, SHAPING_ROOT } from '@patchbay/protocol';
import { word } from './ip-line.ts';

const hex = (number: number): string => {
  if (!Number.isInteger(number) || number < 0 || number > 0xffff) throw new Error(`${number} is not a class.`);
  return number.toString(16);
};
const root = hex(SHAPING_ROOT);

/** @throws when a part of the operation is not what it should be, or the operation is not one of `tc` */
export function tcLine(op: KernelOp): string {
  switch (op.kind) {
    case 'qdisc.add': {
      const device = word('device', op.device);
      if (op.minor === null) return `qdisc add dev ${device} root handle ${root}: hfsc default ${hex(DEFAULT_CLASS)}`;
      return `qdisc replace dev ${device} parent ${root}:${hex(op.minor)} handle ${hex(op.minor)}: fq_codel`;
    }
    case 'qdisc.del':
      return `qdisc del dev ${word('device', op.device)} root`;
    case 'class.set': {
      const curve = (name: string, kind: keyof Bursts) => {
        const [rate, burst] = [op[kind], op.bursts?.[kind]];
        if (rate === null) return '';
        const first =
          burst === undefined ? '' : ` m1 ${word('rate', burst.rate)}bit d ${word('number', burst.microseconds)}us`;
        return ` ${name}${first} m2 ${word('rate', rate)}bit`;
      };
      const curves = curve('rt', 'realtime') + curve('ls', 'linkshare') + curve('ul', 'upperlimit');
      return `class replace dev ${word('device', op.device)} parent ${root}: classid ${root}:${hex(op.minor)} hfsc${curves}`;
    }
    case 'class.del':
      return `class del dev ${word('device', op.device)} classid ${root}:${hex(op.minor)}`;
    case 'filter.add': {
      // The tag's priority bits stand beside its id.
      const match =
        op.vlan === null ? 'u32 match u32 0 0' : `basic match meta(vlan mask 0xfff eq ${word('number', op.vlan)})`;
      return `filter add dev ${word('device', op.device)} parent ${root}: pref ${word('number', op.preference)} protocol all ${match} flowid ${root}:${hex(op.minor)}`;
    }
    case 'filter.del':
      return `filter del dev ${word('device', op.device)} parent ${root}: pref ${word('number', op.preference)}`;
    default:
      throw new Error(`${op.kind} is not an operation of tc.`);
  }
}
