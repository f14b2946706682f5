/** The API listener: Fastify with one way in (bytes) and one way out (wire's encoders). The only folder that knows Fastify. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import compress from '@fastify/compress';
import { encode, encodeCollection, encodeFault, rels } from '@patchbay/wire';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { SignIn } from '../auth/index.ts';
import { Problem } from '../problem.ts';
import { type ApiAddress, flagOf, parseAddress, Query } from './address.ts';
import { type Answer, type ApiRequest, decodeBody, type Route } from './api.ts';
import { checkFollow, follow, parseFollow } from './follow.ts';
import { answerMedia, bodyMedia, contentType, detailOf, type Media } from './negotiate.ts';
import { openApiDocument } from './openapi/document.ts';
import { apiPage } from './openapi/page.ts';
import { RouteTable } from './route-table.ts';
import { Turns } from './turns.ts';

const bodyLimit = 1024 * 1024;

export interface ServerOptions {
  signIn: SignIn;
  routes: Route[];
  log: Logger;
}

/** @returns a server that is not listening yet; further plugins may be registered */
export function createServer({ signIn, routes, log }: ServerOptions): FastifyInstance {
  const addresses = new WeakMap<IncomingMessage, ApiAddress>();
  const app = fastify({
    bodyLimit,
    // Where a client is, and by which scheme it asks, is said by the proxy with TLS, on this machine only.
    trustProxy: 'loopback',
    requestTimeout: 300_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300, querystringParser: (text) => ({ text }) },
    exposeHeadRoutes: true,
    // Everything of the API is routed below one prefix, whatever base the client used.
    rewriteUrl(request) {
      const parsed = parseAddress(request.url ?? '/');
      if (parsed === null) return request.url ?? '/';
      addresses.set(request, parsed.address);
      return `/_api${parsed.path === '/' ? '' : parsed.path.replace(/^\/(?=\?)/, '')}`;
    },
  });
  const turns = new Turns();
  app.addHook('onRequest', (request, reply) => turns.take(request.raw, reply.raw));
  // Whoever expects something of the answer (wire 1.2) shall not be told that it cannot be had.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const front = (request: FastifyRequest) => readFront(request, addresses.get(request.raw));

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500;
    // Some clients send passwords and tokens behind the path.
    const [path] = request.originalUrl.split(/[?;]/, 1);
    if (status >= 500) log.error({ err: error, method: request.method, path }, 'a request hit a defect');
    const { media } = front(request);
    const detail = status >= 500 ? 'The engine failed; its log says why.' : error.message;
    return sendProblem(reply, media, new Problem(status, 'HTTP', reasonOf(status), detail));
  });
  app.setNotFoundHandler((request, reply) => {
    const { media } = front(request);
    return sendProblem(
      reply,
      media,
      new Problem(404, 'HTTP', 'Not Found', `Nothing is served at ${request.originalUrl}.`),
    );
  });

  void app.register(async (scope) => {
    // Registered first and awaited, so that it sees every route that follows.
    await scope.register(compress, { threshold: 2048 });
    addRoutes(scope);
    serveDescription(scope);
  });
  const table = new RouteTable(routes);
  // They hold no data, so whoever writes a client may read them before signing in.
  const serveDescription = (scope: FastifyInstance) => {
    scope.get('/_api/openapi.json', (request, reply) => {
      const document = openApiDocument(routes, front(request).base);
      return reply.header('Content-Type', 'application/json;charset=UTF-8').send(JSON.stringify(document));
    });
    scope.get('/ovirt-engine/apidoc', (_request, reply) => {
      const base = '/ovirt-engine/api';
      const page = apiPage(openApiDocument(routes, base), `${base}/openapi.json`);
      reply.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
      return reply.header('Content-Type', 'text/html;charset=UTF-8').send(page);
    });
  };
  const addRoutes = (scope: FastifyInstance) => {
    const byPath = new Map<string, Route[]>();
    for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
    for (const [path, here] of byPath) {
      const url = `/_api${path === '/' ? '' : path}`;
      for (const route of here) {
        scope.route({
          method: route.method,
          url,
          handler: async (request, reply) => {
            const read = front(request);
            reply.header('Correlation-Id', read.correlationId);
            const refusal = read.problem;
            if (refusal !== null) return sendProblem(reply, read.media, refusal);
            const session = await signIn.fromHeader(request.headers.authorization, request.ip);
            if (session instanceof Problem) return sendProblem(reply, read.media, session);
            if (session === null) {
              reply.header('WWW-Authenticate', 'Basic realm="RESTAPI"');
              return sendProblem(
                reply,
                read.media,
                new Problem(401, 'HTTP', 'Unauthorized', 'Sign in with user@profile and password, or a valid token.'),
              );
            }
            const asked = [read.query.text('follow'), ...followedDetail(read, route)].join(',');
            const wanted = route.method === 'GET' ? parseFollow(asked) : null;
            const wrong = wanted === null ? null : checkFollow(route.answers, wanted);
            if (wrong !== null) return sendProblem(reply, read.media, wrong);
            const api: ApiRequest = {
              ...read,
              params: request.params as Record<string, string>,
              session,
              once: onceEach(),
              body: (type) =>
                decodeBody(
                  bodyMedia(request.headers['content-type']),
                  (request.body as Uint8Array | undefined) ?? new Uint8Array(),
                  type,
                ),
            };
            const handled = await route.handle(api);
            const limited = handled instanceof Problem ? handled : limit(handled, read.query.int('max'));
            const answer =
              limited instanceof Problem || wanted === null ? limited : await follow(table, api, limited, wanted);
            if (!(answer instanceof Problem)) return sendAnswer(reply, request, read, answer);
            log.info({ code: answer.code, status: answer.status, correlationId: read.correlationId }, answer.detail);
            return route.failsInside && answer.status !== 404
              ? sendFailedAction(reply, read, answer)
              : sendProblem(reply, read.media, answer);
          },
        });
      }
      const offered = here.map((r) => r.method as string);
      const allow = [...offered, ...(offered.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
      scope.route({ method: 'OPTIONS', url, handler: (_request, reply) => reply.header('Allow', allow).send() });
      const others = (['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const).filter((m) => !offered.includes(m));
      scope.route({
        method: others,
        url,
        handler: (request, reply) =>
          sendProblem(
            reply.header('Allow', allow),
            front(request).media,
            new Problem(405, 'HTTP', 'Method Not Allowed', `${request.method} is not offered here; ${allow} are.`),
          ),
      });
    }
  };
  return app;
}

interface Front {
  base: string;
  version: 3 | 4;
  media: Media;
  query: Query;
  correlationId: string;
  async: boolean;
  allContent: boolean;
  filter: boolean | null;
  /** What the client wants inside each entity, besides what it follows. */
  detail: readonly string[];
  problem: Problem | null;
}

function readFront(request: FastifyRequest, address: ApiAddress | undefined): Front {
  const query = new Query((request.query as { text?: string }).text ?? '');
  const media = answerMedia(header(request, 'accept'), query.text('accept'));
  const asked = address?.pathVersion ?? Number(header(request, 'version') ?? '4');
  const expect = header(request, 'x-ovirt-expect') ?? header(request, 'expect') ?? '';
  return {
    base: address?.base ?? '/ovirt-engine/api',
    version: asked === 3 ? 3 : 4,
    media: media ?? 'xml',
    query,
    correlationId: correlationId(header(request, 'correlation-id') ?? query.text('correlation_id')),
    async: query.flag('async') ?? expect.includes('202-accepted'),
    allContent: query.flag('all_content') ?? flagOf(header(request, 'all-content')) ?? false,
    filter: query.flag('filter') ?? flagOf(header(request, 'filter')),
    detail: detailOf(header(request, 'accept'), query.text('detail')),
    problem:
      media === null
        ? new Problem(406, 'HTTP', 'Not Acceptable', 'Answers are application/xml or application/json.')
        : asked === 3 || asked === 4
          ? null
          : new Problem(400, 'HTTP', 'Unsupported version', `API version ${asked} is not offered; 3 and 4 are.`),
  };
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The client's own id, cleaned, or a new one (wire 1.4). */
function correlationId(given: string | null): string {
  const cleaned = (given ?? '').replace(/[^0-9A-Za-z_-]/g, '').slice(0, 36);
  return cleaned === '' ? randomUUID() : cleaned;
}

/** `max` limits what is answered, before anything in it is followed. */
function limit(answer: Answer, max: number | null): Answer {
  return 'items' in answer && max !== null && max >= 0 ? { ...answer, items: answer.items.slice(0, max) } : answer;
}

/** `detail=statistics` is another way to say `follow=statistics`, where there are any. */
function followedDetail({ detail }: Front, { answers }: Route): string[] {
  return detail.filter((name) => rels(answers).some(({ rel }) => rel === name));
}

function onceEach(): ApiRequest['once'] {
  const loaded = new Map<string, Promise<unknown>>();
  return <T>(key: string, load: () => Promise<T>) => {
    const known = loaded.get(key) ?? load();
    loaded.set(key, known);
    return known as Promise<T>;
  };
}

function sendAnswer(reply: FastifyReply, request: FastifyRequest, read: Front, answer: Answer): FastifyReply {
  reply.status(answer.status ?? 200).header('Content-Type', contentType(read.media));
  const options = { version: read.version };
  if ('items' in answer) return reply.send(encodeCollection(read.media, answer.type, answer.items as never, options));
  if (answer.location !== undefined) {
    reply.header('Location', `${request.protocol}://${request.host}${answer.location}`);
  }
  if (answer.headers !== undefined) reply.headers(answer.headers);
  return reply.send(encode(read.media, answer.type, answer.value as never, options));
}

function sendProblem(reply: FastifyReply, media: Media, problem: Problem): FastifyReply {
  const fault = { reason: problem.reason, detail: problem.detail };
  const body = encodeFault(media, fault);
  return reply.status(problem.status).header('Content-Type', contentType(media)).send(body);
}

function sendFailedAction(reply: FastifyReply, read: Front, problem: Problem): FastifyReply {
  const action = { status: 'failed', fault: { reason: problem.reason, detail: problem.detail } };
  return reply
    .status(problem.status)
    .header('Content-Type', contentType(read.media))
    .send(encode(read.media, 'action', action as never, { version: read.version }));
}

function reasonOf(status: number): string {
  const reasons: Record<number, string> = {
    413: 'Request too large',
    415: 'Unsupported Media Type',
    500: 'Server fault',
  };
  return reasons[status] ?? 'Request syntactically incorrect.';
}
