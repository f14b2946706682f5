/** Numbers of virtual functions (SR-IOV): which can be set, and what stands against another one. Pure. */
import type { HostConfig, KernelOp, LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { readAlias } from '../observe/ownership.ts';

type Counts = Readonly<Record<string, number>>;

/**
 * Those of the numbers that the kernel can be told: of nics that are there and differ. Functions that something uses stay,
 * because a new number takes all of them away first.
 * @param config what else is wanted of the host; null when it is to be as it was
 */
export function countsToSet(state: KernelState, wanted: Counts, config: HostConfig | null): Map<string, number> {
  const links = new Map(state.links.map((link) => [link.name, link]));
  return new Map(
    Object.entries(wanted).filter(([name, count]) => {
      const sriov = links.get(name)?.sriov;
      if (sriov === undefined || sriov.current === count || count > sriov.total) return false;
      return usersOf(state, name, config).length === 0;
    }),
  );
}

/** How many virtual functions each nic has that can have any. */
export function countsNow({ links }: Pick<KernelState, 'links'>): Counts {
  return Object.fromEntries(links.flatMap(({ name, sriov }) => (sriov?.total ? [[name, sriov.current] as const] : [])));
}

/** The way from one number to another, which the kernel only lets lead over none. */
export function stepsTo(device: string, now: number, count: number): KernelOp[] {
  const to = (number: number): KernelOp => ({ kind: 'sriov.numvfs', device, count: number });
  return now > 0 && count > 0 ? [to(0), to(count)] : [to(count)];
}

/** Virtual functions of a nic that are in use, each with what uses it. One without a driver is nobody's. */
export function usersOf(state: KernelState, pf: string, config: HostConfig | null): string[] {
  const functions = state.links.filter(({ sriov }) => sriov?.pf === pf);
  const held = state.links.find(({ name }) => name === pf)?.sriov?.held ?? 0;
  const used = functions.flatMap((link) => {
    const user = userOf(state, link, config);
    return user === null ? [] : [`${link.name} (${user})`];
  });
  return held > 0 ? [...used, `${held} given to a VM or a container`] : used;
}

function userOf({ links }: KernelState, { name, kind, master, alias }: LinkReport, config: HostConfig | null) {
  if (kind === 'other') return 'a VM';
  if (master !== null) return master;
  const vlan = links.find(({ base }) => base === name);
  if (vlan !== undefined) return vlan.name;
  const { bonds = {}, networks = {} } = config ?? {};
  const wanted =
    Object.entries(networks).find(([, { base }]) => base === name) ??
    Object.entries(bonds).find(([, { slaves }]) => slaves.includes(name));
  if (wanted !== undefined) return wanted[0];
  // An untagged network without a bridge shows in nothing but the mark.
  return readAlias(alias) === null ? null : 'a network';
}
