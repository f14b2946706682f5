/**
 * Neighbours that are routers. Where the kernel is told to make no default routes of what routers say, as on a network without that
 * role, it still notes in its neighbour table who they are: iproute2 shows it, and nothing else does.
 */
import type { LinkReport } from '@patchbay/protocol';
import type { IpReader } from './ip-reader.ts';
import { parseArray, text } from './links.ts';

/** Asked of `ip -6`. Completes the reports in place. */
export async function addRouters(links: readonly LinkReport[], ip: IpReader): Promise<void> {
  const listening = links.filter(
    ({ sysctls }) => sysctls?.['ipv6/accept_ra'] === '2' && sysctls['ipv6/accept_ra_defrtr'] === '0',
  );
  if (listening.length === 0) return;
  // A device may have gone since it was seen: then the next look sees it gone.
  const answers = await ip.ask(listening.map(({ name }) => `neigh show dev ${name}`)).catch(() => []);
  listening.forEach((link, at) => {
    link.routers = parseRouters(answers[at] ?? '');
  });
}

/** `ip -6 -j neigh show dev …`. One that does not answer any more is none. */
export function parseRouters(json: string): string[] {
  const found = parseArray(json).flatMap((entry) => {
    const state = Array.isArray(entry['state']) ? entry['state'] : [];
    const address = text(entry['dst']);
    const silent = state.includes('FAILED') || state.includes('INCOMPLETE');
    return 'router' in entry && !silent && address?.startsWith('fe80:') ? [address] : [];
  });
  return found.sort();
}
