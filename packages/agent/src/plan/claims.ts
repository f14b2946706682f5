/** Which devices another manager is to leave alone, as names and patterns. */
import type { HostConfig, LinkReport, ManagerClaim, ManagerName, ManagerReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';

/** Whether a claim speaks of a device of that name. `eth1.*` is every VLAN device of eth1, `*` every device. */
function speaksOf({ device }: Pick<ManagerClaim, 'device'>, name: string): boolean {
  if (device === '*' || device === name) return true;
  return device.endsWith('.*') && name.startsWith(device.slice(0, -1)) && name !== device.slice(0, -1);
}

export function isClaimed(claims: readonly ManagerClaim[], name: string): boolean {
  return claims.some((claim) => speaksOf(claim, name));
}

/** Claims that a manager does not have yet, or does not keep: it manages the device all the same. */
export function missingClaims(
  { claims, devices }: Pick<ManagerReport, 'claims' | 'devices'>,
  wanted: readonly ManagerClaim[],
): ManagerClaim[] {
  const held = (claim: ManagerClaim) =>
    claims.some((one) => one.device === claim.device || speaksOf(one, claim.device));
  const broken = (claim: ManagerClaim) => claim.device !== '*' && devices.some((name) => speaksOf(claim, name));
  return wanted.filter((claim) => !held(claim) || broken(claim));
}

/** What a claim leaves of a manager's report, or adds to it. Both pure. */
export function claimed(report: ManagerReport, more: readonly ManagerClaim[]): ManagerReport {
  const claims = [...report.claims.filter((one) => !more.some(({ device }) => device === one.device)), ...more];
  return { ...report, claims, devices: report.devices.filter((name) => !isClaimed(claims, name)) };
}

export function released(report: ManagerReport, devices: readonly string[]): ManagerReport {
  return { ...report, claims: report.claims.filter(({ device }) => !devices.includes(device)) };
}

/**
 * The claims that a manager is to keep for the next boot.
 * @param lasting those that it keeps already
 * @param former what the next boot would have restored before; the same config where nothing else was
 */
export function lastingClaims(
  claims: readonly ManagerClaim[],
  lasting: readonly ManagerClaim[],
  config: HostConfig,
  former: HostConfig,
  links: readonly LinkReport[],
): ManagerClaim[] {
  const names = namesOf(config, links);
  // What was made for the former config and is gone needs no claim. All else stays in our hands: a nic that a network has left, and
  // the name under which a VLAN came over, by which its manager would make it again although a boot has made it under ours.
  const ended = namesOf(former, links).filter((name) => !links.some((link) => link.name === name));
  const isEnded = (device: string) => ended.includes(device.endsWith('.*') ? device.slice(0, -2) : device);
  return claims.filter(
    (claim) =>
      claim.device === '*' ||
      names.some((name) => speaksOf(claim, name)) ||
      (lasting.some(({ device }) => device === claim.device) && !isEnded(claim.device)),
  );
}

/** Every device that a config is about. A VLAN that another hand made goes by the name that it has. */
function namesOf({ bonds, networks }: HostConfig, links: readonly LinkReport[]): string[] {
  const adopted = (base: string, vlan: number) =>
    links.flatMap((link) => (link.kind === 'vlan' && link.base === base && link.vlan === vlan ? [link.name] : []));
  const carriers = Object.values(networks).flatMap(({ base, vlan }) =>
    base === null ? [] : vlan === null ? [base] : [base, `${base}.${vlan}`, ...adopted(base, vlan)],
  );
  const bridges = Object.entries(networks).flatMap(([name, { bridged }]) => (bridged ? [name] : []));
  const members = Object.entries(bonds).flatMap(([name, { slaves }]) => [name, ...slaves]);
  return [...new Set([...carriers, ...bridges, ...members])];
}

/** Managers that take up whatever appears have to know of every device of ours; the others only of those that they name. */
export function takesUpWhatAppears(name: ManagerName): boolean {
  return name === 'NetworkManager' || name === 'systemd-networkd';
}

/**
 * What it costs that systemd-networkd is started anew: it takes slaves of bonds down and up, which are then without their carrier, and
 * without addresses that it was not told to keep, for a quarter of a second (seen with 252). What is claimed it leaves alone.
 * @param claims made before it starts
 */
export function startedAnew({ managers = [], links }: KernelState, claims: readonly ManagerClaim[]): string[] {
  const { devices = [] } = managers.find(({ name }) => name === 'systemd-networkd') ?? {};
  const its = (name: string) => devices.includes(name) && !isClaimed(claims, name);
  const bonds = links.filter(({ name, bond }) => bond !== null && its(name) && bond.slaves.some(its));
  return bonds.map(({ name }) => `systemd-networkd is started anew, and takes its bond ${name} away for a moment.`);
}

/**
 * What it costs that systemd-networkd leaves a device alone: it makes the VLANs on a device only while it sets that up (seen with 252),
 * and goes on with one that stands. So those of others are there until the next boot.
 * @param claims made before it starts
 */
export function madeNoMore({ managers = [], links }: KernelState, claims: readonly ManagerClaim[]): string[] {
  const report = managers.find(({ name }) => name === 'systemd-networkd');
  if (report === undefined) return [];
  const { claims: all } = claimed(report, claims);
  const others = managers.filter((one) => one !== report).flatMap(({ devices }) => devices);
  const isLost = (name: string) => !isClaimed(all, name) && !others.includes(name);
  return report.devices.flatMap((base) => {
    const lost = links.filter((link) => link.kind === 'vlan' && link.base === base && isLost(link.name));
    if (lost.length === 0 || !isClaimed(claims, base)) return [];
    const names = lost.map(({ name }) => name).join(', ');
    return `From the next boot on nothing makes ${names}: systemd-networkd does so only while it manages ${base}. Attach as a network of this host what is to stay.`;
  });
}
