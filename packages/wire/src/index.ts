export * from './codec.ts';
export { type Decoded, reasons, type WireFault } from './fault.ts';
export type { Field, Table } from './types/field.ts';
export { type ApiObject, type Rel, rels, type TypeName, typeTable } from './types/index.ts';
