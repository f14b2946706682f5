/** Phase: MAC, alias, MTU, up and options of links that stand where they belong. */
import { bondChanges, bridgeChanges, needs, settlingOp, sysctlChanges } from './differences.ts';
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

/** One call per link, from the wire up, with everything that can be set now. */
export function settle(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp(which)) {
    // What is about to be plugged in somewhere is settled in the same call.
    if (isAwaited(draft, wanted)) continue;
    const op = settlingOp(draft, wanted);
    if (Object.keys(op).length > 2) draft.do(op);
  }
}

/** Whether the link still has to join a bond or bridge that stands. */
function isAwaited(draft: Draft, wanted: TargetLink): boolean {
  const link = draft.now(wanted);
  return typeof wanted.master === 'string' && link?.master !== wanted.master && draft.world.links.has(wanted.master);
}

/** Links that shrink, from the top down, so that nothing is ever larger than what carries it. */
export function shrink(draft: Draft): void {
  for (const wanted of draft.bottomUp().reverse()) {
    const link = draft.now(wanted);
    if (link === undefined || wanted.mtu === undefined || draft.world.get(link.master)?.kind === 'bond') continue;
    if (wanted.mtu < link.mtu) draft.do({ kind: 'link.set', name: link.name, mtu: wanted.mtu });
  }
}

/** Options of bonds and bridges that differ. A bond goes down for those that need it, and comes up again. */
export function settleOptions(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp(which)) {
    const link = draft.now(wanted);
    if (link === undefined) continue;
    for (const [option, value] of bridgeChanges(draft, wanted, link)) {
      draft.do({ kind: 'bridge.option', name: link.name, option, value });
      if (option === 'stp_state' && value === '0') forwardAtOnce(draft, link.name);
    }
    const changes = bondChanges(wanted, link).filter(({ option }) => needs(draft, option) !== 'no-slaves');
    const closed = link.adminUp && changes.some(({ option }) => needs(draft, option) === 'down');
    if (closed) draft.do({ kind: 'link.set', name: link.name, up: false });
    for (const { option, value } of changes) {
      const missing = option === 'primary' && value !== '' && draft.world.get(value)?.master !== link.name;
      if (!missing) draft.do({ kind: 'bond.option', name: link.name, option, value });
    }
    if (closed) draft.do({ kind: 'link.set', name: link.name, up: true });
  }
}

/** Without spanning tree nobody has to be listened for any more, but a port that had begun to would go on. */
function forwardAtOnce(draft: Draft, bridge: string): void {
  for (const { name } of draft.world.ports(bridge)) {
    if (draft.target.links.has(name)) draft.do({ kind: 'port.forward', name });
  }
}

/**
 * Early: what is switched on, and everything on links that were just made. Late: what is switched off on links that were
 * in use, because their addresses have moved by then.
 */
export function settleSysctls(draft: Draft, when: 'early' | 'late'): void {
  for (const wanted of draft.bottomUp()) {
    const link = draft.now(wanted);
    if (link === undefined) continue;
    for (const { key, value, off } of sysctlChanges(draft, wanted, link)) {
      if (!off || when === 'late' || !draft.stood.has(link.name)) draft.do({ kind: 'sysctl.set', key, value });
    }
  }
}
