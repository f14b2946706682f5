/** Holds every answer of the HTTP tests against the API's own OpenAPI document: what it does not describe fails the test. */
import { decodeAnswer, type JsonSchema, type TypeName } from '@patchbay/wire';

interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }> }>
  >;
  components: { schemas: Record<string, JsonSchema> };
}

export interface Answered {
  method: string;
  /** Below the base, with query. */
  path: string;
  status: number;
  media: 'xml' | 'json';
  text: string;
}

const documents = new Map<string, Promise<Document>>();

/** @param url of the API @throws when the answer is not one that the document describes */
export async function assertDescribed(url: string, answered: Answered): Promise<void> {
  const known = documents.get(url) ?? fetch(`${url}/openapi.json`).then((read) => read.json() as Promise<Document>);
  documents.set(url, known);
  const problem = undescribed(await known, answered);
  if (problem !== null) {
    const { method, path, status, text } = answered;
    throw new Error(
      `${method} ${path} answered ${status}, and the OpenAPI document does not say so: ${problem}\n${text}`,
    );
  }
}

/** @returns what is wrong, or null */
export function undescribed(document: Document, { method, path, status, media, text }: Answered): string | null {
  if (method === 'HEAD' || method === 'OPTIONS') return text === '' ? null : 'it has a body';
  const operations = operationsAt(document, path);
  const refusal = { $ref: '#/components/schemas/refusal' };
  if (operations === null) return status === 404 ? described(document, refusal, media, text) : 'there is no such path';
  const operation = operations[method.toLowerCase()];
  if (operation === undefined)
    return status === 405 ? described(document, refusal, media, text) : 'there is no such method';
  const response = operation.responses[String(status)];
  if (response === undefined) return 'there is no such status';
  const schema = response.content?.['application/json']?.schema;
  return schema === undefined ? 'the status has no body' : described(document, schema, media, text);
}

function operationsAt({ paths }: Document, path: string) {
  const wanted = (path.split('?')[0] ?? '')
    .split('/')
    .map((segment) => segment.split(';')[0] ?? '')
    .filter(Boolean);
  const fits = (template: string) => {
    const segments = template.split('/').filter(Boolean);
    return segments.length === wanted.length && segments.every((one, at) => one.startsWith('{') || one === wanted[at]);
  };
  const fitting = Object.keys(paths).filter(fits);
  const fixed = (template: string) => template.split('{').length;
  const [best] = fitting.sort((a, b) => fixed(a) - fixed(b));
  return best === undefined ? null : (paths[best] ?? null);
}

function described(document: Document, schema: JsonSchema, media: 'xml' | 'json', text: string): string | null {
  return media === 'json' ? jsonProblem(document, schema, JSON.parse(text), '') : xmlProblem(schema, text);
}

/** The part of JSON Schema that the document uses. */
export function jsonProblem(document: Document, schema: JsonSchema, value: unknown, at: string): string | null {
  if (schema.$ref !== undefined) {
    const found = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    return found === undefined ? `${schema.$ref} is nowhere` : jsonProblem(document, found, value, at);
  }
  if (schema.anyOf !== undefined) {
    const problems = schema.anyOf.map((one) => jsonProblem(document, one, value, at));
    return problems.includes(null) ? null : problems.join('; or ');
  }
  const type = Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  const expected = [schema.type].flat();
  if (!expected.includes(type) && !(type === 'integer' && expected.includes('number'))) {
    return `${at || 'the body'} is ${type}, not ${expected.join(' or ')}`;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) return `${at} is ${value}`;
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value))) return `${at} is ${value}`;
  if (Array.isArray(value)) {
    return firstOf(value.map((one, index) => jsonProblem(document, schema.items ?? {}, one, `${at}[${index}]`)));
  }
  if (type !== 'object') return null;
  return firstOf(
    Object.entries(value as object).map(([key, one]) => {
      const member = schema.properties?.[key];
      if (member !== undefined) return jsonProblem(document, member, one, `${at}.${key}`);
      return schema.additionalProperties === false ? `there is no ${at}.${key}` : null;
    }),
  );
}

/** Read by the type's table, which knows every member; a collection member by member. */
function xmlProblem(schema: JsonSchema, text: string): string | null {
  if (schema.anyOf !== undefined) {
    const problems = schema.anyOf.map((one) => xmlProblem(one, text));
    return problems.includes(null) ? null : problems.join('; or ');
  }
  const name = schema.$ref?.replace('#/components/schemas/', '') ?? '';
  const type = (name === 'refusal' ? 'fault' : name.replace(/_list$/, '')) as TypeName;
  const decoded = (xml: string) => {
    const read = decodeAnswer('xml', Buffer.from(xml), type);
    return read.ok ? null : read.fault.detail;
  };
  if (!name.endsWith('_list')) return decoded(text);
  // Members stand two blanks to the right, and nothing else does.
  const [head = '', ...members] = text.split(/\n(?= {2}<[a-z])/);
  if (members.length === 0)
    return /^<\?xml [^>]*>\s*<\w+\/>\s*$|^<\?xml [^>]*>\s*<(\w+)>\s*<\/\1>\s*$/.test(head) ? null : head;
  return firstOf(members.map((member) => decoded(member.replace(/\n<\/\w+>\s*$/, ''))));
}

function firstOf(problems: (string | null)[]): string | null {
  return problems.find((problem) => problem !== null) ?? null;
}
