/**
 * B14 to B16: what a change costs on the kernel under test against a hand-written batch of `ip`, taken in turns in the same
 * run, because a machine's mood changes by the minute. Ours is the whole transaction: observed, planned, journalled, guarded,
 * carried out, verified and kept. Runs on a lab host.
 */
import type { HostConfig } from '@patchbay/protocol';
import { network } from '../../packages/agent/src/plan/host-for-tests.ts';
import { type Measured, median, timed } from '../measured.ts';
import { AgentUnderTest, type Change } from './agent-under-test.ts';
import { range, vlans } from './configs.ts';
import { type Nics, undo, w1, w2, w3, w4, w5, w5ByGroup } from './floor.ts';
import { ip, readBare } from './ip.ts';

/** How often each is measured. */
export interface Rounds {
  /** W1 and W2. */
  small: number;
  /** W3 to W5. */
  large: number;
  /** With up to a thousand links. */
  huge: number;
}

interface Sample {
  floor: number;
  ours: Change;
}

const empty: HostConfig = { bonds: {}, networks: {} };

/** What is made, and how many times as long as a bare batch it may take. */
const WORK = {
  W1: { work: 'bond, bridge and address', atMost: null },
  W2: { work: 'bond with 50 VLANs and bridges', atMost: 1.5 },
  W3: { work: '200 VLANs and bridges', atMost: 1.5 },
  W4: { work: 'ten more on top of W3', atMost: 1.5 },
} as const;

/** Where the same is kept against somebody who looks before and after. */
const careful = (id: string): string => `${id} careful`;

/** Networks of the runs that show how the time grows. */
const COUNTS = [50, 100, 200, 400];

export class Bench {
  readonly #agent: AgentUnderTest;
  readonly #nics: Nics;
  readonly #samples = new Map<string, Sample[]>();

  constructor(agent: AgentUnderTest, nics: Nics) {
    this.#agent = agent;
    this.#nics = nics;
  }

  async run(rounds: Rounds): Promise<Measured[]> {
    // The first change of a process takes several times as long as any later one.
    await this.#ours({ bonds: {}, networks: vlans(this.#nics.single, 1000, 20) });
    await this.#ours(empty);
    for (let round = 0; round < rounds.small; round++) await this.#small();
    for (let round = 0; round < rounds.large; round++) await this.#large();
    for (let round = 0; round < rounds.huge; round++) await this.#huge();
    return [
      ...Object.entries(WORK).flatMap(([id, { work, atMost }]) => [
        ...this.#rows(id, `${work}, against ip -batch`, atMost),
        ...this.#rows(id, `${work}, against ip -batch between two looks`, 1.5, careful(id)),
      ]),
      ...this.#rows('W5', 'all of them removed, against ip -batch link by link', 0.7),
      ...this.#rows('W5', 'all of them removed, against ip link del group', null, 'W5 group'),
      ...this.#rows('W4', 'with a rehearsal, against ip -batch', null, 'W4 rehearsed'),
      ...this.#rows('B16', 'a change that changes nothing, of 1 network, against one bare read', 1, 'nothing 1'),
      ...this.#rows('B16', 'a change that changes nothing, of 210 networks, against one bare read', 1, 'nothing 210'),
      ...this.#rows('B15', 'reading 400 links, against the ip calls it needs', 1.3, 'read 400'),
      ...this.#rows('B15', 'reading 1000 links, against the ip calls it needs', 2, 'read 1000'),
      ...this.#rows('B14', '500 VLANs and bridges, against ip -batch', 1.2, 'made 500'),
      ...this.#rows('B14', '500 removed, against ip -batch link by link', 1, 'removed 500'),
      ...this.#growth('made', 'VLANs and bridges, exponent of growth from 50 to 400'),
      ...this.#growth('removed', 'removed, exponent of growth from 50 to 400'),
    ];
  }

