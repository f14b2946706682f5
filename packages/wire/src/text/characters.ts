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

/** Without the blanks, tabs and line ends around it. Other white space, such as a no-break space, is kept. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

export function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 32) return false;
  return true;
}
