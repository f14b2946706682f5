/**
 * What the agent and its dialler say to each other over the socket between them. Frames are passed on unread: the agent alone
 * takes them apart, and accepts the methods of the protocol and nothing else.
 */
import * as z from 'zod/mini';

const Identity = z.object({
  hostId: z.string(),
  name: z.string(),
  key: z.string(),
  certificate: z.string(),
  ca: z.string(),
  engines: z.array(z.string()),
});
const Credentials = z.object({ key: z.string(), certificate: z.string(), ca: z.string() });

/** From the agent. */
export const Order = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('open'),
    channel: z.int(),
    url: z.string(),
    timeout: z.number(),
    from: z.optional(z.string()),
    credentials: Credentials,
  }),
  z.object({ kind: z.literal('give up'), channel: z.int() }),
  z.object({ kind: z.literal('frame'), channel: z.int(), text: z.string() }),
  z.object({ kind: z.literal('close'), channel: z.int() }),
  z.object({
    kind: z.literal('enrol'),
    join: z.object({ url: z.string(), token: z.string(), name: z.string() }),
    machineId: z.string(),
  }),
]);
export type Order = z.infer<typeof Order>;

/** From the dialler. */
export const News = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), channel: z.int(), ends: z.object({ local: z.string(), remote: z.string() }) }),
  z.object({ kind: z.literal('failed'), channel: z.int(), reason: z.string() }),
  z.object({ kind: z.literal('frame'), channel: z.int(), text: z.string() }),
  z.object({ kind: z.literal('closed'), channel: z.int() }),
  z.object({ kind: z.literal('enrolled'), identity: Identity }),
  /** @see EnrolRefused */
  z.object({ kind: z.literal('not enrolled'), refused: z.boolean(), reason: z.string() }),
]);
export type News = z.infer<typeof News>;
