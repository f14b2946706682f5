/**
 * B14 against peers, and outages: the same work done by the agent, by NetworkManager, by ifupdown2 and by a hand-written batch, in
 * turns, each on a host of its own of one lab. A time is from what a person gives a program to where everything stands in the
 * kernel; the agent's is of the whole transaction, which includes that it has looked.
 */
import { join } from 'node:path';
import { buildAgent } from '@patchbay/agent/bundle';
import { type Lab, startLab } from '@patchbay/lab';
import { unpackManagers } from '../../packages/lab/src/guests/managers.ts';
import { type Measured, median } from '../measured.ts';
import type { Gap } from './gap.ts';
import { Guest } from './guest.ts';
import { Probe } from './probe.ts';
import { large, moves, type Step, small } from './steps.ts';

export interface Rounds {
  /** W1 and W2. */
  small: number;
  /** W3 to W5. */
  large: number;
  /** Of management onto a bond and back. */
  moves: number;
  /** VLANs of W3. */
  vlans: number;
}

const CONTENDERS = ['agent', 'NetworkManager', 'ifupdown2', 'ip -batch'];
const PEERS = ['NetworkManager', 'ifupdown2'];

/** Steps whose outage is measured. */
const MOVES = [
  ['plain onto', 'management moved onto a new bond'],
  ['plain off', 'management moved off a bond that is broken'],
  ['bridged onto', 'management under a bridge moved onto a new bond'],
  ['bridged off', 'management under a bridge moved off a bond that is broken'],
] as const;

export async function run(rounds: Rounds): Promise<Measured[]> {
  const managers = await unpackManagers();
  const lab = await startLab({ hosts: CONTENDERS.length, nics: 5, memory: '1G', files: [managers] });
  try {
    const agent = join(lab.folder, 'agent');
    await buildAgent(agent);
    const guests: Guest[] = [];
    for (const [at, name] of CONTENDERS.entries())
      guests.push(await Guest.start(lab, at + 1, name, join(agent, 'guard.mjs'), managers));
    const times = await timesOf(guests, rounds);
    const gaps = await gapsOf(lab, guests, rounds);
    for (const guest of guests) await guest.stop();
    return [...timeRows(times, rounds.vlans), ...outageRows(gaps)];
  } finally {
    await lab.stop();
  }
}

/** Milliseconds of all works, everybody in turn. */
async function timesOf(guests: readonly Guest[], rounds: Rounds): Promise<Samples<number>> {
  const samples = new Samples<number>();
  // The first work of each takes longer than any later one.
  for (const guest of guests) for (const step of small(guest.address).slice(0, 2)) await guest.take(step);
  const inTurn = async (steps: (address: string) => Step[]): Promise<void> => {
    for (const guest of guests)
      for (const step of steps(guest.address)) samples.add(step.name, guest.name, await guest.take(step));
  };
  for (let round = 0; round < rounds.small; round++) await inTurn(small);
  for (let round = 0; round < rounds.large; round++) await inTurn((address) => large(address, rounds.vlans));
  return samples;
}

async function gapsOf(lab: Lab, guests: readonly Guest[], rounds: Rounds): Promise<Samples<Gap>> {
  const samples = new Samples<Gap>();
  for (let round = 0; round < rounds.moves; round++) {
    for (const guest of guests.filter(({ name }) => name !== 'ip -batch')) {
      for (const step of moves(guest.address)) {
        const measured = MOVES.some(([name]) => name === step.name);
        const probe = measured ? await Probe.start(lab, guest.address) : null;
        await guest.take(step);
        if (probe !== null) samples.add(step.name, guest.name, await probe.end());
      }
    }
  }
  return samples;
}

/** By what was done and who did it, in the order of rounds. */
class Samples<T> {
  readonly #samples = new Map<string, T[]>();

  add(step: string, who: string, sample: T): void {
    console.error(step, who, sample);
    this.#samples.set(`${step} ${who}`, [...this.of(step, who), sample]);
  }

  of(step: string, who: string): T[] {
    return this.#samples.get(`${step} ${who}`) ?? [];
  }
}

function timeRows(samples: Samples<number>, count: number): Measured[] {
  const works = [
    ['W1', 'W1', 'bond, bridge and address'],
    ['W2', 'W2', 'bond with 50 VLANs and bridges'],
    ['W3', `W3 ${count}`, `${count} VLANs and bridges`],
    ['W4', `W4 ${count}`, `ten more on top of ${count}`],
    ['W5', `W5 ${count}`, `all ${count + 10} of them removed`],
  ] as const;
  return works.flatMap(([id, step, what]) => {
    const ours = samples.of(step, 'agent');
    if (ours.length === 0) return [];
    return PEERS.map((peer) => {
      const theirs = samples.of(step, peer);
      return {
        id,
        name: `${what}, time of ${peer} against the agent's`,
        ratio: median(theirs.map((time, at) => time / (ours[at] ?? Number.NaN))),
        target: { atLeast: 10 },
        detail: `${peer} ${whole(theirs)} ms, agent ${whole(ours)} ms, ip -batch ${whole(samples.of(step, 'ip -batch'))} ms; ${ours.length} rounds`,
      };
    });
  });
}

const whole = (times: readonly number[]): string => median(times).toFixed(0);

function outageRows(gaps: Samples<Gap>): Measured[] {
  return MOVES.flatMap(([step, what]) => {
    const ours = gaps.of(step, 'agent');
    if (ours.length === 0) return [];
    return PEERS.map((peer) => {
      const theirs = gaps.of(step, peer);
      return {
        id: 'B22',
        name: `longest outage of a 10-ms probe while ${what}, by ${peer} against the agent`,
        ratio: median(theirs.map(({ longest }, at) => longest / (ours[at]?.longest ?? Number.NaN))),
        target: { atLeast: 1 },
        detail: `${peer} ${outage(theirs)}, agent ${outage(ours)}; ${ours.length} rounds`,
      };
    });
  });
}

function outage(gaps: readonly Gap[]): string {
  const longest = gaps.map((gap) => gap.longest);
  const lost = gaps.map((gap) => gap.lost).join(' ');
  return `${whole(longest)} ms (at worst ${Math.max(...longest).toFixed(0)}; probes lost ${lost})`;
}
