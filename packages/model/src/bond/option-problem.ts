import { bondModes } from './modes.ts';
import { bondOptionTable } from './option-table.ts';

/**
 * What is wrong with one option of a bond, in words; null when nothing is (rules BOND-22).
 * @param options the bond's normalised options, this one included
 */
export function bondOptionProblem(
  name: string,
  value: string,
  options: ReadonlyMap<string, string>,
  slaves: readonly string[],
): string | null {
  const facts = Object.hasOwn(bondOptionTable, name) ? bondOptionTable[name] : undefined;
  if (!facts) return 'there is no such bonding option';
  if (/[\s=]/.test(value)) return 'a value must not contain blanks or "="';
  if (facts.names && !(/^\d+$/.test(value) && Number(value) < facts.names.length))
    return `accepted are ${facts.accepts}`;
  if (facts.range && !inRange(value, facts.range)) return `accepted are ${facts.accepts}`;
  if (facts.matches && !facts.matches(value)) return `accepted is ${facts.accepts}`;
  const mode = options.has('mode') ? Number(options.get('mode')) : 0;
  const modeName = bondModes[mode];
  if (facts.modes && modeName !== undefined && !facts.modes.includes(mode)) {
    return `it has no meaning in mode ${mode} (${modeName})`;
  }
  return conflict(name, value, options, slaves);
}

function inRange(value: string, [low, high]: readonly [number, number]): boolean {
  return /^\d+$/.test(value) && Number(value) >= low && Number(value) <= high;
}

function conflict(
  name: string,
  value: string,
  options: ReadonlyMap<string, string>,
  slaves: readonly string[],
): string | null {
  const miimon = Number(options.get('miimon') ?? 0);
  if (name === 'primary' && value !== '' && !slaves.includes(value)) return 'it is not a slave of this bond';
  if (name === 'arp_interval' && value !== '0' && miimon > 0) return 'miimon and arp_interval exclude each other';
  if ((name === 'updelay' || name === 'downdelay') && Number(value) > 0) {
    if (!(miimon > 0)) return 'it needs miimon';
    if (Number(value) % miimon !== 0) return `it must be a multiple of miimon (${miimon})`;
  }
  return null;
}
