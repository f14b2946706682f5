/** Name servers of a `resolv.conf` (resolv.conf(5)), in order, without repetition. */
export function parseNameservers(text: string): string[] {
  const found = [...text.matchAll(/^[ \t]*nameserver[ \t]+([0-9A-Fa-f:.]+(?:%[\w.-]+)?)/gm)];
  return [...new Set(found.flatMap(([, server]) => server ?? []))];
}
