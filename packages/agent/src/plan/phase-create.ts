/** Phase: what is missing is made, down and unconnected, so that nothing can break; names in the way are freed before. */
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

/** Removes what stands where something else shall stand: same name, another kind, or a VLAN of another base or id. */
export function freeNames(draft: Draft): void {
  for (const wanted of draft.bottomUp()) {
    const link = draft.now(wanted);
    if (link === undefined || link.kind === 'nic' || link.kind === 'other') continue;
    const moved = wanted.kind === 'vlan' && (link.base !== wanted.base || link.vlan !== wanted.vlan);
    if (link.kind !== wanted.kind || moved) draft.do({ kind: 'link.del', name: link.name });
  }
  for (const wanted of draft.bottomUp()) {
    if (wanted.kind !== 'vlan' || wanted.base === null || wanted.vlan === null) continue;
    const inTheWay = draft.world.vlanOn(wanted.base, wanted.vlan);
    if (inTheWay !== undefined && inTheWay.name !== wanted.name) draft.do({ kind: 'link.del', name: inTheWay.name });
  }
}

export function create(draft: Draft): void {
  grow(draft);
  for (const wanted of draft.bottomUp(({ kind }) => kind === 'bond' || kind === 'bridge')) {
    if (draft.now(wanted) !== undefined) continue;
    draft.do({
      kind: 'link.add',
      name: wanted.name,
      type: wanted.kind === 'bond' ? 'bond' : 'bridge',
      mac: wanted.mac ?? null,
      base: null,
      vlan: null,
      options: creationOptions(draft, wanted),
    });
    if (wanted.kind === 'bond') growOne(draft, wanted);
  }
  for (const wanted of draft.bottomUp(({ kind }) => kind === 'vlan')) {
    const { name, base, vlan } = wanted;
    if (draft.now(wanted) !== undefined || draft.world.get(base) === undefined) continue;
    draft.do({ kind: 'link.add', name, type: 'vlan', mac: null, base, vlan, options: {} });
  }
}

/** Only what differs from the kernel's defaults, and not what names a member that is not there yet. */
function creationOptions({ world: { offers } }: Draft, { bond, bridge, stp }: TargetLink): Record<string, string> {
  if (bond === undefined) {
    const { vlan_filtering: filters, ...options } = differing(bridge ?? {}, offers.bridge?.fresh ?? {});
    // A bridge that filters keeps its default VLAN, whatever the same call says.
    const filtering = filters === undefined || 'default_pvid' in options ? {} : { vlan_filtering: filters };
    return { ...options, ...filtering, ...(stp === true ? { stp_state: '1' } : {}) };
  }
  const mode = bond['mode'] ?? '0';
  const { primary: _, ...others } = bond;
  return { mode, ...differing(others, offers.bond?.fresh[mode] ?? {}) };
}

function differing(
  all: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string> {
  if (all === defaults) return {};
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => value !== defaults[name]));
}

/** Links that grow, from the wire up, so that nothing is ever larger than what carries it. */
function grow(draft: Draft): void {
  for (const wanted of draft.bottomUp()) growOne(draft, wanted);
}

function growOne(draft: Draft, wanted: TargetLink): void {
  const link = draft.now(wanted);
  if (link === undefined || wanted.mtu === undefined || wanted.mtu <= link.mtu) return;
  // A member has its bond's MTU, a VLAN at most that of its base.
  if (draft.world.get(link.master)?.kind === 'bond') return;
  if (link.kind === 'vlan' && wanted.mtu > (draft.world.get(link.base)?.mtu ?? 0)) return;
  if (link.kind === 'bond' && draft.world.ports(link.name).some((port) => (port.maxMtu ?? 65535) < (wanted.mtu ?? 0)))
    return;
  draft.do({ kind: 'link.set', name: link.name, mtu: wanted.mtu });
}
