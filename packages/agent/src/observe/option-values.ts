/** Values that an option of a bond or bridge takes, and how they are told to people. */

/** Names in the order of their numbers, a range of whole numbers, a mask of bits, or what the option's kind says. */
export type Values =
  | { readonly names: readonly string[] }
  | { readonly least: number; readonly most: number }
  | { readonly bits: number }
  | { readonly any: true };

/** `slow (0) or fast (1)`, `0 to 255`. */
export function spellValues(values: Values): string {
  if ('names' in values) {
    const spelt = values.names.map((name, number) => `${name} (${number})`);
    return spelt.length < 2 ? spelt.join() : `${spelt.slice(0, -1).join(', ')} or ${spelt.at(-1)}`;
  }
  if ('bits' in values) return `a mask of the bits 0x${values.bits.toString(16)}`;
  return 'any' in values ? 'what it is named for' : range(values);
}

function range({ least, most }: { least: number; most: number }): string {
  return least === most ? `${least} alone` : `${least} to ${most}`;
}

/** Whether a value, in the kernel's own spelling, is one of these. */
export function isOffered(values: Values, value: string): boolean {
  if ('any' in values) return true;
  if ('names' in values) return values.names.includes(value);
  if (!/^(\d{1,10}|0x[0-9a-f]{1,8})$/.test(value)) return false;
  const number = Number(value);
  if ('bits' in values) return (BigInt(number) & ~BigInt(values.bits)) === 0n;
  return number >= values.least && number <= values.most;
}
