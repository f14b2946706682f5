/** One request and its answer. */
import { type Operation, readAnswer, readCollection, type TypeName, writeRequest } from '@patchbay/wire/client';
import { type About, remember } from './about.ts';
import { ApiError, ConnectionError } from './errors.ts';
import { readOptions } from './query.ts';
import { reasonOf, type Session } from './session.ts';
import type { Perform } from './walk.ts';

type Json = Record<string, unknown>;

/** @param base of every path, `https://engine/ovirt-engine/api` */
export function exchange(base: string, session: Session, fetcher: typeof fetch): Perform {
  return async (operation, path, given) => {
    const { method, accepts } = operation;
    const [body, options = {}] = accepts === undefined ? [undefined, given[0]] : given;
    const { query, signal, preview } = readOptions(operation, options);
    const text = accepts === undefined ? undefined : writeRequest(accepts, (body ?? bodyless(accepts)) as object);
    const url = base + (path === '/' ? '' : path) + query;
    const send = async (token: string): Promise<{ response: Response; answer: string }> => {
      try {
        const response = await fetcher(url, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            accept: 'application/json',
            ...(text === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(text === undefined ? {} : { body: text }),
          ...(signal === undefined ? {} : { signal }),
          // Browsers shall not ask for a password of their own, nor a POST be turned into a GET.
          ...{ credentials: 'omit', redirect: 'error', cache: 'no-store' },
        });
        return { response, answer: await response.text() };
      } catch (cause) {
        if (signal?.aborted === true) throw signal.reason;
        const unsure = method === 'GET' ? '' : ' Whether it was carried out is not known.';
        throw new ConnectionError(`No answer from ${base}: ${reasonOf(cause)}.${unsure}`, { cause });
      }
    };
    signal?.throwIfAborted();
    const token = await session.token();
    let exchanged = await send(token);
    if (exchanged.response.status === 401) {
      const another = await session.renewed(token);
      if (another !== undefined) exchanged = await send(another);
    }
    const { response, answer } = exchanged;
    const json = parse(answer, response, url);
    const about = aboutOf(response, json);
    const fault = faultIn(json, response.ok);
    if (fault !== undefined) {
      const { reason = response.statusText || `Status ${response.status}`, detail } = fault;
      throw new ApiError({ status: response.status, reason, detail, method, path, correlationId: about.correlationId });
    }
    const type = preview ? 'host_change_preview' : response.status === 202 ? 'action' : operation.answers;
    return remember(readAs(type, operation, json, url), about);
  };
}

/** An action may have no body, everything else is told what it is about. */
function bodyless(type: TypeName): object {
  if (type === 'action') return {};
  throw new TypeError(`A ${type} must be given.`);
}

function parse(text: string, { status, headers }: Response, url: string): Json {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json as Json;
  } catch {
    // Said below.
  }
  const type = headers.get('content-type') ?? 'of no type';
  throw new ConnectionError(`What answers at ${url} is not the API: status ${status}, ${type}, no JSON object.`);
}

function aboutOf({ status, headers }: Response, json: Json): About {
  const href = headers.get('patchbay-job');
  const job = (json['job'] as { id?: string } | undefined)?.id;
  const jobId = href === null ? job : href.slice(href.lastIndexOf('/') + 1);
  return { status, correlationId: headers.get('correlation-id') ?? undefined, jobId };
}

interface Fault {
  reason?: string;
  detail?: string;
}

/** A refusal has its fault at the top and, for some, below `fault` too; an action has it inside, whatever the status. */
function faultIn(json: Json, ok: boolean): Fault | undefined {
  const inside = json['fault'] as Fault | undefined;
  if (ok) return json['status'] === 'failed' ? inside : undefined;
  return inside ?? json;
}

function readAs(type: TypeName, { many }: Operation, json: Json, url: string): object {
  const read = many && type !== 'action' ? readCollection(type, json) : readAnswer(type, json);
  if (read.ok) return read.value;
  throw new ConnectionError(`What answers at ${url} is not understood: ${read.fault.detail}`);
}
