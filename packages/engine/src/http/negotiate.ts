/** Which of the two media types an answer has, and which a body is in (wire 1.2). */
import Negotiator from 'negotiator';

export type Media = 'xml' | 'json';

const types = ['application/xml', 'application/json'];

const detailParameter = /;\s*detail\s*=\s*"?([^",;]*)"?/gi;

/** What is wanted inside each entity: by the parameter of the media type, or by the query; several joined by `+`. */
export function detailOf(accept: string | undefined, query: string | null): string[] {
  const asked = [...(accept ?? '').matchAll(detailParameter)].map((match) => match[1] ?? '');
  return [...asked, query ?? ''].flatMap((text) => text.toLowerCase().split(/[+,\s]+/)).filter((name) => name !== '');
}

/** @param override the `accept` query parameter @returns null when neither type is acceptable */
export function answerMedia(accept: string | undefined, override: string | null): Media | null {
  // `application/xml; detail=statistics` is the type with a wish, not another type.
  const header = (override ?? accept)?.replace(detailParameter, '');
  const chosen = new Negotiator({ headers: header === undefined ? {} : { accept: header } }).mediaType(types);
  if (chosen === undefined) return null;
  return chosen === 'application/json' ? 'json' : 'xml';
}

/** @returns null for any other type; a body without a type is XML, as SDKs of old send it */
export function bodyMedia(contentType: string | undefined): Media | null {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return 'json';
  return type === 'application/xml' || type === 'text/xml' || type === '' ? 'xml' : null;
}

export function contentType(media: Media): string {
  return media === 'xml' ? 'application/xml;charset=UTF-8' : 'application/json;charset=UTF-8';
}
