/** `*` stands for any text. Piece by piece, because a regular expression made of a client's text can take for ever. */
export function matchesPattern(text: string, pattern: string, caseSensitive: boolean): boolean {
  const [value, wanted] = caseSensitive ? [text, pattern] : [text.toLowerCase(), pattern.toLowerCase()];
  const pieces = wanted.split('*');
  const [first = ''] = pieces;
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return value === wanted;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= value.length - last.length;
}
