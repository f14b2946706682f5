/** The sign-in endpoints that SDKs use: OAuth token, token-info, revoke, and sso-logout (wire 2.2). Always JSON. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SignIn } from '../auth/index.ts';
import { Problem } from '../problem.ts';

const apiScope = 'ovirt-app-api';
const httpGrant = 'urn:ovirt:params:oauth:grant-type:http';
/** The account does not end. */
const forEver = '9223372036854775807';

export function signInRoutes(app: FastifyInstance, signIn: SignIn): void {
  const token = async (request: FastifyRequest, reply: FastifyReply) => {
    const form = formOf(request);
    const grant = form.get('grant_type');
    const scope = form.get('scope') ?? '';
    const failed = (code: string, text: string) => fail(reply.status(400), scope, code, text);
    if (grant !== 'password' && grant !== httpGrant) {
      return grant === null
        ? failed('invalid_request', 'The parameter grant_type is missing.')
        : failed('unsupported_grant_type', `The grant type ${grant} is not supported.`);
    }
    const session =
      grant === httpGrant
        ? await signIn.fromHeader(request.headers.authorization, request.ip)
        : await signIn.password(form.get('username') ?? '', form.get('password') ?? '', request.ip);
    if (session instanceof Problem) {
      return fail(reply.status(session.status), scope, 'temporarily_unavailable', session.detail);
    }
    if (session === null && grant === httpGrant) {
      return reply
        .status(401)
        .header('WWW-Authenticate', 'Basic realm="RESTAPI"')
        .send(JSON.stringify({ error: 'access_denied', error_code: 'access_denied' }));
    }
    if (session === null) {
      return failed(
        'access_denied',
        `Cannot sign in as '${form.get('username') ?? ''}': no such user, or the password is wrong.`,
      );
    }
    const granted = await signIn.issue(session.user);
    return reply.send(
      JSON.stringify({ access_token: granted, scope: scope || apiScope, exp: forEver, token_type: 'bearer' }),
    );
  };
  const revoke = async (request: FastifyRequest, reply: FastifyReply) => {
    await signIn.revoke(formOf(request).get('token') ?? '');
    return reply.send('{}');
  };
  const info = async (request: FastifyRequest, reply: FastifyReply) => {
    const session = await signIn.token(formOf(request).get('token') ?? '');
    if (session === null) return fail(reply.status(400), '', 'invalid_grant', 'The token is unknown or has ended.');
    const { id, name } = session.user;
    return reply.send(
      JSON.stringify({
        active: true,
        token_type: 'bearer',
        scope: apiScope,
        exp: forEver,
        user_id: name,
        ovirt: { principal_id: id },
      }),
    );
  };
  const json = async (_request: FastifyRequest, reply: FastifyReply) =>
    void reply.header('Content-Type', 'application/json');
  for (const [url, handler] of [
    ['/ovirt-engine/sso/oauth/token', token],
    ['/ovirt-engine/sso/oauth/token-http-auth', token],
    ['/ovirt-engine/sso/oauth/token-http-auth/*', token],
    ['/ovirt-engine/sso/oauth/token-info', info],
    ['/ovirt-engine/sso/oauth/revoke', revoke],
    ['/ovirt-engine/services/sso-logout', revoke],
  ] as const) {
    app.route({ method: ['GET', 'POST'], url, onRequest: json, handler });
  }
}

/** Fields come in the body or, as some portals send them, in the query. */
function formOf(request: FastifyRequest): URLSearchParams {
  const form = new URLSearchParams((request.query as { text?: string }).text ?? '');
  const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '';
  for (const [name, value] of new URLSearchParams(body)) form.set(name, value);
  return form;
}

function fail(reply: FastifyReply, scope: string, code: string, text: string): FastifyReply {
  const apiOnly = scope.split(' ').every((s) => s === apiScope);
  const body = apiOnly ? { error_code: code, error: text } : { error: code, error_description: text };
  return reply.send(JSON.stringify(body));
}
