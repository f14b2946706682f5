/** What a body may be at most. The largest honest request, 500 networks on one host, stays below a third of each. */
export const limits = {
  /** Bytes of a body. */
  bytes: 1024 * 1024,
  /** Elements inside each other; objects and arrays inside each other. */
  depth: 64,
  /** Elements of a document; members and items of a JSON text. */
  elements: 100_000,
  /** Attributes of one element. */
  attributes: 64,
  /** Characters of a name. */
  name: 256,
  /** Characters of one value. */
  text: 64 * 1024,
} as const;
