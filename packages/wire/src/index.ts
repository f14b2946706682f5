/** The oVirt API types as tables, and what follows from them: types, codecs, spellings, links. */
export {
  decode,
  decodeAnswer,
  encode,
  encodeCollection,
  encodeFault,
  encodeRequest,
  type MediaType,
  type Options,
} from './codec.ts';
export { type Decoded, reasons, type WireFault } from './fault.ts';
export { limits } from './limits.ts';
export { type JsonSchema, jsonSchemas, schemaRef } from './openapi/schemas.ts';
export { type Addressed, operationAt, operations } from './services/addresses.ts';
export { type ParameterName, parameters } from './services/parameters.ts';
export type { Field, Table } from './types/field.ts';
export { type ApiObject, type Rel, rels, type TypeName, typeTable } from './types/index.ts';
