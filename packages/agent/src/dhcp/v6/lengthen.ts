/** The lifetime of an address whose lease was renewed: there may be no agent that sees to it. */
import { ipLine } from '../../execute/ip-line.ts';
import { outputOf, run } from '../../execute/spawn.ts';
import { parseLinks } from '../../observe/links.ts';

/** Milliseconds for one question to the kernel. */
const LIMIT = 10_000;

/**
 * Gives an address that the device has, and that ends, the lifetime of its lease. Never adds one, for that is the agent's. Does nothing
 * where the address is not there, does not end, or has not been proven to be nobody else's. Never rejects.
 * @param seconds until the lease ends
 */
export async function lengthen(device: string, address: string, seconds: number): Promise<void> {
  const words = ['-6', '-j', 'addr', 'show', 'dev', device, 'dynamic', 'to', `${address}/128`];
  const held = parseLinks(await outputOf('ip', words, LIMIT)).flatMap(({ addresses }) => addresses);
  const [one] = held.filter(({ prefix, peer, tentative }) => prefix === 128 && peer === undefined && !tentative);
  if (one === undefined) return;
  const { noPrefixRoute } = one;
  const kept = noPrefixRoute === undefined ? {} : { noPrefixRoute };
  const lifetime = { nodad: true, validFor: Math.round(seconds), ...kept };
  const line = ipLine({ kind: 'addr.add', device, family: 6, address, prefix: 128, ...lifetime });
  await run('ip', ['-6', ...line.split(' ')], LIMIT);
}
