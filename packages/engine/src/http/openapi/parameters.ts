/** The parameters of an address; each may stand in the query or behind a semicolon of the last segment. */
import type { JsonSchema } from '@patchbay/wire';
import type { Route } from '../api.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description: string;
  schema: JsonSchema;
}

const text: JsonSchema = { type: 'string' };
const flag: JsonSchema = { type: 'boolean' };
const number: JsonSchema = { type: 'integer' };

const query = (name: string, schema: JsonSchema, description: string): Parameter => ({
  ...{ name, in: 'query', required: false, description, schema },
});

const reading = [
  query('follow', text, 'Links to open inside the answer: names with dots for depth, joined by commas.'),
  query('detail', text, '`statistics` shows them inside each entity.'),
  query('all_content', flag, 'Members that cost more than the others.'),
];
const listing = [query('max', number, 'At most so many members.')];
const changing = [query('correlation_id', text, 'Names the operation in events and jobs.')];
const atHost = [query('async', flag, 'Answers at once with a job that tells how it went.')];
const change = [
  query('preview', flag, 'Shows what would be done and does nothing.'),
  query(
    'rehearse',
    flag,
    'Whether the host tries the change in a scratch network namespace first; as it is set when absent.',
  ),
  query('check_connectivity', flag, 'Takes the change back when the host cannot be reached; true when absent.'),
  query('connectivity_timeout', number, 'Seconds until a change without contact is taken back.'),
  query('commit_on_success', flag, 'Keeps the change for the next boot at once.'),
];

export function parametersOf({ method, path, many, searchable, atHost: where }: Route): Parameter[] {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(
    ([, name = '']): Parameter => ({ name, in: 'path', required: true, description: `Id: ${name}.`, schema: text }),
  );
  const fields = searchable?.join(', ');
  const searching = [
    query('search', text, `field=value joined by and, or; sortby field; page n. Fields: ${fields}.`),
    query('case_sensitive', flag, 'Whether case counts in searches.'),
  ];
  return [
    ...inPath,
    ...(method === 'GET' ? reading : changing),
    ...(many === true ? listing : []),
    ...(searchable === undefined ? [] : searching),
    ...(path === '/events' && method === 'GET' ? [query('from', number, 'Only events with a greater id.')] : []),
    ...(where === undefined ? [] : atHost),
    ...(where === 'change' ? change : []),
  ];
}
