/**
 * What a rehearsal needs of the host: stand-ins for the devices that a plan touches, made to look as those do now. Pure.
 * A nic is played by a dummy device; what can be made is made, by the same planner that brings a kernel back to a snapshot.
 */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import { ipLine, word } from '../execute/ip-line.ts';
import { apart, executorOf } from '../execute/runs.ts';
import type { KernelState } from '../kernel.ts';
import { planRestore } from '../plan/plan-for.ts';

export interface Rehearsal {
  /** Lines of `ip -batch` that make the nics; anew in each rehearsal. */
  nics: string[];
  /** Makes of the nics what the host has now. */
  setUp: KernelOp[];
  /** The part of the plan that can be rehearsed: settings of hardware, leases and the resolver cannot. */
  ops: KernelOp[];
}

/** @param before the kernel as it is, on which the plan rests */
export function rehearsalOf(before: KernelState, plan: readonly KernelOp[]): Rehearsal {
  // A VLAN of another protocol has no stand-in.
  const absent = new Set(
    before.links.flatMap(({ name, kind, vlan }) => (kind === 'vlan' && vlan === null ? name : [])),
  );
  const isPlayed = (op: KernelOp): boolean => isRehearsed(op) && !namesOf(op).some((name) => absent.has(name));
  const ops = plan.flatMap(apart).filter(isPlayed);
  const links = cast(before.links, ops);
  const names = new Set(links.map(({ name }) => name));
  const scene: KernelState = {
    ...before,
    links: links.map((link) => ({ ...link, ...unplayed, master: inCast(link.master, names) })),
    routes: before.routes.filter(({ device }) => device !== null && names.has(device)),
    dhcp: [],
  };
  const nics = scene.links.filter(({ kind }) => kind === 'nic' || kind === 'other');
  const empty: KernelState = { ...scene, links: nics.map(bare), routes: [], rules: [] };
  return { nics: nics.map(nicLine), setUp: planRestore(empty, scene).ops.flatMap(apart).filter(isRehearsed), ops };
}

/** Routes depend on what routers and leases have brought, which stand-ins do not have: a refusal there would say nothing. */
const isRehearsed = (op: KernelOp): boolean =>
  ['ip', 'ip6', 'tc'].includes(executorOf(op)) && !op.kind.startsWith('route.');

/** What a stand-in does not play. */
const unplayed = { sysctls: {}, ipv6Disabled: false, ethtool: {} } satisfies Partial<LinkReport>;

/**
 * What the plan names, what that stands on, what stands on something that the plan resizes, renames or removes, and who has a
 * VLAN id that the plan asks for.
 */
function cast(links: readonly LinkReport[], ops: readonly KernelOp[]): LinkReport[] {
  const byName = new Map(links.map((link) => [link.name, link]));
  const members = new Set<LinkReport>();
  const call = (name: string | null): void => {
    const link = name === null ? undefined : byName.get(name);
    if (link === undefined || link.name === 'lo' || members.has(link)) return;
    members.add(link);
    call(link.base);
    call(link.master);
    for (const slave of link.bond?.slaves ?? []) call(slave);
  };
  for (const op of ops) for (const name of namesOf(op)) call(name);
  const shaken = new Set(ops.flatMap((op) => (shakes(op) ? namesOf(op) : [])));
  const asked = new Set(
    ops.flatMap((op) => (op.kind === 'link.add' && op.vlan !== null ? `${op.base} ${op.vlan}` : [])),
  );
  for (const { name, base, vlan } of links) {
    if (base !== null && (shaken.has(base) || asked.has(`${base} ${vlan}`))) call(name);
  }
  return links.filter((link) => members.has(link));
}

function shakes(op: KernelOp): boolean {
  if (op.kind === 'link.set') return op.mtu !== undefined || op.mac !== undefined || op.up === false;
  return op.kind === 'link.del' || op.kind === 'link.del-group';
}

function namesOf(op: KernelOp): string[] {
  const named = ['name', 'device', 'base', 'master'].flatMap((key) => {
    const value = (op as Record<string, unknown>)[key];
    return typeof value === 'string' ? [value] : [];
  });
  return op.kind === 'link.del-group' ? [...named, ...op.names] : named;
}

const inCast = (master: string | null, names: ReadonlySet<string>): string | null =>
  master !== null && names.has(master) ? master : null;

/** A nic as it is made: nothing on it, in nothing, down. */
const bare = (link: LinkReport): LinkReport => {
  const { qdisc: _, shaping: __, ...rest } = link;
  return { ...rest, master: null, alias: null, group: 'default', adminUp: false, slave: null, addresses: [] };
};

function nicLine({ name, mac, mtu }: LinkReport): string {
  const address = mac === null ? '' : ` address ${word('mac', mac)}`;
  return `link add name ${word('device', name)}${address} mtu ${word('number', mtu)} type dummy`;
}

/** For those who look at a rehearsal: what is played, line by line. */
export const script = ({ nics, setUp, ops }: Rehearsal): string[] => [
  ...nics,
  ...[...setUp, ...ops].filter((op) => executorOf(op) !== 'tc').map(ipLine),
];
