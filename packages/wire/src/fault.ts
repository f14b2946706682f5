/** Why a body was refused, ready to be answered. */
export interface WireFault {
  /** 413 when the body is too long as a whole, 400 for everything else. */
  readonly status: 400 | 413;
  /** Short, in the words clients know: see `reasons`. */
  readonly reason: string;
  /** Where and what, and what was expected there. */
  readonly detail: string;
  /** From 1; absent when the place is given by `element` alone. */
  readonly line?: number;
  /** From 1, in characters. */
  readonly column?: number;
  /** Path of the element or key, such as `modified_bonds.host_nic[0].bonding`; empty for the root. */
  readonly element: string;
}

export const reasons = {
  syntax: 'Request syntactically incorrect.',
  value: 'Invalid value',
  incomplete: 'Incomplete parameters',
  size: 'Request too large.',
} as const;

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: WireFault };

/** What is wrong with a part of a body, before anyone knows where it stands. */
export interface Mistake {
  readonly reason: string;
  readonly text: string;
}

export const mistake = (reason: string, text: string): Mistake => ({ reason, text });
