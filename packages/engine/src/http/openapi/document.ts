/** The OpenAPI 3.1 document: everything that the route table serves, in the types of the wire tables. */
import { type JsonSchema, jsonSchemas, schemaRef, type TypeName } from '@patchbay/wire';
import type { Route } from '../api.ts';
import { type Parameter, parametersOf } from './parameters.ts';

interface Content {
  content: Record<string, { schema: JsonSchema }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  tags: [string];
  parameters: Parameter[];
  requestBody?: Content;
  responses: Record<string, { description: string } & Partial<Content>>;
}

export interface OpenApi {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, never[]>[];
  paths: Record<string, Partial<Record<'get' | 'post' | 'put' | 'delete', Operation>>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, object> };
}

const json = 'application/json';
const xml = 'application/xml';

const fault: JsonSchema = {
  type: 'object',
  description: 'Why a request was refused; the members stand at the top and again below `fault`.',
  properties: { reason: { type: 'string' }, detail: { type: 'string' }, fault: schemaRef('fault', 'answer') },
  additionalProperties: false,
};

export function openApiDocument(routes: readonly Route[], base: string): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Patchbay',
      version: '4.5.8',
      description:
        'Networks of Linux hosts through the oVirt host networking API. Schemas describe JSON; in XML an object is an ' +
        'element of its name, `id`, `href` and `rel` are attributes, and a collection is the plural around its members.',
    },
    servers: [{ url: base }],
    security: [{ basic: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: { ...jsonSchemas(), refusal: fault },
      securitySchemes: { basic: { type: 'http', scheme: 'basic' }, bearer: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operation(route: Route): Operation {
  const { method, path, accepts, answers } = route;
  const name = path.replace(/[/:]+/g, ' ').trim().replaceAll(' ', '-') || 'root';
  return {
    operationId: `${method.toLowerCase()}-${name}`,
    summary: summaryOf(route),
    tags: [path.split('/')[1] || 'root'],
    parameters: parametersOf(route),
    ...(accepts === undefined ? {} : { requestBody: content(schemaRef(accepts, 'request')) }),
    responses: { ...successes(route, answers), ...refusals(route) },
  };
}

const words = (type: string): string => type.replaceAll('_', ' ');

function summaryOf({ method, path, answers, many, doc }: Route): string {
  if (doc !== undefined) return doc;
  const last = path.split('/').at(-1) ?? '';
  if (method === 'DELETE') return `Removes: ${path.split('/').at(-2) ?? ''}.`;
  if (method === 'GET') return many ? `Lists ${last}.` : `Shows one ${words(answers)}.`;
  if (method === 'PUT') return `Changes one ${words(answers)}; what is not sent stays.`;
  return `Adds one ${words(answers)}.`;
}

function content(schema: JsonSchema): Content {
  return { content: { [json]: { schema }, [xml]: { schema } } };
}

const codes: Readonly<Record<number, string>> = {
  400: 'Something in the request is wrong; the detail names it.',
  401: 'Not signed in.',
  403: 'Not allowed.',
  404: 'What the address or the request names does not exist.',
  405: 'The device cannot do that.',
  406: 'Answers are XML or JSON only.',
  409: 'It contradicts what is there.',
  413: 'The body is too large.',
  415: 'Bodies are XML or JSON only.',
  502: 'The host refused or failed; it is as it was before.',
  504: 'The host did not answer.',
};

function successes({ method, many, accepts, parameters }: Route, answers: TypeName): Operation['responses'] {
  const shown = schemaRef(answers, 'answer', many);
  const adds = method === 'POST' && accepts !== 'action' && answers !== 'action';
  const preview = parameters.includes('preview') ? [schemaRef('host_change_preview', 'answer')] : [];
  const ok = { description: adds ? 'Added.' : 'Done.', ...content(anyOf([shown])) };
  const waiting = { description: 'Goes on; the job tells how.', ...content(schemaRef('action', 'answer')) };
  return {
    ...(adds ? { '201': ok } : { '200': { ...ok, ...content(anyOf([shown, ...preview])) } }),
    ...(adds && preview[0] !== undefined
      ? { '200': { description: 'What would be done, when a preview was asked for.', ...content(preview[0]) } }
      : {}),
    ...(method === 'GET' ? {} : { '202': waiting }),
  };
}

function anyOf(schemas: JsonSchema[]): JsonSchema {
  const [first] = schemas;
  return schemas.length === 1 && first !== undefined ? first : { anyOf: schemas };
}

function refusals({ method, parameters, failsInside }: Route): Operation['responses'] {
  const reading = [400, 401, 404, 406];
  const changing = [...reading, 403, 409, 413, 415];
  const atHost = parameters.includes('async');
  const statuses = method === 'GET' ? reading : atHost ? [...changing, 405, 502, 504] : changing;
  const refused = schemaRef('refusal', 'answer');
  // An action that was tried tells its failure inside itself; one that could not be read does not.
  const schema = failsInside ? anyOf([refused, schemaRef('action', 'answer')]) : refused;
  return Object.fromEntries(
    statuses
      .sort((a, b) => a - b)
      .map((code) => [String(code), { description: codes[code] ?? '', ...content(schema) }]),
  );
}
