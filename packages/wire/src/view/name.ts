/** What stands around a value in a document, with the line end and the blanks before it. */
export interface Pieces {
  /** `<name>` */
  readonly open: string;
  /** `<name`, for attributes to follow */
  readonly start: string;
  /** `</name>` behind elements, on a line of its own */
  readonly end: string;
  /** `"name": ` */
  readonly key: string;
}

/** A string in one piece; a concatenation would be put together anew in each document. */
const flat = (...parts: string[]): string => parts.join('');

/**
 * A name on the wire, with everything fixed that is ever written around it. Made once for each depth it occurs at, so
 * that encoding from tables costs no more than concatenation by hand.
 */
export class Name {
  readonly text: string;
  /** `</name>` behind a text */
  readonly close: string;
  /** ` name="` */
  readonly attribute: string;
  /** `" name="` behind the value of another attribute */
  readonly nextAttribute: string;
  private readonly byDepth: Pieces[] = [];

  constructor(text: string) {
    this.text = text;
    this.close = flat('</', text, '>');
    this.attribute = flat(' ', text, '="');
    this.nextAttribute = flat('" ', text, '="');
  }

  at(depth: number): Pieces {
    const made = this.byDepth[depth];
    if (made !== undefined) return made;
    const line = `\n${'  '.repeat(depth)}`;
    const pieces = {
      open: flat(line, '<', this.text, '>'),
      start: flat(line, '<', this.text),
      end: flat(line, '</', this.text, '>'),
      key: flat(line, '"', this.text, '": '),
    };
    this.byDepth[depth] = pieces;
    return pieces;
  }
}

/** A line end and the blanks of a depth. */
export const indent = (depth: number): string => {
  const made = indents[depth];
  if (made !== undefined) return made;
  const line = `\n${'  '.repeat(depth)}`;
  indents[depth] = line;
  return line;
};
const indents: string[] = [];
