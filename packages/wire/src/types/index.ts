import { actionTypes } from './action.ts';
import { apiTypes } from './api.ts';
import { clusterTypes } from './cluster.ts';
import { commonTypes } from './common.ts';
import { dataCenterTypes } from './data-center.ts';
import { eventTypes } from './event.ts';
import type { EnumField, Field, ScalarField, ScalarKind, Table, ValuesField } from './field.ts';
import { foreignTypes } from './foreign.ts';
import { hardwareTypes } from './hardware.ts';
import { hostTypes } from './host.ts';
import { hostNicTypes } from './host-nic.ts';
import { jobTypes } from './job.ts';
import { macPoolTypes } from './mac-pool.ts';
import { networkTypes } from './network.ts';
import { networkAttachmentTypes } from './network-attachment.ts';
import { previewTypes } from './preview.ts';
import { qosTypes } from './qos.ts';
import { revisionTypes } from './revision.ts';
import { statisticTypes } from './statistic.ts';
import { userTypes } from './user.ts';
import { vnicProfileTypes } from './vnic-profile.ts';

/** Every type of the API by its element name. */
export const types = {
  ...commonTypes,
  ...apiTypes,
  ...dataCenterTypes,
  ...clusterTypes,
  ...networkTypes,
  ...qosTypes,
  ...vnicProfileTypes,
  ...macPoolTypes,
  ...hostTypes,
  ...hardwareTypes,
  ...hostNicTypes,
  ...networkAttachmentTypes,
  ...statisticTypes,
  ...eventTypes,
  ...jobTypes,
  ...actionTypes,
  ...previewTypes,
  ...revisionTypes,
  ...userTypes,
  ...foreignTypes,
};

type Types = typeof types;

/** Element name of an API type, which is also its key. */
export type TypeName = keyof Types;

interface ScalarValue {
  string: string;
  secret: string;
  boolean: boolean;
  int: number;
  long: number;
  decimal: number;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  date: number;
}

type PlainValue<F> =
  F extends EnumField<infer V> ? V : F extends ScalarField<infer K> ? ScalarValue[K & ScalarKind] : never;

type FieldValue<F> = F extends { kind: 'struct' | 'link'; type: infer T extends TypeName }
  ? ApiObject<T>
  : F extends { kind: 'list' | 'flat' | 'collection'; type: infer T extends TypeName }
    ? ApiObject<T>[]
    : F extends ValuesField<infer P>
      ? PlainValue<P>[]
      : PlainValue<F>;

/**
 * An object of the API, keys as on the wire. Three things differ: a member that is absent (`undefined`), one that is
 * present and empty (`{}`, `[]` or `''`), and one with a value. There is no `null`.
 */
export type ApiObject<T extends TypeName> = {
  -readonly [K in keyof Types[T]['fields']]?: FieldValue<Types[T]['fields'][K]> | undefined;
};

/** The members of a type that `follow` can open. */
export type LinkName<T extends TypeName> = {
  [K in keyof Types[T]['fields'] & string]: Types[T]['fields'][K] extends { kind: 'link' | 'collection' } ? K : never;
}[keyof Types[T]['fields'] & string];

/** The description of a type; what `follow`, the links and the OpenAPI document are made from. */
export function typeTable(type: TypeName): Table {
  return types[type];
}

/** A member that leads to another entity (`entity`) or to a sub-collection (`collection`). */
export interface Rel {
  readonly member: string;
  readonly rel: string;
  readonly to: 'entity' | 'collection';
  readonly type: TypeName;
}

/** The members of a type that `follow` can open, in the order of output. */
export function rels(type: TypeName): readonly Rel[] {
  return Object.entries<Field>(types[type].fields).flatMap(([member, field]) => {
    if (field.kind !== 'link' && field.kind !== 'collection') return [];
    const own = field.kind === 'collection' ? field.rel : undefined;
    const to = field.kind === 'link' ? 'entity' : 'collection';
    return [{ member, rel: own ?? member.replaceAll('_', ''), to, type: field.type as TypeName }];
  });
}
