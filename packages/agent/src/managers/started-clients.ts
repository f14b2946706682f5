/**
 * DHCP clients that ifupdown started and left running, by their command line: `dhclient … eth0`, `dhcpcd: eth0 [ip4]`, and udhcpc with
 * a pid file as ifupdown names it, which tells it from ours. Such a client renews its lease whoever has the device meanwhile: it gives
 * the address again to what has become a port, writes the resolver's file, and takes every address off the device when its lease ends.
 * So it stands still while a device of its is claimed, which is undone as easily, and ends when the claim outlasts the next boot. It is
 * not asked to end: it would give the address back, which Patchbay's own client may have by then.
 */
import type { ManagerClaim } from '@patchbay/protocol';
import { isClaimed } from '../plan/claims.ts';
import type { Machine, Running } from './machine.ts';

/** Stops clients of claimed devices, except those that serve another device as well. @param names of all devices */
export function haltClients(machine: Machine, claims: readonly ManagerClaim[], names: readonly string[]): void {
  for (const client of clientsOf(machine, claims)) {
    const served = names.filter((name) => client.words.includes(name));
    if (served.every((name) => isClaimed(claims, name))) machine.signal(client.pid, 'SIGSTOP');
  }
}

export function resumeClients(machine: Machine, devices: readonly string[]): void {
  const given = devices.map((device) => ({ device, mac: null }));
  for (const { pid } of clientsOf(machine, given)) machine.signal(pid, 'SIGCONT');
}

/** Ends those that were stopped. */
export function endClients(machine: Machine, claims: readonly ManagerClaim[]): void {
  for (const { pid, stopped } of clientsOf(machine, claims)) if (stopped) machine.signal(pid, 'SIGKILL');
}

function clientsOf(machine: Machine, claims: readonly ManagerClaim[]): Running[] {
  // Of every process of the host it would have to be asked what it is.
  if (claims.length === 0) return [];
  return machine.processes().filter(({ words }) => isClient(words) && words.some((word) => isClaimed(claims, word)));
}

function isClient([program = '', ...words]: readonly string[]): boolean {
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'dhclient' || name === 'dhcpcd' || name === 'dhcpcd:') return true;
  const pidFile = words[words.indexOf('-p') + 1] ?? '';
  return [name, words[0]].includes('udhcpc') && /^(\/var)?\/run\/udhcpc\.[^/]+\.pid$/.test(pidFile);
}
