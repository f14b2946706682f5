import type { BondOption } from '../entities.ts';
import { bondMode } from './modes.ts';
import { bondOptionTable } from './option-table.ts';

/** Options of a bond that names none (oVirt's default). */
export const defaultBondOptions: readonly Readonly<BondOption>[] = Object.freeze([
  { name: 'mode', value: '4' },
  { name: 'miimon', value: '100' },
  { name: 'xmit_hash_policy', value: '2' },
]);

/** Names that mean the same kernel value. */
const aliases: Readonly<Record<string, string>> = { num_unsol_na: 'num_grat_arp' };

/** `module` is left over from the oldest API and says nothing (rules §0.3). */
export function meaningfulOptions(options: readonly BondOption[]): BondOption[] {
  return options
    .map(({ name, value }) => ({ name: name.trim(), value: value.trim() }))
    .filter(({ name }) => name !== 'module');
}

/** The kernel's one name for an option. */
export function bondOptionName(name: string): string {
  return aliases[name] ?? name;
}

/** One spelling per value: numbers for names, commas between addresses. Also reads the kernel's own `layer2+3 2`. */
export function bondOptionValue(name: string, value: string): string {
  const text = value.trim();
  if (name === 'mode') return String(bondMode(text.split(' ')[0] ?? '') ?? text);
  if (name === 'arp_ip_target')
    return text
      .split(/[\s,]+/)
      .filter(Boolean)
      .join(',');
  if (name === 'ad_actor_system') return text.toLowerCase();
  const names = bondOptionTable[name]?.names;
  if (!names) return /^\d+$/.test(text) ? String(Number(text)) : text;
  const word = text.split(' ')[0] ?? '';
  const index = names.indexOf(word);
  if (index >= 0) return String(index);
  return /^\d+$/.test(word) ? String(Number(word)) : text;
}

/** Option name to value in one spelling each, so that equal wishes are equal maps. A later mention wins (BOND-22 refuses it). */
export function normalisedBondOptions(options: readonly BondOption[]): Map<string, string> {
  return new Map(
    options.map((option) => {
      const name = bondOptionName(option.name);
      return [name, bondOptionValue(name, option.value)];
    }),
  );
}

/** Number of the mode the options ask for; null when they name none that exists. */
export function modeOf(options: readonly BondOption[]): number | null {
  return bondMode(normalisedBondOptions(options).get('mode') ?? '');
}
