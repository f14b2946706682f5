/** What a host counts. Asked for when somebody looks, and never part of the report: counters change all the time. */
import * as z from 'zod/mini';

export const LinkStatistics = z.object({
  /** Bytes since the device exists. */
  rxBytes: z.number(),
  txBytes: z.number(),
  /** Packets lost, by error or because nobody took them. */
  rxErrors: z.number(),
  txErrors: z.number(),
  /** Bytes per second over the last seconds; null while there is nothing to compare with. */
  rxRate: z.nullable(z.number()),
  txRate: z.nullable(z.number()),
});

export const HugePages = z.object({
  /** Kibibytes of one page. */
  size: z.int(),
  free: z.int(),
  total: z.int(),
});

export const HostStatistics = z.object({
  links: z.record(z.string(), LinkStatistics),
  /** Bytes; null when the kernel does not tell. */
  memory: z.nullable(
    z.object({
      total: z.number(),
      free: z.number(),
      shared: z.number(),
      swapTotal: z.number(),
      swapFree: z.number(),
    }),
  ),
  /** Shares of all processors' time, 0 to 100; null while there is nothing to compare with. */
  cpu: z.nullable(z.object({ user: z.number(), system: z.number(), idle: z.number() })),
  /** Average of five minutes. */
  load: z.nullable(z.number()),
  /** Seconds since 1970. */
  bootTime: z.nullable(z.number()),
  hugePages: z.array(HugePages),
});

export type LinkStatistics = z.infer<typeof LinkStatistics>;
export type HostStatistics = z.infer<typeof HostStatistics>;
