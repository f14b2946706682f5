/**
 * Numbers by which shaping is built in the kernel and read back. They are those that oVirt hosts have always used: hfsc 1389:
 * at the root, class 1388 for everything untagged or not shaped, for a VLAN the class and preference of its id (VDSM,
 * lib/vdsm/network/configurators/qos.py).
 */
import * as z from 'zod/mini';

/** A curve begins with another rate, for so long after every pause. Bit/s; microseconds, of which three digits count. */
export const Burst = z.object({ rate: z.int().check(z.minimum(1)), microseconds: z.int().check(z.minimum(1)) });
/** Which curves begin with one. */
export const Bursts = z.object({
  linkshare: z.optional(Burst),
  upperlimit: z.optional(Burst),
  realtime: z.optional(Burst),
});
export type Burst = z.infer<typeof Burst>;
export type Bursts = z.infer<typeof Bursts>;

/** Handle of the root, and minor of the default class and preference of its filter. */
export const SHAPING_ROOT = 0x1389;
export const DEFAULT_CLASS = 0x1388;
/** VLAN 0 is a priority tag; 0 is no class and no preference, and 4095 is no VLAN. */
const VLAN_0 = 4095;

/** Bit/s in the kernel for each unit of a share: only the proportion counts, but rounding must not show. */
export const LINKSHARE_UNIT = 8;

/** Class, and preference of the filter, of an untagged network (null) or a VLAN. */
export function minorOf(vlan: number | null): number {
  return vlan === null ? DEFAULT_CLASS : vlan === 0 ? VLAN_0 : vlan;
}