  async #small(): Promise<void> {
    const nics = this.#nics;
    const bonds = { bond7: { slaves: nics.bonded, options: { mode: '1' } } };
    const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: null } as const;
    const one = { bonds, networks: { n1: network({ base: 'bond7', ipv4 }) } };
    await this.#againstHands('W1', w1(nics), undo(nics, [1]), one);
    await this.#against('nothing 1', () => this.#agent.aside(() => timed(readBare)), one);
    await this.#ours(empty);
    const many = { bonds, networks: vlans('bond7', 1000, 50) };
    await this.#againstHands('W2', w2(nics), undo(nics, range(1000, 50)), many);
    await this.#ours(empty);
  }

  async #large(): Promise<void> {
    const nics = this.#nics;
    const ids = [...range(1000, 200), ...range(2000, 10)];
    const most = { bonds: {}, networks: vlans(nics.single, 1000, 200) };
    const all = { bonds: {}, networks: { ...most.networks, ...vlans(nics.single, 2000, 10) } };
    const made = await this.#byHand(w3(nics));
    const added = await this.#byHand(w4(nics));
    const removed = await this.#byHand(w5(nics, ids));
    const looked = [await this.#carefully(w3(nics)), await this.#carefully(w4(nics))] as const;
    const byGroup = await this.#byHand(w5ByGroup(nics, ids));
    const ours3 = await this.#ours(most);
    this.#keep('W3', made, ours3);
    this.#keep(careful('W3'), looked[0], ours3);
    await this.#read('read 400');
    const ours4 = await this.#ours(all);
    this.#keep('W4', added, ours4);
    this.#keep(careful('W4'), looked[1], ours4);
    await this.#against('nothing 210', () => this.#agent.aside(() => timed(readBare)), all);
    const ours = await this.#ours(empty);
    this.#keep('W5', removed, ours);
    this.#keep('W5 group', byGroup, ours);
    await this.#ours(most);
    this.#keep('W4 rehearsed', added, await this.#agent.change(all, true));
    await this.#ours(empty);
  }

  async #huge(): Promise<void> {
    const nics = this.#nics;
    for (const count of [...COUNTS, 500]) {
      const made = await this.#byHand(w3(nics, count));
      const removed = await this.#byHand(w5(nics, range(1000, count)));
      const config = { bonds: {}, networks: vlans(nics.single, 1000, count) };
      this.#keep(`made ${count}`, made, await this.#ours(config));
      if (count === 500) await this.#read('read 1000');
      this.#keep(`removed ${count}`, removed, await this.#ours(empty));
    }
  }

  async #read(name: string): Promise<void> {
    for (let i = 0; i < 3; i++) {
      await this.#agent.rest();
      const floor = await timed(readBare);
      await this.#agent.rest();
      this.#keep(name, floor, {
        total: await timed(() => this.#agent.read()),
        timings: {},
        reads: { whole: 1, devices: 0 },
      });
    }
  }

  /** What a person's batch takes. */
  #byHand(lines: readonly string[]): Promise<number> {
    return this.#agent.aside(() => batch(lines));
  }

  /** The same of somebody who looks before and after. */
  #carefully(lines: readonly string[]): Promise<number> {
    return this.#agent.aside(() =>
      timed(async () => {
        await readBare();
        await ip(lines);
        await readBare();
      }),
    );
  }

  /** @param after takes away what the lines have made */
  async #againstHands(
    name: keyof typeof WORK,
    lines: readonly string[],
    after: readonly string[],
    config: HostConfig,
  ): Promise<void> {
    const floor = await this.#byHand(lines);
    await this.#byHand(after);
    const looked = await this.#carefully(lines);
    await this.#byHand(after);
    const ours = await this.#ours(config);
    this.#keep(name, floor, ours);
    this.#keep(careful(name), looked, ours);
  }

  async #against(name: string, floor: () => Promise<number>, config: HostConfig): Promise<void> {
    this.#keep(name, await floor(), await this.#ours(config));
  }

  #ours(config: HostConfig): Promise<Change> {
    return this.#agent.change(config);
  }

  #keep(name: string, floor: number, ours: Change): void {
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), { floor, ours }]);
  }

  #rows(id: string, name: string, atMost: number | null, key = id): Measured[] {
    const samples = this.#samples.get(key);
    return samples === undefined ? [] : [row(id, name, atMost, samples)];
  }

  /** Twice the links should take twice the time: then the exponent is 1. */
  #growth(what: string, name: string): Measured[] {
    const times = COUNTS.map((count) => this.#samples.get(`${what} ${count}`)?.map(({ ours }) => ours.total));
    const [first, last] = [times[0], times.at(-1)];
    if (first === undefined || last === undefined) return [];
    const ratio = Math.log(median(last) / median(first)) / Math.log((COUNTS.at(-1) ?? 1) / (COUNTS[0] ?? 1));
    const detail = COUNTS.map((count, at) => `${count}: ${median(times[at] ?? []).toFixed(0)} ms`).join(', ');
    return [{ id: 'B14', name, ratio, target: { atMost: 1.1 }, detail }];
  }
}

function batch(lines: readonly string[]): Promise<number> {
  return timed(() => ip(lines));
}

/** The median of ratios of neighbouring rounds, not the ratio of medians: both of a round had the same weather. */
function row(id: string, name: string, atMost: number | null, samples: readonly Sample[]): Measured {
  const phases = Object.keys(samples[0]?.ours.timings ?? {});
  const of = (phase: string) => median(samples.map(({ ours }) => ours.timings[phase] ?? 0));
  const parts = phases.map((phase) => `${phase} ${of(phase).toFixed(0)}`).join(', ');
  const whole = samples.map(({ ours }) => ours.reads.whole).join(' ');
  const devices = samples.map(({ ours }) => ours.reads.devices).join(' ');
  const reads = phases.length === 0 ? '' : `; read whole ${whole} times, and ${devices} devices`;
  const floor = median(samples.map((one) => one.floor)).toFixed(0);
  const ours = median(samples.map((one) => one.ours.total)).toFixed(0);
  return {
    id,
    name,
    ratio: median(samples.map((one) => one.ours.total / one.floor)),
    target: atMost === null ? null : { atMost },
    detail: `floor ${floor} ms, ours ${ours} ms${parts === '' ? '' : `: ${parts}`}; ${samples.length} rounds${reads}`,
  };
}

/** @param guard script of a guard */
export async function measure(guard: string, rounds: Rounds): Promise<Measured[]> {
  const agent = await AgentUnderTest.start('/var/lib/patchbay-bench', guard);
  try {
    return await new Bench(agent, { bonded: ['eth1', 'eth2'], single: 'eth3' }).run(rounds);
  } finally {
    agent.stop();
  }
}
