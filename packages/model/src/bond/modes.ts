/** Kernel names of the bonding modes; the index is the mode's number. */
export const bondModes: readonly string[] = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
];

/** Number of a mode given as number or name; null when there is no such mode. */
export function bondMode(text: string): number | null {
  if (/^[0-6]$/.test(text)) return Number(text);
  const number = bondModes.indexOf(text.toLowerCase());
  return number < 0 ? null : number;
}

/** Modes whose port a bridge can learn addresses on, hence fit for VM networks (oVirt's `BondMode`). */
export function carriesVmNetworks(mode: number | null): boolean {
  return mode !== null && mode >= 1 && mode <= 4;
}
