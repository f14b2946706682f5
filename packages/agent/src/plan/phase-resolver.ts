/** Phase: name servers, after the routes that lead to them. */
import type { ResolverFile } from '@patchbay/protocol';
import type { Draft } from './draft.ts';

export function setResolver(draft: Draft): void {
  const { devices, file, nameservers } = draft.target.dns;
  const { resolver } = draft.world;
  for (const [device, servers] of Object.entries(devices)) {
    const now = draft.world.resolver?.devices[device] ?? [];
    if (!same(servers, now) && (servers.length === 0 || draft.world.get(device) !== undefined)) {
      draft.do({ kind: 'dns.set', nameservers: servers, device });
    }
  }
  if (file !== undefined && resolver !== undefined && !sameFile(file, resolver.file)) {
    draft.do({ kind: 'dns.restore', file });
  }
  if (nameservers !== null && !same(nameservers, draft.world.nameservers)) {
    draft.do({ kind: 'dns.set', nameservers });
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export function sameFile(a: ResolverFile | null, b: ResolverFile | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.target !== null || b.target !== null) return a.target === b.target;
  return a.content === b.content && a.mode === b.mode && a.uid === b.uid && a.gid === b.gid;
}
