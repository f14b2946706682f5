import type { TypeName } from '../types/index.ts';

/** A body, given as text or as the bytes themselves, and what the resource expects instead. */
export type Row = readonly [name: string, type: TypeName, body: string | Uint8Array];

export const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const utf16 = (text: string, first: number): Uint8Array =>
  Uint8Array.from(
    `\ufeff${text}`.split('').flatMap((c) => {
      const units = [c.charCodeAt(0) >> 8, c.charCodeAt(0) & 255];
      return first === 0 ? units : units.reverse();
    }),
  );
