/** The types as JSON Schema, for the OpenAPI document: what answers look like, and what requests may hold. */
import type { Field, ScalarField, Table } from '../types/field.ts';
import { types } from '../types/index.ts';

export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  enum?: readonly string[];
  pattern?: string;
  format?: string;
  properties?: Readonly<Record<string, JsonSchema>>;
  additionalProperties?: boolean;
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
}

export type Side = 'answer' | 'request';

/** Name of a schema below `#/components/schemas`. */
export const schemaName = (type: string, side: Side, many = false): string =>
  `${type}${side === 'request' ? '_body' : ''}${many ? '_list' : ''}`;

export const schemaRef = (type: string, side: Side, many = false): JsonSchema => ({
  $ref: `#/components/schemas/${schemaName(type, side, many)}`,
});

/** Every type twice, as it is answered and as it is sent, and the collections that are answered. */
export function jsonSchemas(): Record<string, JsonSchema> {
  const schemas: Record<string, JsonSchema> = {};
  for (const [name, table] of Object.entries<Table>(types)) {
    schemas[schemaName(name, 'answer')] = objectOf(table, 'answer');
    schemas[schemaName(name, 'answer', true)] = {
      description: `Collection: ${table.doc}`,
      ...wrapped(name, schemaRef(name, 'answer')),
    };
    schemas[schemaName(name, 'request')] = objectOf(table, 'request');
  }
  return schemas;
}

function objectOf(table: Table, side: Side): JsonSchema {
  const hidden = side === 'answer' ? 'request' : 'answer';
  const said = Object.entries(table.fields).filter(([, field]) => field.direction !== hidden);
  const properties = Object.fromEntries(said.map(([name, field]) => [name, schemaOf(field, side)]));
  // What only answers have, and members of oVirt that Patchbay does not know, may be sent back.
  return { type: 'object', description: table.doc, properties, additionalProperties: side === 'request' };
}

function schemaOf(field: Field, side: Side): JsonSchema {
  const described = { description: field.doc };
  switch (field.kind) {
    case 'struct':
    case 'link':
      return { ...schemaRef(field.type, side), ...described };
    case 'flat':
      return { type: 'array', items: schemaRef(field.type, side), ...described };
    case 'list':
    case 'collection':
      return { ...wrapped(field.item, schemaRef(field.type, side)), ...described };
    case 'values':
      return { ...wrapped(field.item, plain(field.of, side)), ...described };
    default:
      return { ...plain(field, side), ...described };
  }
}

/** A list in two levels; the inner one is left out when it is empty. */
const wrapped = (item: string, of: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: { [item]: { type: 'array', items: of } },
  additionalProperties: false,
});

/** Numbers and booleans are texts in answers, and may be either in requests. */
function plain(field: ScalarField | Extract<Field, { kind: 'enum' }>, side: Side): JsonSchema {
  switch (field.kind) {
    case 'enum':
      return { type: 'string', enum: field.values };
    case 'boolean':
      return side === 'answer' ? { type: 'string', enum: ['true', 'false'] } : { type: ['string', 'boolean'] };
    case 'int':
    case 'long':
      return side === 'answer' ? { type: 'string', pattern: '^-?[0-9]+$' } : { type: ['string', 'integer'] };
    case 'decimal':
      return side === 'answer' ? { type: 'number' } : { type: ['string', 'number'] };
    case 'date':
      return side === 'answer' ? { type: 'integer', format: 'epoch milliseconds' } : { type: ['string', 'integer'] };
    default:
      return { type: 'string' };
  }
}
