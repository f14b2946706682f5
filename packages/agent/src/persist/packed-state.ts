/** A kernel's state as a journal keeps it: what many bridges say alike is written once, for it would be most of the text. */
import type { LinkReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';

type Options = Record<string, string>;

/** Of a bridge, instead of its options: which of the packed ones they are. */
type PackedLink = Omit<LinkReport, 'bridge'> & { bridge: null | { stp: boolean; options: number } };

export interface PackedState extends Omit<KernelState, 'links'> {
  links: PackedLink[];
  bridgeOptions: Options[];
}

/** Options count as the same when they are one object, as those are that were read as the same. */
export function packed(state: KernelState): PackedState {
  const places = new Map<Options, number>();
  const placeOf = (options: Options): number => {
    const place = places.get(options) ?? places.size;
    places.set(options, place);
    return place;
  };
  const links = state.links.map(({ bridge, ...link }) => ({
    ...link,
    bridge: bridge === null ? null : { stp: bridge.stp, options: placeOf(bridge.options) },
  }));
  return { ...state, links, bridgeOptions: [...places.keys()] };
}

/** @param state also as it was kept before anything was packed */
export function unpacked(state: PackedState | KernelState): KernelState {
  if (!('bridgeOptions' in state)) return state;
  const { bridgeOptions, ...rest } = state;
  const links = state.links.map((link) => {
    const { bridge } = link;
    return {
      ...link,
      bridge: bridge === null ? null : { stp: bridge.stp, options: bridgeOptions[bridge.options] ?? {} },
    };
  });
  return { ...rest, links };
}
