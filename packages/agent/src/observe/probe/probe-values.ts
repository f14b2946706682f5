/** Which values of an option a kernel takes: found by setting them and reading them back. */
import type { Values } from '../option-values.ts';

/** An option as far as trying needs to know it. */
export interface Candidate {
  name: string;
  /** Most that fits into the kernel's message, where it is a number. */
  width: number;
  /** As documented: where to begin. */
  values: Values;
}

/** @returns for each value whether it was there when it had been set */
export type Try = (option: string, values: readonly string[]) => Promise<boolean[]>;

/**
 * @param fresh value that it has when nobody has set it
 * @returns null when the kernel takes none
 */
export async function probeValues(
  { name, width, values }: Candidate,
  fresh: string | undefined,
  attempt: Try,
): Promise<Values | null> {
  if ('any' in values) return values;
  if ('names' in values) {
    const taken = await attempt(name, values.names);
    const names = values.names.filter((_, at) => taken[at]);
    return names.length === 0 ? null : { names };
  }
  if ('bits' in values) {
    const all = Array.from({ length: 16 }, (_, bit) => 1 << bit);
    const taken = await attempt(
      name,
      all.map((bit) => `0x${bit.toString(16)}`),
    );
    return { bits: all.filter((_, at) => taken[at]).reduce((mask, bit) => mask | bit, 0) };
  }
  return probeRange(values, width, Number(fresh), (numbers) => attempt(name, numbers.map(String)));
}

/** The documented bounds are tried first, with their neighbours; only where they are wrong is there more to try. */
async function probeRange(
  { least, most }: { least: number; most: number },
  width: number,
  fresh: number,
  attempt: (numbers: readonly number[]) => Promise<boolean[]>,
): Promise<Values | null> {
  const bounds = [Math.max(least - 1, 0), least, most, Math.min(most + 1, width), fresh];
  const [below = false, low = false, high = false, above = false, usual = false] = await attempt(bounds);
  if (!low && !high && !usual) return null;
  const known = low ? least : high ? most : fresh;
  const takes = async (number: number) => (await attempt([number]))[0] === true;
  const isLeast = low && (least === 0 || !below);
  const isMost = high && (most === width || !above);
  return {
    least: isLeast ? least : await border(known, -1, takes),
    most: isMost ? most : await border(known, width + 1, takes),
  };
}

/** The last number from `taken` towards `refused` that is taken; the second one is not. */
async function border(taken: number, refused: number, takes: (number: number) => Promise<boolean>): Promise<number> {
  while (Math.abs(refused - taken) > 1) {
    const middle = Math.floor((taken + refused) / 2);
    if (await takes(middle)) taken = middle;
    else refused = middle;
  }
  return taken;
}
