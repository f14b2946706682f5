import { brokenJson, hugeJson, wrongJson } from './hostile/json.ts';
import type { Row } from './hostile/row.ts';
import { badValuesXml, wrongXml } from './hostile/xml-content.ts';
import { hugeXml } from './hostile/xml-size.ts';
import { brokenXml } from './hostile/xml-syntax.ts';
import type { TypeName } from './types/index.ts';

/** A body that must be answered with a fault of status 400 or 413. */
export interface HostileBody {
  readonly name: string;
  readonly mediaType: 'xml' | 'json';
  /** What the resource expects. */
  readonly type: TypeName;
  readonly body: Uint8Array;
}

const bytes = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body;

const named = (mediaType: 'xml' | 'json', ...tables: readonly (readonly Row[])[]): HostileBody[] =>
  tables.flat().map(([name, type, body]) => ({ name: `${mediaType}: ${name}`, mediaType, type, body: bytes(body) }));

/** Every one of these must be refused, on every resource that takes its type. */
export const hostileBodies: readonly HostileBody[] = [
  ...named('xml', brokenXml, wrongXml, badValuesXml, hugeXml),
  ...named('json', brokenJson, wrongJson, hugeJson),
];
