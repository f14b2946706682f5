/** The parameters of an address; each may stand in the query or behind a semicolon of the last segment. */
import { type JsonSchema, parameters } from '@patchbay/wire';
import type { Route } from '../api.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description: string;
  schema: JsonSchema;
}

const schemas = {
  text: { type: 'string' },
  number: { type: 'integer' },
  flag: { type: 'boolean' },
} as const satisfies Record<string, JsonSchema>;

export function parametersOf({ path, searchable, parameters: taken }: Route): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(
    ([, name = '']): Parameter => ({
      name,
      in: 'path',
      required: true,
      description: `Id: ${name}.`,
      schema: schemas.text,
    }),
  );
  const fields = searchable === undefined ? '' : ` Fields: ${searchable.join(', ')}.`;
  const inQuery = taken.map((name): Parameter => {
    const { kind, doc } = parameters[name];
    const description = name === 'search' ? doc + fields : doc;
    return { name, in: 'query', required: false, description, schema: schemas[kind] };
  });
  return [...inPath, ...inQuery];
}
