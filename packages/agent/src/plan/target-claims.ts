/** Each device has one owner: what other managers are to leave to Patchbay. */
import type { LinkReport, ManagerClaim, ManagerName } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isClaimed, missingClaims, takesUpWhatAppears } from './claims.ts';
import type { TargetLink } from './target.ts';

export interface TargetClaims {
  wanted: { manager: ManagerName; claims: ManagerClaim[] }[];
  /** Names and patterns that are to be taken back. */
  unwanted: { manager: ManagerName; devices: string[] }[];
}

export const noClaims: TargetClaims = { wanted: [], unwanted: [] };

/**
 * Nothing is ever given back here: a nic that a network has left would get addresses from its former manager at once.
 * @param holds devices whose addresses are ours to decide
 */
export function claimsFor(
  state: KernelState,
  links: ReadonlyMap<string, TargetLink>,
  holds: ReadonlySet<string>,
): TargetClaims {
  const { managers = [] } = state;
  if (managers.length === 0) return noClaims;
  const ours = claimsOf(state, links, holds);
  const wanted = managers.flatMap((report) => {
    const claims = report.name === 'cloud-init' ? (ours.length === 0 ? [] : EVERYTHING) : ours;
    const named = claims.filter(
      ({ device }) => takesUpWhatAppears(report.name) || device === '*' || report.devices.includes(device),
    );
    const missing = missingClaims(report, named);
    return missing.length === 0 ? [] : [{ manager: report.name, claims: missing }];
  });
  return { wanted, unwanted: [] };
}

/** cloud-init writes the whole configuration or none of it. */
const EVERYTHING: ManagerClaim[] = [{ device: '*', mac: null }];

function claimsOf(
  state: KernelState,
  links: ReadonlyMap<string, TargetLink>,
  holds: ReadonlySet<string>,
): ManagerClaim[] {
  const existing = new Map(state.links.map((link) => [link.name, link]));
  const claims: ManagerClaim[] = [];
  const claimedBefore = (name: string) =>
    (state.managers ?? []).some((report) => takesUpWhatAppears(report.name) && isClaimed(report.claims, name));
  for (const link of [...links.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const now = existing.get(link.name);
    // Given back already.
    if (link.alias === '') continue;
    // Tagged networks beside an address of somebody else: who gave the nic its address goes on caring for it.
    if (link.kind === 'nic' && !holds.has(link.name) && hasAddress(now) && !claimedBefore(link.name)) continue;
    if (link.kind === 'nic') claims.push({ device: link.name, mac: macOf(now, state.links, links) });
    else if (link.kind !== 'vlan') claims.push({ device: link.name, mac: null });
  }
  const whole = new Set(claims.map(({ device }) => device).filter((name) => !hasForeignVlan(name, state.links, links)));
  for (const { name, kind, base, vlan } of links.values()) {
    if (kind !== 'vlan') continue;
    const device = base !== null && whole.has(base) && name === `${base}.${vlan}` ? `${base}.*` : name;
    if (!claims.some((claim) => claim.device === device)) claims.push({ device, mac: null });
  }
  return claims;
}

function hasAddress(link: LinkReport | undefined): boolean {
  return link?.addresses.some(({ origin }) => origin !== 'kernel') === true;
}

function hasForeignVlan(base: string, all: readonly LinkReport[], links: ReadonlyMap<string, TargetLink>): boolean {
  return all.some((link) => link.kind === 'vlan' && link.base === base && !links.has(link.name));
}

/** The nic's own address, unless a device that is none of ours has the same and would be meant as well. */
function macOf(
  nic: LinkReport | undefined,
  all: readonly LinkReport[],
  links: ReadonlyMap<string, TargetLink>,
): string | null {
  const mac = nic?.permanentMac ?? null;
  return all.some((link) => link.mac === mac && !links.has(link.name)) ? null : mac;
}

/** What was claimed in an earlier state, and nothing else. */
export function claimsAsBefore(state: KernelState, snapshot: KernelState): TargetClaims {
  const before = new Map((snapshot.managers ?? []).map((report) => [report.name, report]));
  const target: TargetClaims = { wanted: [], unwanted: [] };
  for (const report of state.managers ?? []) {
    const then = before.get(report.name);
    if (then === undefined) continue;
    const claims = missingClaims(
      { claims: report.claims, devices: report.devices.filter((name) => !then.devices.includes(name)) },
      then.claims,
    );
    const devices = report.claims
      .map(({ device }) => device)
      .filter((device) => !then.claims.some((claim) => claim.device === device));
    if (claims.length > 0) target.wanted.push({ manager: report.name, claims });
    if (devices.length > 0) target.unwanted.push({ manager: report.name, devices });
  }
  return target;
}
