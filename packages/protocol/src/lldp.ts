/** What the neighbours of a host's nics tell by LLDP. Asked for when somebody looks, and never part of the report. */
import * as z from 'zod/mini';

/** One TLV of a frame. */
export const LldpElement = z.object({
  name: z.string(),
  /** Of the TLV; 127 for those of an organisation. */
  type: z.int(),
  /** Of an organisation's own TLV: who defines it, as a number of 24 bits, and which of its TLVs it is. */
  oui: z.optional(z.int()),
  subtype: z.optional(z.int()),
  /** What it says, by the names that clients of oVirt know. */
  properties: z.record(z.string(), z.string()),
});

/** Elements by nic, in the order of their types; a nic that hears nobody is not listed. */
export const LldpNeighbours = z.object({ nics: z.record(z.string(), z.array(LldpElement)) });

export type LldpElement = z.infer<typeof LldpElement>;
export type LldpNeighbours = z.infer<typeof LldpNeighbours>;
