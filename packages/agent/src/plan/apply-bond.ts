/** Options of bonds: what the driver takes, and what one option does to others. */
import type { LinkReport } from '@patchbay/protocol';
import { type BondOffers, bondMode, bondOptions, bondValue } from '../observe/bond-options.ts';
import { isOffered } from '../observe/option-values.ts';
import { changeMac } from './link-effects.ts';
import type { World } from './world.ts';

/** Stands for a value that the kernel keeps to itself until the mode is one in which it shows. */
export const UNSEEN = '?';

/** What a new bond shows. @returns the kernel's refusal instead */
export function freshBond(
  offers: BondOffers | null,
  named: Readonly<Record<string, string>>,
): { options: Record<string, string> } | { refusal: string } {
  const mode = bondMode(named['mode']);
  const fresh = offers?.fresh[String(mode)];
  if (offers === null || fresh === undefined) return { refusal: 'Unknown device type.' };
  const options = { ...fresh };
  // The driver goes through what it is given in its own order.
  for (const name of bondOptions.keys()) {
    const value = named[name];
    if (value === undefined) continue;
    const refusal = put(offers, options, name, value);
    if (refusal !== null) return { refusal };
  }
  return { options };
}

/** What of a bond's options never shows in its mode, as a new bond has it. */
export function dormantBond(
  offers: BondOffers | null,
  shown: Readonly<Record<string, string>>,
): Record<string, string> {
  const all = Object.assign({}, ...Object.values(offers?.fresh ?? {})) as Record<string, string>;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in shown)));
}

export function setBondOption(world: World, name: string, option: string, value: string): string | null {
  const link = world.get(name);
  if (link?.bond === null || link === undefined) return `Cannot find device "${name}"`;
  const offers = world.offers.bond;
  if (offers === null) return 'Operation not supported';
  const needs = option === 'mode' ? 'no-slaves' : offers.needs[option];
  if (needs === 'no-slaves' && link.bond.slaves.length > 0) {
    return 'unable to set option because the bond device has slaves.';
  }
  if ((needs === 'down' || option === 'mode') && link.adminUp) return 'unable to set option because the bond is up.';
  if (option === 'mode') return changeMode(world, offers, link.name, link.bond.options, value);
  const refusal = put(offers, link.bond.options, option, value);
  if (refusal === null && option === 'primary') prefer(world, link, value);
  return refusal;
}

/** Whether a bond has a MAC that it can be given; else it has what its slaves have, and passes over any other without a word. */
export function hasOwnMac({ mode, fail_over_mac: policy = 'none' }: Readonly<Record<string, string>>): boolean {
  return mode !== '1' || policy === 'none';
}

/** The preferred member becomes the active one, whose MAC the bond may have. */
function prefer(world: World, bond: LinkReport, name: string): void {
  world.hiddenOf(bond).primary = name;
  const member = world.ports(bond.name).find((port) => port.name === name);
  const { mode, fail_over_mac: policy } = bond.bond?.options ?? {};
  if (member !== undefined && mode === '1' && policy === 'active') changeMac(world, bond, member.mac);
}

/** Most values stay through a change of mode, also those that the new mode does not show. */
function changeMode(
  world: World,
  offers: BondOffers,
  name: string,
  options: Record<string, string>,
  value: string,
): string | null {
  const mode = String(bondMode(value));
  const fresh = offers.fresh[mode];
  const link = world.get(name);
  if (fresh === undefined || link === undefined) return 'invalid option value.';
  const { dormant } = world.hiddenOf(link);
  for (const [known, kept] of Object.entries(options)) {
    if (known in fresh) continue;
    dormant[known] = kept;
    delete options[known];
  }
  for (const known of Object.keys(fresh)) options[known] ??= dormant[known] ?? UNSEEN;
  options['mode'] = mode;
  if ('arp_validate' in options) options['arp_validate'] = fresh['arp_validate'] ?? '';
  if (!offers.settable[mode]?.includes('arp_interval')) {
    options['arp_interval'] = '0';
    if (options['miimon'] === '0') options['miimon'] = fresh['miimon'] ?? '0';
  }
  if (mode === '6' && 'tlb_dynamic_lb' in options) options['tlb_dynamic_lb'] = '1';
  return null;
}

/** One way of monitoring links switches the other off. */
function put(offers: BondOffers, options: Record<string, string>, name: string, value: string): string | null {
  const entry = bondOptions.get(name);
  const values = offers.values[name];
  if (entry === undefined || values === undefined) return 'invalid option value.';
  if (!offers.settable[options['mode'] ?? '']?.includes(name)) return 'option not supported in mode.';
  const spelt = bondValue(entry, value);
  if (!isOffered(values, spelt)) return 'invalid option value.';
  options[name] = spelt;
  if (name === 'miimon' && spelt !== '0' && options['arp_interval'] !== '0') {
    options['arp_interval'] = '0';
    options['arp_validate'] = 'none';
  }
  if (name === 'arp_interval' && spelt !== '0') options['miimon'] = '0';
  return null;
}
