/**
 * Neighbours that are routers. Where the kernel is told to make no default routes of what routers say, as on a network without that
 * role, it still notes in its neighbour table who they are: iproute2 shows it, and nothing else does.
 */
import type { LinkReport } from '@patchbay/protocol';
import type { IpQuestions } from './ip-questions.ts';
import { parseArray, text } from './links.ts';

/** Completes the reports in place. */
export async function addRouters(links: readonly LinkReport[], ip: Pick<IpQuestions, 'neighbours6'>): Promise<void> {
  const listening = links.filter(
    ({ sysctls }) => sysctls?.['ipv6/accept_ra'] === '2' && sysctls['ipv6/accept_ra_defrtr'] === '0',
  );
  if (listening.length === 0) return;
  const routers = parseRouters(await ip.neighbours6());
  for (const link of listening) link.routers = routers.get(link.name) ?? [];
}

/** Routers by device, of what `ip -6 -j neigh show` says. One that does not answer any more is none. */
export function parseRouters(json: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const entry of parseArray(json)) {
    const state = Array.isArray(entry['state']) ? entry['state'] : [];
    const [address, device] = [text(entry['dst']), text(entry['dev'])];
    const silent = state.includes('FAILED') || state.includes('INCOMPLETE');
    if (!('router' in entry) || silent || device === null || !address?.startsWith('fe80:')) continue;
    found.set(device, [...(found.get(device) ?? []), address].sort());
  }
  return found;
}
