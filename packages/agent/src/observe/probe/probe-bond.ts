/** What the bonding driver of this kernel is and takes: one bond of each mode is made, and everything tried on it. */
import { BOND_MODES, type BondOffers, type BondOption, bondOptions, readBondOptions } from '../bond-options.ts';
import type { Json } from '../links.ts';
import { probeValues } from './probe-values.ts';
import { Scratch, type Trial } from './scratch.ts';

const modes = BOND_MODES.map((_, mode) => String(mode));
const bondOf = (mode: string) => `bond${mode}`;
/** A nic of a kind that every kernel with bonds has. */
const NIC = 'nic0';
const setUp = [
  `link add name ${NIC} type veth peer name nic1`,
  ...modes.map((mode) => `link add name ${bondOf(mode)} type bond mode ${mode}`),
];

/** @returns null when the kernel has no bonds */
export async function probeBond(environment: Readonly<Record<string, string>>): Promise<BondOffers | null> {
  const scratch = new Scratch(setUp, environment);
  try {
    const [bonds] = await scratch.ask([{ lines: [], question: 'link show type bond' }]);
    if (bonds === null || bonds === undefined || bonds.length === 0) return null;
    const fresh = Object.fromEntries(bonds.map(optionsOf).map((options) => [options['mode'] ?? '', options]));
    return await new BondProbe(scratch, fresh).run();
  } finally {
    await scratch.end();
  }
}

class BondProbe {
  readonly #scratch: Scratch;
  readonly #fresh: BondOffers['fresh'];
  readonly #shown: readonly BondOption[];

  constructor(scratch: Scratch, fresh: BondOffers['fresh']) {
    this.#scratch = scratch;
    this.#fresh = fresh;
    const shown = new Set(Object.values(fresh).flatMap((options) => Object.keys(options)));
    this.#shown = [...bondOptions.values()].filter(({ name }) => shown.has(name));
  }

  async run(): Promise<BondOffers> {
    const settable: Record<string, string[]> = {};
    for (const mode of Object.keys(this.#fresh)) settable[mode] = await this.#settable(mode);
    const values: Record<string, BondOffers['values'][string]> = {};
    const needs: Record<string, BondOffers['needs'][string]> = {};
    for (const option of this.#shown) {
      const mode = Object.keys(settable).find((one) => settable[one]?.includes(option.name));
      const taken =
        mode === undefined
          ? null
          : await probeValues(option, this.#fresh[mode]?.[option.name], (_, all) => this.#taken(mode, option, all));
      if (taken === null) continue;
      values[option.name] = taken;
      const need = await this.#needs(mode ?? '', option);
      if (need !== null) needs[option.name] = need;
    }
    const known = (name: string) => name in values;
    for (const mode of Object.keys(settable)) settable[mode] = settable[mode]?.filter(known) ?? [];
    return { fresh: this.#fresh, settable, values, needs };
  }

  async #settable(mode: string): Promise<string[]> {
    const taken = await this.#tried(
      this.#shown.map((option) => {
        const value = other(option, this.#fresh[mode]?.[option.name]);
        return { option, value, trial: this.#trial(mode, option, value) };
      }),
    );
    return this.#shown.filter((_, at) => taken[at]).map(({ name }) => name);
  }

  #taken(mode: string, option: BondOption, values: readonly string[]): Promise<boolean[]> {
    return this.#tried(values.map((value) => ({ option, value, trial: this.#trial(mode, option, value) })));
  }

  /** Whether the option changes on a bond that is up, and on one that has a slave. */
  async #needs(mode: string, option: BondOption): Promise<'down' | 'no-slaves' | null> {
    const value = other(option, this.#fresh[mode]?.[option.name]);
    const bond = bondOf(mode);
    const [up = false, full = false] = await this.#tried([
      { option, value, trial: this.#trial(mode, option, value, [`link set dev ${bond} up`]) },
      { option, value, trial: this.#trial(mode, option, value, [`link set dev ${NIC} down master ${bond}`]) },
    ]);
    return full ? (up ? null : 'down') : 'no-slaves';
  }

  /** Sets it on an empty bond that is down, monitors links, and has everything else as when it was made. */
  #trial(mode: string, { keyword, name }: BondOption, value: string, then: readonly string[] = []): Trial {
    const bond = bondOf(mode);
    const set = (words: string) => `link set dev ${bond} type bond ${words}`;
    const former = this.#fresh[mode]?.[name] ?? '';
    const reset = former === '' ? [] : [set(`${keyword} ${former}`)];
    const start = [`link set dev ${NIC} nomaster`, `link set dev ${bond} down`, ...reset];
    // Only of a slave can be seen that it is preferred.
    const join = name === 'primary' ? [`link set dev ${NIC} down master ${bond}`] : [];
    // A millisecond divides every delay.
    return {
      lines: [...start, set('miimon 1'), ...join, ...then, set(`${keyword} ${value}`)],
      question: `link show dev ${bond}`,
    };
  }

  async #tried(all: readonly { option: BondOption; value: string; trial: Trial }[]): Promise<boolean[]> {
    const answers = await this.#scratch.ask(all.map(({ trial }) => trial));
    return all.map(({ option, value }, at) => {
      const link = answers[at]?.[0];
      return link !== undefined && optionsOf(link)[option.name] === value;
    });
  }
}

function optionsOf(link: Json): Record<string, string> {
  const info = link['linkinfo'] as { info_data?: Json } | undefined;
  return readBondOptions(info?.info_data ?? {});
}

/** A value that the option should take and does not have. */
function other({ name, values }: BondOption, has: string | undefined): string {
  const kinds: Record<string, string> = {
    primary: NIC,
    arp_ip_target: '192.0.2.1',
    ad_actor_system: '02:00:00:00:00:01',
  };
  const candidates =
    'names' in values
      ? values.names
      : 'least' in values
        ? [values.least + 1, values.least].map(String)
        : [kinds[name] ?? ''];
  return candidates.find((value) => value !== has) ?? '';
}
