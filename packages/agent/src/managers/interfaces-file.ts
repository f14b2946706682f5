/**
 * `/etc/network/interfaces` (interfaces(5)) as text: which devices come up by themselves, and how that is switched off and on again.
 * Pure. A line that has to change stays in the file as a comment, so that what was written can be read there, and comes back
 * letter by letter.
 */

/** Lines that begin so bring devices up: at boot, or when a device appears. */
const BRINGS_UP = /^\s*(auto|allow-[a-z-]+)\s+(.*)$/;
/** What begins a stanza, and so ends the one before. */
const STANZA =
  /^\s*(iface|mapping|auto|allow-[a-z-]+|no-auto-down|no-scripts|source|source-directory|rename|template)\b/;
/** Why a line was changed: its devices are claimed, or another file describes them since they were handed back. */
const CLAIMED = '# patchbay: claimed, the lines that begin with #| were:';
const HANDED_BACK = '# patchbay: handed back and described elsewhere, the lines that begin with #| were:';
const END = '# patchbay: end';
const WAS = '#|';

/** A line with what continues it: one that ends with a backslash goes on in the next. */
function logicalLines(text: string): string[][] {
  const lines: string[][] = [];
  let goesOn = false;
  for (const line of text.split('\n')) {
    const last = lines.at(-1);
    if (goesOn && last !== undefined) last.push(line);
    else lines.push([line]);
    goesOn = line.endsWith('\\') && !line.trimStart().startsWith('#');
  }
  return lines;
}

const joined = (line: readonly string[]): string =>
  line.map((part, at) => (at < line.length - 1 ? part.slice(0, -1) : part)).join(' ');

/** Devices that come up by themselves. A name may be a pattern of ifupdown's, which is none of a device. */
export function broughtUp(text: string): string[] {
  const found = logicalLines(text).flatMap((line) => namesOf(BRINGS_UP.exec(joined(line))?.[2] ?? ''));
  return [...new Set(found)];
}

/** Files that a file has read as well: paths and patterns, as they are written. */
export function sources(text: string): { pattern: string; folder: boolean }[] {
  return logicalLines(text).flatMap((line) => {
    const [, word, pattern] = /^\s*(source|source-directory)\s+(\S+)\s*$/.exec(joined(line)) ?? [];
    return pattern === undefined ? [] : [{ pattern, folder: word === 'source-directory' }];
  });
}

/** Devices that an earlier {@link withoutDevices} has switched off. */
export function switchedOff(text: string): string[] {
  const was = broughtUp(restored(text));
  const now = new Set(broughtUp(text));
  return was.filter((name) => !now.has(name));
}

/**
 * The file with these devices switched off, whatever of them was before.
 * @param devices none restores the file
 */
export function withoutDevices(text: string, devices: readonly string[]): string {
  return changed(CLAIMED, restored(text), (line) => {
    const [, word, rest = ''] = BRINGS_UP.exec(joined(line)) ?? [];
    const names = namesOf(rest);
    const left = names.filter((name) => !devices.includes(name));
    if (word === undefined || left.length === names.length) return null;
    return left.length === 0 ? [] : [`${word} ${left.join(' ')}`];
  });
}

/** The file with no claims in it, and without the stanzas of these devices: another file describes them from now on. */
export function withoutStanzas(text: string, devices: readonly string[]): string {
  let within = false;
  return changed(HANDED_BACK, reinstated(restored(text)), (line) => {
    const whole = joined(line);
    if (STANZA.test(whole)) within = devices.includes(/^\s*iface\s+(\S+)/.exec(whole)?.[1] ?? '');
    const isComment = whole.trim() === '' || whole.trimStart().startsWith('#');
    if (within && !isComment) return [];
    const [, word, rest = ''] = BRINGS_UP.exec(whole) ?? [];
    const left = namesOf(rest).filter((name) => !devices.includes(name));
    if (word === undefined || left.length === namesOf(rest).length) return null;
    return left.length === 0 ? [] : [`${word} ${left.join(' ')}`];
  });
}

/** The file as it was before devices in it were claimed. */
export function restored(text: string): string {
  return asBefore(CLAIMED, text);
}

/** The file as it was before devices in it were handed back. */
export function reinstated(text: string): string {
  return asBefore(HANDED_BACK, text);
}

function asBefore(begin: string, text: string): string {
  const lines: string[] = [];
  let within = false;
  for (const line of text.split('\n')) {
    if (line === begin) within = true;
    else if (within && line === END) within = false;
    else if (!within) lines.push(line);
    else if (line.startsWith(WAS)) lines.push(line.slice(WAS.length));
  }
  return lines.join('\n');
}

/** @param change what stands in a line's place; null leaves it */
function changed(begin: string, text: string, change: (line: readonly string[]) => string[] | null): string {
  const lines = logicalLines(text).flatMap((line) => {
    const now = change(line);
    return now === null ? line : [begin, ...line.map((part) => `${WAS}${part}`), ...now, END];
  });
  return lines.join('\n');
}

function namesOf(words: string): string[] {
  return words.split(/\s+/).filter((word) => word !== '');
}
