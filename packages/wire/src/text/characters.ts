/**
 * Characters XML 1.0 cannot carry, not even escaped: most controls, halves of a surrogate pair, and two non-characters.
 * No value holds them, in JSON neither, so that every stored value can be sent in both formats.
 */
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const allIllegal = new RegExp(illegal, 'gu');

/** What is surely legal, told faster: no character outside the basic plane. */
const suspicious = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/;

export const isLegal = (text: string): boolean => !suspicious.test(text) || !illegal.test(text);

/** Puts the replacement character in the place of what XML cannot carry. */
export const legalised = (text: string): string => text.replace(allIllegal, '\ufffd');

/** Blank, tab and the two line ends: white space for XML and for JSON alike. */
const isWhite = (code: number): boolean => code === 32 || code === 10 || code === 9 || code === 13;

/** Without the white space around it. A no-break space is text like any other. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhite(text.charCodeAt(start))) start++;
  while (end > start && isWhite(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

export function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isWhite(text.charCodeAt(i))) return false;
  return true;
}
