/**
 * What a line of `ip -o monitor label` rings for. A line says that something happened, and never what: its text may lie (a
 * port that leaves a bridge is "deleted", a renamed device keeps its old name in routes), so whatever it names is read again.
 */
export type Bell =
  /** A link, by the name that it had then; or, without a name, an address on it. */
  | { of: 'link'; index: number; name: string | null; gone: boolean; failover?: true }
  | { of: 'routes' }
  | { of: 'rules' }
  /** A next hop, which is how a {@link IpQuestions.ring} comes out. */
  | { of: 'ring'; id: number }
  /** Anything. */
  | { of: 'unknown' };

/** What the kernel gives as the reason when a bond has chosen another slave, in the words of iproute2. */
const FAILOVER = ' event BONDING FAILOVER ';

const line = /^\[(LINK|ADDR|ROUTE|RULE|NEXTHOP)\](Deleted )?(?:id )?(\d+)?(?:: ([^\s:@]+))?/;

export function bellOf(text: string): Bell {
  const [, label, deleted, number, name] = line.exec(text) ?? [];
  if (label === 'ROUTE') return { of: 'routes' };
  if (label === 'RULE') return { of: 'rules' };
  if (number === undefined) return { of: 'unknown' };
  if (label === 'NEXTHOP') return { of: 'ring', id: Number(number) };
  if (name === undefined) return { of: 'unknown' };
  // With an address the monitor tells a name that it remembers.
  if (label === 'ADDR') return { of: 'link', index: Number(number), name: null, gone: false };
  const failover = text.includes(FAILOVER) ? { failover: true as const } : {};
  return { of: 'link', index: Number(number), name, gone: deleted !== undefined, ...failover };
}
