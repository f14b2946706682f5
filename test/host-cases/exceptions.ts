/** What the machine lacks that the case is about, by its id. Every other case has a test, or waits for one. */
export const cannotBe: ReadonlyMap<string, string> = new Map([]);
