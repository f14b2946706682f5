/**
 * What a kernel offers: which options its bonds and bridges have, what they are when nobody sets them, and what may be set. It
 * is found out by trying (`probe/`), once per kernel release; {@link documented} is what Linux 6.1 offers, for kernels that
 * cannot be asked and for the one in memory.
 */
import { type BondOffers, documentedBond } from './bond-options.ts';
import { type BridgeOffers, documentedBridge } from './bridge-options.ts';

export interface Offers {
  /** Null: the kernel has no bonds. */
  readonly bond: BondOffers | null;
  readonly bridge: BridgeOffers | null;
  readonly vlan: boolean;
  /** Whether traffic can be shaped: hfsc, fq_codel, and the filters by VLAN id and for all the rest. */
  readonly shaping: boolean;
}

export const documented: Offers = { bond: documentedBond, bridge: documentedBridge, vlan: true, shaping: true };

/** What the kernel of a state offers. */
export function offersOf(state: { readonly offers?: Offers }): Offers {
  return state.offers ?? documented;
}
