/** Who is at the other end of the cables, as the host's lldpd has heard. A host without one hears nobody. */
import type { LinkReport, LldpNeighbours } from '@patchbay/protocol';
import { outputOf } from '../execute/spawn.ts';
import type { Kernel } from '../kernel.ts';
import { parseLldp } from './lldp-json.ts';

/** Milliseconds that lldpd may take; an engine waits a little longer. */
const LIMIT = 2_000;

/** @param ask prints what was heard, or nothing */
export async function lldpNeighbours(
  kernel: Pick<Kernel, 'observe'>,
  ask = () => outputOf('lldpcli', ['-f', 'json0', 'show', 'neighbors', 'details'], LIMIT),
): Promise<LldpNeighbours> {
  const { nics } = parseLldp(await ask());
  const { links } = await kernel.observe();
  return { nics: Object.fromEntries(Object.entries(nics).filter(([name]) => hears(links, name))) };
}

/** lldpd tells of a neighbour until its time to live is over, also when the cable has long been pulled. */
function hears(links: readonly LinkReport[], name: string): boolean {
  return links.some((link) => link.name === name && link.kind === 'nic' && link.carrier);
}
