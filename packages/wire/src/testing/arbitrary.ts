import type fastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { encodeRequest } from '../codec.ts';
import type { HostileBody } from '../hostile-bodies.ts';
import { hostileBodies } from '../hostile-bodies.ts';
import { legalised, trimmed } from '../text/characters.ts';
import type { EnumField, Field, ScalarField, Table } from '../types/field.ts';
import { type ApiObject, type TypeName, types } from '../types/index.ts';
import type { Side } from '../view/read.ts';

/** fast-check, handed in by the test: it is a development dependency, and this module is not a test. */
type FastCheck = typeof fastCheck;

const tables: Readonly<Record<string, Table>> = types;

function plain(fc: FastCheck, field: ScalarField | EnumField): Arbitrary<unknown> {
  const text = fc
    .oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('<&>"\'', 'a\tb\r\nc', ']]>', '__proto__', ''))
    .map(legalised);
  switch (field.kind) {
    case 'enum':
      return fc.constantFrom(...field.values);
    case 'string':
      return text.map(trimmed);
    case 'secret':
      // A line end becomes a line feed while XML is read, and a blank text between tags is still a text.
      return text;
    case 'boolean':
      return fc.boolean();
    case 'int':
      return fc.integer();
    case 'long':
      return fc.maxSafeInteger();
    case 'decimal':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    case 'date':
      return fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 11, 31) });
  }
}

/**
 * Objects of a type, any member present or absent, as one side may send them.
 * @param levels how many structures may stand inside each other
 */
export function apiObject<T extends TypeName>(fc: FastCheck, side: Side, type: T, levels = 3): Arbitrary<ApiObject<T>> {
  const fields = Object.entries<Field>(tables[type]?.fields ?? {}).filter(([, { direction }]) =>
    side === 'request' ? direction !== 'answer' : direction !== 'request',
  );
  const member = (name: string, field: Field): Arbitrary<unknown> => {
    // `false` is read as absence.
    if (name === 'override_configuration') return fc.constant(true);
    if (field.kind === 'values') return fc.array(plain(fc, field.of), { maxLength: 3 });
    if (!('type' in field)) return plain(fc, field);
    const inner = apiObject(fc, side, field.type as TypeName, levels - 1);
    if (field.kind === 'struct' || field.kind === 'link') return inner;
    // Nothing repeated without a wrapper is the same as absence in XML.
    return fc.array(inner, { minLength: field.kind === 'flat' ? 1 : 0, maxLength: 2 });
  };
  const possible = levels === 0 ? fields.filter(([, field]) => !('type' in field)) : fields;
  // Few members at a time, else objects with dozens of structured members grow beyond all bodies.
  const some = fc.subarray(possible, { maxLength: Math.min(6, possible.length) }).chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map(([name, field]) => [name, member(name, field)])), {
      noNullPrototype: true,
    }),
  );
  return some as Arbitrary<ApiObject<T>>;
}

const requested = ['action', 'network_attachment', 'host_nic', 'network', 'host', 'cluster', 'event'] as const;

/** Bytes of a body cut, doubled, exchanged, or with something put in between. */
function mutated(fc: FastCheck, body: Uint8Array): Arbitrary<Uint8Array> {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc
      .constantFrom(
        '<',
        '>',
        '/>',
        '</',
        '&',
        '"',
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '\\',
        '\0',
        '<!--',
        ']]>',
        'null',
        '1e999',
      )
      .map((text) => new TextEncoder().encode(text)),
  );
  const place = fc.nat({ max: body.length });
  return fc.array(fc.tuple(place, place, piece), { minLength: 1, maxLength: 4 }).map((changes) => {
    let result = [...body];
    for (const [from, length, put] of changes) {
      const cut = length % 8;
      result = [...result.slice(0, from), ...put, ...result.slice(from + cut)];
    }
    return Uint8Array.from(result);
  });
}

/** Bodies that are wrong somehow, or by chance right after all: never may one of them be answered with an exception. */
export function hostileBody(fc: FastCheck): Arbitrary<HostileBody> {
  const small = hostileBodies.filter(({ body }) => body.length < 2000);
  const base = fc.oneof(
    fc.constantFrom(...small),
    fc
      .constantFrom(...requested)
      .chain((type) =>
        fc.tuple(fc.constant(type), fc.constantFrom('xml' as const, 'json' as const), apiObject(fc, 'request', type)),
      )
      .map(([type, mediaType, value]): HostileBody => {
        const text = encodeRequest(mediaType, type, value);
        return { name: `${mediaType}: ${type}`, mediaType, type, body: new TextEncoder().encode(text) };
      }),
    fc
      .tuple(fc.constantFrom(...requested), fc.constantFrom('xml' as const, 'json' as const), fc.json())
      .map(([type, mediaType, text]): HostileBody => {
        return { name: `${mediaType}: any JSON`, mediaType, type, body: new TextEncoder().encode(text) };
      }),
  );
  return base.chain((known) =>
    mutated(fc, known.body).map((body) => ({ ...known, name: `${known.name}, mutated`, body })),
  );
}
