/** An engine that is only a function: answers are what the test says, requests are kept. */
export interface Asked {
  method: string;
  /** With query, without origin. */
  path: string;
  authorization: string | null;
  body: string;
  signal: AbortSignal | null;
}

export interface FakeEngine {
  asked: Asked[];
  fetch: typeof fetch;
}

/** @param answer to everything but signing in; tokens are `token1`, `token2`, … */
export function fakeEngine(answer: (asked: Asked) => Response | Promise<Response>): FakeEngine {
  const asked: Asked[] = [];
  let tokens = 0;
  return {
    asked,
    async fetch(input, init = {}) {
      const { pathname, search } = new URL(String(input));
      const one: Asked = {
        method: init.method ?? 'GET',
        path: pathname + search,
        authorization: new Headers(init.headers).get('authorization'),
        body: String(init.body ?? ''),
        signal: init.signal ?? null,
      };
      asked.push(one);
      if (pathname.endsWith('/sso/oauth/token')) {
        const { password } = Object.fromEntries(new URLSearchParams(one.body));
        if (password === 'secret') return json({ access_token: `token${++tokens}` });
        return json({ error_code: 'access_denied', error: 'No such user, or the password is wrong.' }, 400);
      }
      if (pathname.endsWith('/sso-logout')) return json({});
      return answer(one);
    },
  };
}

export const json = (value: object, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
