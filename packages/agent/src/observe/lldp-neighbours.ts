/** Who is at the other end of the cables, as the host's lldpd has heard. A host without one hears nobody. */
import type { LinkReport, LldpNeighbours } from '@patchbay/protocol';
import { outputOf } from '../execute/spawn.ts';
import type { Kernel } from '../kernel.ts';
import { parseLldp } from './lldp-json.ts';

/** Milliseconds that lldpd may take; an engine waits a little longer. */
const LIMIT = 2_000;

const askLldpd = () => outputOf('lldpcli', ['-f', 'json0', 'show', 'neighbors', 'details'], LIMIT);

/** @returns null when lldpd is not there, or does not say */
export async function heardNeighbours(): Promise<LldpNeighbours | null> {
  return parseLldp(await askLldpd());
}

/** @param ask prints what was heard, or nothing */
export async function lldpNeighbours(kernel: Pick<Kernel, 'observe'>, ask = askLldpd): Promise<LldpNeighbours> {
  const { nics } = parseLldp(await ask()) ?? { nics: {} };
  const { links } = await kernel.observe();
  return { nics: Object.fromEntries(Object.entries(nics).filter(([name]) => hears(links, name))) };
}

/** lldpd forgets who was heard on a cable about a second after it is pulled. */
function hears(links: readonly LinkReport[], name: string): boolean {
  return links.some((link) => link.name === name && link.kind === 'nic' && link.carrier);
}
