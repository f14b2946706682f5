/** What the bridges of this kernel are and take. */
import { type BridgeOffers, bridgeOptions, readBridgeOptions, showsWanted } from '../bridge-options.ts';
import type { Json } from '../links.ts';
import { probeValues } from './probe-values.ts';
import { Scratch } from './scratch.ts';

const BRIDGE = 'bridge0';

/** @returns null when the kernel has no bridges */
export async function probeBridge(environment: Readonly<Record<string, string>>): Promise<BridgeOffers | null> {
  const scratch = new Scratch([`link add name ${BRIDGE} type bridge`], environment);
  try {
    const [bridges] = await scratch.ask([{ lines: [], question: 'link show type bridge' }]);
    const bridge = bridges?.[0];
    if (bridge === undefined) return null;
    const fresh = optionsOf(bridge);
    // One hundredth of a second is 2.5 or 3 ticks, or a whole number of them.
    const [least] = await scratch.ask([
      { lines: [`link set dev ${BRIDGE} type bridge forward_delay 1`], question: `link show dev ${BRIDGE}` },
    ]);
    const rounds = least?.[0] !== undefined && optionsOf(least[0])['forward_delay'] === '0';
    const values: Record<string, BridgeOffers['values'][string]> = {};
    for (const option of bridgeOptions.values()) {
      const former = fresh[option.name];
      if (former === undefined) continue;
      const set = (value: string) => `link set dev ${BRIDGE} type bridge ${option.keyword} ${value}`;
      const taken = await probeValues(option, former, async (_, all) => {
        // What it had before counts as taken only when it was set.
        const unlike = (value: string) => (value === former ? [] : [set(former)]);
        const trials = all.map((value) => ({
          lines: [...unlike(value), set(value)],
          question: `link show dev ${BRIDGE}`,
        }));
        const answers = await scratch.ask(trials);
        return all.map((value, at) => {
          const shown = answers[at]?.[0] === undefined ? undefined : optionsOf(answers[at][0])[option.name];
          return shown !== undefined && showsWanted(rounds, option.name, shown, value);
        });
      });
      if (taken !== null) values[option.name] = taken;
    }
    return { fresh, values, rounds };
  } finally {
    await scratch.end();
  }
}

function optionsOf(link: Json): Record<string, string> {
  const info = link['linkinfo'] as { info_data?: Json } | undefined;
  return readBridgeOptions(info?.info_data ?? {});
}
