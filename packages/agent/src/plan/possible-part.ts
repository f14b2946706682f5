/** What of a config a host can have today. Pure. */
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { readAlias, shortened } from '../observe/ownership.ts';
import { type AcceptedPart, acceptedPart } from './accepted-part.ts';
import { presentPart } from './present-part.ts';
import { validate } from './validate/validate.ts';

/**
 * The part that can stand on the devices that are there and that the host accepts. Where something that it would leave out stands, it is
 * all that can stand, accepted or not: what is there is not taken away because it would not be made any more.
 * @param unplannable says why there is no way to a part that the host accepts; null when there is one. To plan takes some twenty times as
 *   long as to judge, so it is asked once, and again only where there is none.
 */
export function possiblePart(
  state: KernelState,
  config: HostConfig,
  unplannable: (some: HostConfig) => string | null = () => null,
): AcceptedPart {
  const present = presentPart(state, config);
  const accepted = acceptedPart(present, (some) => validate(state, some, config)?.message ?? null);
  const planned = acceptedPart(accepted.part, unplannable);
  const refusals = [...accepted.refusals, ...planned.refusals];
  return { part: stands(state, present, planned.part) ? present : planned.part, refusals };
}

/** Whether something of a config that is not in its part is there, by the marks that its devices bear. */
function stands({ links }: KernelState, whole: HostConfig, part: HostConfig): boolean {
  const namesOf = ({ bonds, networks }: HostConfig): string[] => [...Object.keys(bonds), ...Object.keys(networks)];
  const kept = new Set(namesOf(part));
  const left = new Set(namesOf(whole).flatMap((name) => (kept.has(name) ? [] : [shortened(name)])));
  return links.some(({ alias }) => {
    const mark = readAlias(alias);
    return [mark?.name, mark?.holder].some((name) => typeof name === 'string' && left.has(name));
  });
}
