/**
 * What a client needs of this package: JSON, without XML and without the spellings of old. Small enough for a browser.
 * Answers are read leniently, because the engine may be newer: members that no table has are passed over, and a word that no
 * table has is given as it came. Requests are checked before they are written.
 */
import { caught } from './bytes.ts';
import type { Decoded } from './fault.ts';
import { mistakeIn } from './json/check.ts';
import { readCollection as collectionOf, readObject } from './json/decode.ts';
import { encodeJson } from './json/encode.ts';
import { type ApiObject, type TypeName, types } from './types/index.ts';
import { compileReading, type ReadType } from './view/read-type.ts';
import { canonical, compileWriting, type WriteType } from './view/write-type.ts';

export type { Decoded } from './fault.ts';
export { isOperation, segmentOf } from './services/addresses.ts';
export type { Operation } from './services/operation.ts';
export { type ParameterName, type ParameterValue, parameters } from './services/parameters.ts';
export { type Service, type Services, services } from './services/services.ts';
export type { ApiObject, LinkName, TypeName } from './types/index.ts';

const answers = compileReading(types, {
  otherSide: 'request',
  spellings: { aliases: {}, tags: {}, settle: {} },
  lenient: true,
});
const requests = compileWriting(types, 'answer', canonical);

function found<V extends ReadType | WriteType>(views: ReadonlyMap<string, V>, name: TypeName): V {
  const view = views.get(name);
  if (view === undefined) throw new Error(`no table describes ${name}`);
  return view;
}

/** Reads what the JSON text of an answer stands for. */
export const readAnswer = <T extends TypeName>(type: T, value: unknown): Decoded<ApiObject<T>> =>
  caught(() => readObject(value, found(answers, type)) as ApiObject<T>);

/** The same for a collection of that type. */
export const readCollection = <T extends TypeName>(type: T, value: unknown): Decoded<ApiObject<T>[]> =>
  caught(() => collectionOf(value, found(answers, type)) as ApiObject<T>[]);

/**
 * Writes a request. Members that are `undefined`, and members that only answers have, are left out.
 * @throws TypeError when the value is none of that type: a member unknown, null, or of another kind
 */
export function writeRequest<T extends TypeName>(type: T, value: ApiObject<T>): string {
  const mistake = mistakeIn(value, type, types);
  if (mistake !== null) throw new TypeError(mistake);
  return encodeJson({ ...value }, found(requests, type));
}
