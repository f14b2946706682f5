/** Settings that are files of the kernel: sysctls, bonding options whose value is nothing, and aliases of any text. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { KernelOp } from '@patchbay/protocol';

type Setting = Extract<KernelOp, { kind: 'sysctl.set' | 'bond.option' | 'link.set' }>;

/** A device as the kernel names it. */
export const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/;
const SYSCTL = /^net\/(ipv4|ipv6)\/conf\/([^/]+)\/([a-z0-9_]+)$/;

/** @throws when the name is none that Patchbay sets, or the kernel refuses */
export function writeSetting(op: Setting): void {
  if (op.kind === 'sysctl.set') {
    const match = SYSCTL.exec(op.key);
    if (match === null || !NAME.test(match[2] ?? '') || !/^\d+$/.test(op.value)) {
      throw new Error(`${JSON.stringify(op.key)} is not a setting of a device.`);
    }
    write(`/proc/sys/${op.key}`, op.value);
    return;
  }
  if (!NAME.test(op.name)) throw new Error(`${JSON.stringify(op.name)} is not a device.`);
  if (op.kind === 'link.set') {
    write(`/sys/class/net/${op.name}/ifalias`, op.alias ?? '');
    return;
  }
  const path = `/sys/class/net/${op.name}/bonding/${op.option}`;
  if (op.option === 'primary') write(path, '\n');
  else if (op.option === 'arp_ip_target') {
    for (const target of readFileSync(path, 'latin1').split(/\s+/)) if (target !== '') write(path, `-${target}`);
  } else throw new Error(`The bonding option ${JSON.stringify(op.option)} cannot be empty.`);
}

/**
 * Into the file that is there: the kernel makes none, and neither do we. At once and without waiting: it is a call into the kernel,
 * and hundreds of them come in a row.
 */
function write(path: string, value: string): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, value);
  } finally {
    closeSync(file);
  }
}
