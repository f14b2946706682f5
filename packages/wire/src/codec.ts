import { caught, decodeUtf8, Refused } from './bytes.ts';
import { type Decoded, reasons } from './fault.ts';
import { decodeJson } from './json/decode.ts';
import { encodeJson, encodeJsonCollection } from './json/encode.ts';
import { isBlank } from './text/characters.ts';
import type { ApiObject, TypeName } from './types/index.ts';
import { readType, type Side } from './view/read.ts';
import type { ReadType } from './view/read-type.ts';
import { writeType } from './view/write.ts';
import type { WriteType } from './view/write-type.ts';
import { decodeXml } from './xml/decode.ts';
import { encodeXml, encodeXmlCollection } from './xml/encode.ts';

export type MediaType = 'xml' | 'json';

export interface Options {
  /** 3 writes answers as oVirt 3.6 did; 4 when absent. Requests are read alike: each element shows its own spelling. */
  readonly version?: 3 | 4;
}

/** An action without a body asks for nothing in particular; everything else without a body is a mistake. */
function empty(type: ReadType): unknown {
  if (type.name === 'action') return {};
  const detail = `a ${type.name} was expected, the body is empty`;
  throw new Refused({ status: 400, reason: reasons.syntax, detail, element: '' });
}

function read<T extends TypeName>(side: Side, media: MediaType, bytes: Uint8Array, name: T): Decoded<ApiObject<T>> {
  const text = decodeUtf8(bytes);
  if (!text.ok) return text;
  const type = readType(side, name);
  return caught(() => {
    if (isBlank(text.value)) return empty(type) as ApiObject<T>;
    return (media === 'xml' ? decodeXml(text.value, type) : decodeJson(text.value, type)) as ApiObject<T>;
  });
}

/**
 * Reads the body of a request. Every spelling (4.x, the older seed spelling, 3.6) gives the same object; members that
 * only answers have are left out. A body of another type is refused by naming the expected root.
 */
export const decode = <T extends TypeName>(
  media: MediaType,
  bytes: Uint8Array,
  type: T,
  _options: Options = {},
): Decoded<ApiObject<T>> => read('request', media, bytes, type);

/** Reads an answer, as a client: with the members that only answers have. */
export const decodeAnswer = <T extends TypeName>(media: MediaType, bytes: Uint8Array, type: T): Decoded<ApiObject<T>> =>
  read('answer', media, bytes, type);

const write = (media: MediaType, type: WriteType, value: object): string =>
  media === 'xml' ? encodeXml({ ...value }, type) : encodeJson({ ...value }, type);

const answerView = ({ version }: Options): 'answer' | 'answer3' => (version === 3 ? 'answer3' : 'answer');

/** Writes an answer; secrets and members that only requests have are left out. */
export const encode = <T extends TypeName>(
  media: MediaType,
  type: T,
  value: ApiObject<T>,
  options: Options = {},
): string => write(media, writeType(answerView(options), type), value);

/** Writes a request, as a client. */
export const encodeRequest = <T extends TypeName>(media: MediaType, type: T, value: ApiObject<T>): string =>
  write(media, writeType('request', type), value);

/** Writes a collection: the plural tag around the items in XML, the singular key in JSON, `{}` when empty. */
export function encodeCollection<T extends TypeName>(
  media: MediaType,
  type: T,
  items: readonly ApiObject<T>[],
  options: Options = {},
): string {
  const written = writeType(answerView(options), type);
  return media === 'xml' ? encodeXmlCollection(items, written) : encodeJsonCollection(items, written);
}

/**
 * Writes the answer to a refused request. In JSON the fault stands at the top and again under `fault`, because clients
 * differ in where they look.
 */
export function encodeFault(media: MediaType, fault: { readonly reason: string; readonly detail?: string }): string {
  const { reason, detail } = fault;
  if (media === 'xml') return encode('xml', 'fault', { reason, detail });
  return JSON.stringify({ reason, detail, fault: { reason, detail } }, null, 2);
}
