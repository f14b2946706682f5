/**
 * The words in which an API type is described. A field is data; the TypeScript type, both codecs, the dialects and the
 * documentation are read from it.
 */

/** Who may say a field: `answer` fields are ignored in requests, `request` fields never appear in answers. */
export type Direction = 'both' | 'answer' | 'request';

/**
 * Kinds of text. `string` is trimmed on input, `secret` is not (a password may end in a blank) and is never sent back.
 * `int` has 32 bits, `long` the 53 bits a JavaScript number holds exactly; `date` is milliseconds since 1970 in UTC.
 */
export type ScalarKind = 'string' | 'secret' | 'boolean' | 'int' | 'long' | 'decimal' | 'date';

interface Said {
  /** One sentence for the reader of the API documentation. */
  readonly doc: string;
  readonly direction: Direction;
}

/** One text value. In XML a child element, or an attribute of the element that holds it. */
export interface ScalarField<K extends ScalarKind = ScalarKind> extends Said {
  readonly kind: K;
  readonly attribute: boolean;
}

/** One word out of a closed list; lower case on the wire, any case accepted. */
export interface EnumField<V extends string = string> extends Said {
  readonly kind: 'enum';
  readonly values: readonly V[];
  readonly attribute: boolean;
}

/** A nested structure. Present and empty is `{}`, which is not the same as absent. */
export interface StructField<T extends string = string> extends Said {
  readonly kind: 'struct';
  readonly type: T;
}

/** One other entity, normally sent as its `id` and `href` alone. */
export interface LinkField<T extends string = string> extends Said {
  readonly kind: 'link';
  readonly type: T;
}

/** A wrapper element holding structures. Present and empty is `[]`. */
export interface ListField<T extends string = string> extends Said {
  readonly kind: 'list';
  readonly type: T;
  readonly item: string;
}

/** A wrapper element holding plain values. */
export interface ValuesField<F extends ScalarField | EnumField = ScalarField | EnumField> extends Said {
  readonly kind: 'values';
  readonly item: string;
  readonly of: F;
}

/** Structures repeated directly in the parent, without a wrapper; none of them is the same as absent. */
export interface FlatField<T extends string = string> extends Said {
  readonly kind: 'flat';
  readonly type: T;
}

/** A sub-collection: shown as `<link rel>`, and as a list when the client asked to follow it. */
export interface CollectionField<T extends string = string> extends Said {
  readonly kind: 'collection';
  readonly type: T;
  readonly item: string;
  readonly rel: string | undefined;
}

export type Field =
  | ScalarField
  | EnumField
  | StructField
  | LinkField
  | ListField
  | ValuesField
  | FlatField
  | CollectionField;

/** What one API type is. The key under which it is filed is its element name. */
export interface Table {
  readonly plural: string;
  readonly doc: string;
  /** In the order of output: common block, own members by name, links by name. */
  readonly fields: Readonly<Record<string, Field>>;
  /** Members of the oVirt type that Patchbay does not implement: accepted and ignored. */
  readonly ignored?: readonly string[];
}

const scalar =
  <K extends ScalarKind>(kind: K) =>
  (doc: string): ScalarField<K> => ({ kind, doc, direction: 'both', attribute: false });

export const string = scalar('string');
export const boolean = scalar('boolean');
export const int = scalar('int');
export const long = scalar('long');
export const decimal = scalar('decimal');
export const date = scalar('date');
export const secret = (doc: string): ScalarField<'secret'> => ({
  kind: 'secret',
  doc,
  direction: 'request',
  attribute: false,
});

export const oneOf = <const V extends string>(values: readonly V[], doc: string): EnumField<V> => ({
  kind: 'enum',
  values,
  doc,
  direction: 'both',
  attribute: false,
});

export const struct = <const T extends string>(type: T, doc: string): StructField<T> => ({
  kind: 'struct',
  type,
  doc,
  direction: 'both',
});

export const link = <const T extends string>(type: T, doc: string): LinkField<T> => ({
  kind: 'link',
  type,
  doc,
  direction: 'both',
});

/** The items carry the name of their type. */
export const list = <const T extends string>(type: T, doc: string): ListField<T> => ({
  kind: 'list',
  type,
  item: type,
  doc,
  direction: 'both',
});

export const values = <const F extends ScalarField | EnumField>(item: string, of: F): ValuesField<F> => ({
  kind: 'values',
  item,
  of,
  doc: of.doc,
  direction: 'both',
});

export const flat = <const T extends string>(type: T, doc: string): FlatField<T> => ({
  kind: 'flat',
  type,
  doc,
  direction: 'answer',
});

/** @param rel only where it is not the member's name without underscores */
export const collection = <const T extends string>(type: T, doc: string, rel?: string): CollectionField<T> => ({
  kind: 'collection',
  type,
  item: type,
  rel,
  doc,
  direction: 'answer',
});

/** The server says it; a client that sends it back is not misunderstood. */
export const answer = <F extends Field>(field: F): F => ({ ...field, direction: 'answer' });

/** The client says it; it never comes back. */
export const request = <F extends Field>(field: F): F => ({ ...field, direction: 'request' });

export const attribute = <F extends ScalarField | EnumField>(field: F): F => ({ ...field, attribute: true });
