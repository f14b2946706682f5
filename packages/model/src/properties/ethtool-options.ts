/** Settings that `ethtool_opts` may change (host.md §2.9): offloads, coalescing, rings, pause, channels, link. */
const commands: ReadonlySet<string> = new Set([
  ...['-K', '--offload', '--features'],
  ...['-C', '--coalesce'],
  ...['-G', '--set-ring'],
  ...['-A', '--pause'],
  ...['-L', '--set-channels'],
  ...['-s', '--change'],
]);

/** What is wrong with an `ethtool_opts` text (`-K * gro off -G eth0 rx 512`), in words; null when nothing is. */
export function ethtoolOptionsProblem(text: string): string | null {
  const words = text.split(/\s+/).filter(Boolean);
  if (words.length === 0) return 'must name at least one setting';
  if (!words[0]?.startsWith('-')) return 'must start with a setting such as "-K"';
  for (const [index, word] of words.entries()) {
    if (!/^[A-Za-z0-9_.:*-]+$/.test(word)) return `contains "${word}", which is not an ethtool word`;
    if (!word.startsWith('-')) continue;
    if (!commands.has(word)) return `uses "${word}", which may not be set this way`;
    const device = words[index + 1];
    if (device === undefined || device.startsWith('-')) return `names no device after "${word}"; give a nic or "*"`;
  }
  return null;
}
