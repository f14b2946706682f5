import type { Decoded } from './fault.ts';
import type { ApiObject, TypeName } from './types/index.ts';

export type MediaType = 'xml' | 'json';

export interface EncodeOptions {
  /** 3 writes answers as oVirt 3.6 did; 4 when absent. */
  readonly version?: 3 | 4;
}

/** Reads the body of a request. Every spelling (4.x, the older seed spelling, 3.6) gives the same object. */
export function decode<T extends TypeName>(media: MediaType, bytes: Uint8Array, type: T): Decoded<ApiObject<T>> {
  throw new Error(`decoding ${type} from ${bytes.length} bytes of ${media} is not written yet`);
}

/** Writes an answer. */
export function encode<T extends TypeName>(
  media: MediaType,
  type: T,
  _value: ApiObject<T>,
  _options: EncodeOptions = {},
): string {
  throw new Error(`encoding ${type} to ${media} is not written yet`);
}

/** Writes a collection: the plural tag around the items in XML, the singular key in JSON, `{}` when empty. */
export function encodeCollection<T extends TypeName>(
  media: MediaType,
  type: T,
  _items: readonly ApiObject<T>[],
  _options: EncodeOptions = {},
): string {
  throw new Error(`encoding ${type} to ${media} is not written yet`);
}

/** Writes the answer to a refused request. */
export function encodeFault(media: MediaType, fault: { readonly reason: string; readonly detail?: string }): string {
  throw new Error(`encoding ${fault.reason} to ${media} is not written yet`);
}
