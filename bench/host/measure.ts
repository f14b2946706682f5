/**
 * B14 and B15: what an apply costs on the kernel under test against a hand-written batch of `ip`, taken in turns in the same
 * run, because a machine's mood changes by the minute. Ours is the whole way: observe, plan, execute, and observe and plan again
 * to verify. Runs on a lab host.
 */
import { type Kernel, planFor } from '@patchbay/agent';
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import { type Nics, undo, w1, w2, w3, w4, w5 } from './floor.ts';
import { ip, median, timed } from './timing.ts';

/** Milliseconds, medians over the rounds. */
export interface Row {
  workload: string;
  rounds: number;
  floor: number;
  ours: number;
  ratio: number;
  parts: Record<string, number>;
}

type Parts = Record<'observe' | 'plan' | 'execute' | 'verify', number>;

const network = (part: Partial<NetworkConfig>): NetworkConfig => ({
  base: null,
  vlan: null,
  bridged: true,
  stp: false,
  mtu: 1500,
  ipv4: { method: 'none' },
  ipv6: { method: 'none' },
  defaultRoute: false,
  nameservers: null,
  bridgeOptions: {},
  ...part,
});
const empty: HostConfig = { bonds: {}, networks: {} };

function vlans(base: string, from: number, count: number): HostConfig['networks'] {
  const ids = Array.from({ length: count }, (_, at) => from + at);
  return Object.fromEntries(ids.map((id) => [`n${id}`, network({ base, vlan: id })]));
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);

export class Bench {
  readonly #kernel: Kernel;
  readonly #nics: Nics;
  readonly #samples = new Map<string, { floor: number[]; ours: Parts[] }>();

  constructor(kernel: Kernel, nics: Nics) {
    this.#kernel = kernel;
    this.#nics = nics;
  }

  /** @param rounds at least five for W1 and W2, three for the others */
  async run(rounds: { small: number; large: number; huge: number }): Promise<Row[]> {
    const nics = this.#nics;
    const bonds = { bond7: { slaves: nics.bonded, options: { mode: '1' } } };
    const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: null } as const;
    for (let round = 0; round < rounds.small; round++) {
      await this.#floor('W1', w1(nics), undo(nics, [1]));
      await this.#ours('W1', { bonds, networks: { n1: network({ base: 'bond7', ipv4 }) } });
      await this.#ours(null, empty);
      await this.#floor('W2', w2(nics), undo(nics, range(1000, 50)));
      await this.#ours('W2', { bonds, networks: vlans('bond7', 1000, 50) });
      await this.#ours(null, empty);
    }
    for (let round = 0; round < rounds.large; round++) {
      await this.#floor('W3', w3(nics), []);
      await this.#floor('W4', w4(nics), []);
      await this.#floor('W5', w5(nics, [...range(1000, 200), ...range(2000, 10)]), []);
      const most = vlans(nics.single, 1000, 200);
      await this.#ours('W3', { bonds: {}, networks: most });
      await this.#ours('W4', { bonds: {}, networks: { ...most, ...vlans(nics.single, 2000, 10) } });
      await this.#ours('W5', empty);
    }
    for (let round = 0; round < rounds.huge; round++) {
      await this.#floor('B14 500 made', w3(nics, 500), []);
      await this.#floor('B14 500 removed', w5(nics, range(1000, 500)), []);
      await this.#ours('B14 500 made', { bonds: {}, networks: vlans(nics.single, 1000, 500) });
      await this.#observe();
      await this.#ours('B14 500 removed', empty);
    }
    return [...this.#samples].map(([workload, { floor, ours }]) => row(workload, floor, ours));
  }

  async #floor(workload: string, lines: readonly string[], after: readonly string[]): Promise<void> {
    this.#sample(workload).floor.push(await timed(() => ip(lines)));
    if (after.length > 0) await ip(after);
  }

  async #ours(workload: string | null, config: HostConfig): Promise<void> {
    const kernel = this.#kernel;
    const marks = [performance.now()];
    const state = await kernel.observe();
    marks.push(performance.now());
    const plan = planFor(state, config);
    if (!plan.ok) throw new Error(plan.problem.message);
    marks.push(performance.now());
    const execution = await kernel.execute(plan.value.ops);
    if (!execution.ok) throw new Error(`${JSON.stringify(execution.failed)}: ${execution.message}`);
    marks.push(performance.now());
    const again = planFor(await kernel.observe(), config);
    if (!again.ok || again.value.ops.length > 0) throw new Error(`Something was left to do: ${JSON.stringify(again)}`);
    marks.push(performance.now());
    const part = (at: number) => (marks[at + 1] ?? 0) - (marks[at] ?? 0);
    if (workload === null) return;
    this.#sample(workload).ours.push({ observe: part(0), plan: part(1), execute: part(2), verify: part(3) });
  }

  /** B15, while a thousand links stand: reading with understanding against reading alone. */
  async #observe(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.#sample('B15 observe 1000').floor.push(await timed(() => ip([], ['-d', '-j', 'addr'])));
      const observe = await timed(() => this.#kernel.observe());
      this.#sample('B15 observe 1000').ours.push({ observe, plan: 0, execute: 0, verify: 0 });
    }
  }

  #sample(workload: string): { floor: number[]; ours: Parts[] } {
    const known = this.#samples.get(workload) ?? { floor: [], ours: [] };
    this.#samples.set(workload, known);
    return known;
  }
}

/** The median of ratios of neighbouring rounds, not the ratio of medians: both of a round had the same weather. */
function row(workload: string, floor: number[], ours: Parts[]): Row {
  const total = ({ observe, plan, execute, verify }: Parts) => observe + plan + execute + verify;
  const of = (name: keyof Parts) => median(ours.map((one) => one[name]));
  return {
    workload,
    rounds: ours.length,
    floor: median(floor),
    ours: median(ours.map(total)),
    ratio: median(ours.map((one, at) => total(one) / (floor[at] ?? Number.NaN))),
    parts: { observe: of('observe'), plan: of('plan'), execute: of('execute'), verify: of('verify') },
  };
}

/** `W1 ratio 1.43 (floor 120 ms, ours 172 ms: observe 40, plan 2, execute 90, verify 40)` */
export function lineOf({ workload, ratio, floor, ours, parts, rounds }: Row): string {
  const list = Object.entries(parts).map(([name, value]) => `${name} ${value.toFixed(0)}`);
  return `${workload} ratio ${ratio.toFixed(2)} (floor ${floor.toFixed(0)} ms, ours ${ours.toFixed(0)} ms: ${list.join(', ')}; ${rounds} rounds)`;
}
