/** B5: how the cost of judging a change grows with the networks of a host with 64 nics; 1 is linear. */
import { complete, isInSync, toHostConfig, validate } from '@patchbay/model';
import { attach, hostState, request, type Scene, update } from '@patchbay/model/testing';
import { type Measured, median, timed } from './measured.ts';

const nics = Array.from({ length: 64 }, (_, at) => `eth${at}`);
const sizes = [62, 125, 250, 500];
const rounds = 9;

/** Half of the networks are attached; the request moves those and attaches the others. */
function host(networks: number): () => void {
  const names = Array.from({ length: networks }, (_, at) => `n${at}`);
  const nicOf = (at: number) => nics[at % nics.length] ?? '';
  const scene: Scene = {
    nics,
    networks: Object.fromEntries(names.map((name, at) => [name, { vlan: at + 1 }])),
    attached: Object.fromEntries(names.slice(0, networks / 2).map((name, at) => [name, nicOf(at)])),
  };
  const asked = request({
    attachments: names.map((name, at) =>
      at < Math.floor(networks / 2)
        ? update(`att-${name}`, { nic: { id: null, name: nicOf(at + 1) } })
        : attach(name, nicOf(at)),
    ),
  });
  const stored = hostState(scene);
  return () => {
    // A state of its own each time: what is worked out of one is kept with it.
    const state = { ...stored };
    const completed = complete(state, asked);
    const { violations } = validate(completed);
    if (violations.length > 0) throw new Error(violations[0]?.message);
    toHostConfig(completed);
    for (const attachment of state.attachments) isInSync(state, attachment);
  };
}

export async function run(): Promise<Measured[]> {
  const works = sizes.map(host);
  for (const work of works) for (let warm = 0; warm < 5; warm += 1) work();
  const times = works.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, work] of works.entries()) times[at]?.push(await timed(work));
  }
  const medians = times.map(median);
  const points = sizes.map((size, at) => [Math.log(size), Math.log(medians[at] ?? Number.NaN)] as const);
  const detail = sizes.map((size, at) => `${size}: ${medians[at]?.toFixed(1)} ms`).join(', ');
  return [
    {
      id: 'B5',
      name: 'growth of complete, validate, host config and in-sync with the networks on 64 nics, as an exponent',
      ratio: slope(points),
      target: { atMost: 1.2 },
      detail,
    },
  ];
}

/** Of the line that fits best. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((p) => p[0]), mean((p) => p[1])];
  return mean((p) => (p[0] - x) * (p[1] - y)) / mean((p) => (p[0] - x) ** 2);
}
