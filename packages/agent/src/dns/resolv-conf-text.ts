/** The text of a `resolv.conf` (resolv.conf(5)). */

/** Name servers, in order, without repetition. */
export function parseNameservers(text: string): string[] {
  const found = [...text.matchAll(/^[ \t]*nameserver[ \t]+([0-9A-Fa-f:.]+(?:%[\w.-]+)?)/gm)];
  return [...new Set(found.flatMap(([, server]) => server ?? []))];
}

/** The same text with other servers. They come where the first one stood; order is meaning. */
export function withNameservers(text: string, nameservers: readonly string[]): string {
  const isServer = (line: string): boolean => /^\s*nameserver\b/.test(line);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const first = lines.findIndex(isServer);
  const others = lines.filter((line) => !isServer(line));
  const at = first === -1 ? others.length : lines.slice(0, first).length;
  const result = [...others.slice(0, at), ...nameservers.map((server) => `nameserver ${server}`), ...others.slice(at)];
  return result.length === 0 ? '' : `${result.join('\n')}\n`;
}
