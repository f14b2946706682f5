/** One line of a benchmark, and the ways to time things that all of them share. */
export interface Measured {
  readonly id: string;
  readonly name: string;
  /** Against the floor named in `name`, measured in the same run. */
  readonly ratio: number;
  /** Null when it is only tracked. */
  readonly target: { readonly atLeast: number } | { readonly atMost: number } | null;
  /** What the ratio is made of, for example `120/s against 400/s`. */
  readonly detail: string;
}

export function line({ id, name, ratio, target, detail }: Measured): string {
  const goal =
    target === null ? 'tracked' : 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
  return `${id} ${name}: ratio ${ratio.toFixed(2)} (target ${goal}) ${detail}`;
}

/** Milliseconds that the work took. */
export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

/** Both in turn, so that what else the machine does falls on both. @returns medians of milliseconds and of ours over floor */
export async function alternating(
  rounds: number,
  ours: () => unknown,
  floor: () => unknown,
): Promise<{ ours: number; floor: number; ratio: number }> {
  await ours();
  await floor();
  const times: [number, number][] = [];
  for (let round = 0; round < rounds; round += 1) times.push([await timed(ours), await timed(floor)]);
  return {
    ours: median(times.map(([our]) => our)),
    floor: median(times.map(([, other]) => other)),
    ratio: median(times.map(([our, other]) => our / other)),
  };
}

export const perSecond = (count: number, milliseconds: number): string =>
  `${Math.round((count / milliseconds) * 1000)}/s`;
