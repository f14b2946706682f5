/** The DHCPv4 client: udhcpc of busybox. It touches nothing of the kernel by itself, and does what its arguments say. */
import { spawnSync } from 'node:child_process';
import { findProgram } from '../execute/find-program.ts';

let applet: boolean | null = null;

/** Words that start it; null when this host does not have it. */
export function udhcpc(): [string, ...string[]] | null {
  if (findProgram('udhcpc') !== null) return ['udhcpc'];
  const busybox = findProgram('busybox');
  if (busybox === null) return null;
  // Some distributions build busybox without it. Asked once: a program that is there does not change.
  applet ??= spawnSync(busybox, ['udhcpc', '--help'], { encoding: 'utf8' }).stderr?.includes('udhcpc') ?? false;
  return applet ? ['busybox', 'udhcpc'] : null;
}

/**
 * @param script that passes on what it is told
 * @param clientId option 61, hex
 * @param address asked for again; null for any
 */
export function udhcpcArguments(device: string, script: string, clientId: string, address: string | null): string[] {
  const identity = ['-C', '-x', `0x3d:${clientId}`];
  // Four questions two seconds apart, then a pause of five, for ever: a server may come later.
  const patience = ['-t', '4', '-T', '2', '-A', '5'];
  return ['-f', ...identity, '-i', device, '-s', script, ...patience, ...(address === null ? [] : ['-r', address])];
}
