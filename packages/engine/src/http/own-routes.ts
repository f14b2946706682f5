/** Patchbay's own, outside the oVirt API, in JSON: where agents join, and what whoever runs an engine asks of it. */
import { EnrolRequest } from '@patchbay/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod/mini';
import type { SignIn } from '../auth/index.ts';
import type { Authority } from '../gateway/index.ts';
import { backUp } from '../operations/back-up.ts';
import type { Engine } from '../operations/engine.ts';
import { enrol, makeJoinToken } from '../operations/enrol.ts';
import { Problem } from '../problem.ts';

const TokenRequest = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(255)),
  cluster: z._default(z.string(), 'Default'),
});

export interface OwnOptions {
  engine: Engine;
  authority: Authority;
  signIn: SignIn;
  /** `wss://address:port` of the agents' listener, as hosts reach it. */
  agentAddresses: () => string[];
  /** Directory of the store; null when it is kept nowhere. */
  data: string | null;
}

export function ownRoutes(app: FastifyInstance, { engine, authority, signIn, agentAddresses, data }: OwnOptions): void {
  app.post('/patchbay/enrol', async (request, reply) => {
    const body = parse(EnrolRequest, request.body);
    if (body instanceof Problem) return refuse(reply, body);
    const answer = await enrol(engine, authority, agentAddresses(), body, request.ip);
    return answer instanceof Problem ? refuse(reply, answer) : sendJson(reply, answer);
  });

  app.post('/patchbay/join-tokens', async (request: FastifyRequest, reply) => {
    const session = await signIn.fromHeader(request.headers.authorization, request.ip);
    if (session instanceof Problem) return refuse(reply, session);
    if (session === null) return unknown(reply);
    const body = parse(TokenRequest, request.body);
    if (body instanceof Problem) return refuse(reply, body);
    const cluster = (await engine.store.list('cluster')).find((c) => c.name === body.cluster);
    if (cluster === undefined)
      return refuse(
        reply,
        new Problem(404, 'NOT_FOUND', 'Operation Failed', `There is no cluster named ${body.cluster}.`),
      );
    return sendJson(reply, await makeJoinToken(engine, authority, body.name, cluster.id));
  });

  app.post('/patchbay/backups', async (request: FastifyRequest, reply) => {
    const session = await signIn.fromHeader(request.headers.authorization, request.ip);
    if (session instanceof Problem) return refuse(reply, session);
    if (session === null) return unknown(reply);
    const written = await backUp(engine, { user: session.user, correlationId: '' }, data);
    return written instanceof Problem ? refuse(reply, written) : sendJson(reply.status(201), written);
  });

  app.get('/healthz', (_request, reply) => sendJson(reply, { status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    await engine.store.list('data_centre');
    return sendJson(reply, { status: 'ok' });
  });
}

function parse<T extends z.ZodMiniType>(schema: T, body: unknown): z.infer<T> | Problem {
  let json: unknown;
  try {
    json = JSON.parse(body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : '');
  } catch {
    return new Problem(400, 'JSON', 'Request syntactically incorrect.', 'The body is not JSON.');
  }
  const parsed = z.safeParse(schema, json);
  return parsed.success ? parsed.data : new Problem(400, 'JSON', 'Invalid value', z.prettifyError(parsed.error));
}

function unknown(reply: FastifyReply): FastifyReply {
  const text = 'Sign in with user@profile and password, or a valid token.';
  return refuse(
    reply.header('WWW-Authenticate', 'Basic realm="RESTAPI"'),
    new Problem(401, 'HTTP', 'Unauthorized', text),
  );
}

function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.header('Content-Type', 'application/json').send(JSON.stringify(value));
}

function refuse(reply: FastifyReply, { status, reason, detail }: Problem): FastifyReply {
  return sendJson(reply.status(status), { reason, detail });
}
