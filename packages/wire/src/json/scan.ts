import { placeOf, Refused } from '../bytes.ts';
import { reasons } from '../fault.ts';
import { limits } from '../limits.ts';

const quote = 0x22;
const backslash = 0x5c;

function refuse(text: string, offset: number, problem: string): never {
  const place = placeOf(text, offset);
  const detail = `line ${place.line}, column ${place.column}: ${problem}`;
  throw new Refused({ status: 400, reason: reasons.syntax, detail, ...place, element: '' });
}

/** Counts depth and size before anything is built. Throws `Refused`. */
function measure(text: string): void {
  let depth = 0;
  let elements = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case quote:
        for (i++; i < text.length && text.charCodeAt(i) !== quote; i++) if (text.charCodeAt(i) === backslash) i++;
        break;
      case 0x5b: // [
      case 0x7b: // {
        elements++;
        if (++depth > limits.depth) refuse(text, i, `objects and arrays may be nested ${limits.depth} deep at most`);
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x2c: // ,
        if (++elements > limits.elements) refuse(text, i, `a body may have ${limits.elements} members at most`);
    }
  }
}

/** The value a JSON text stands for, within the limits. Throws `Refused`, with the place where the parser tells one. */
export function scanJson(text: string): unknown {
  measure(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const offset = / at position (\d+)/.exec(message)?.[1];
    return refuse(text, offset === undefined ? text.length : Number(offset), 'the body is not well-formed JSON');
  }
}
