/** A client for tests: signs in by Basic, speaks XML or JSON, and keeps what came back as it came. */
import { decodeAnswer, type TypeName } from '@patchbay/wire';
import { assertDescribed } from './conforms.ts';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** The body, read by the type's table. */
  as<T extends TypeName>(type: T): ReturnType<typeof read<T>>;
  /** The entries of a collection in JSON. */
  items<T extends TypeName>(type: T): ReturnType<typeof read<T>>[];
}

export interface Client {
  /** Base of every path, for example `http://127.0.0.1:8080/ovirt-engine/api`. */
  url: string;
  request(method: string, path: string, body?: string | object, headers?: Record<string, string>): Promise<Reply>;
}

/** @param url with the base path; strings are sent as XML, objects as JSON */
export function client(url: string, password: string, user = 'admin@internal'): Client {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return {
    url,
    async request(method, path, body, headers = {}) {
      const json = typeof body === 'object';
      const type = json ? 'application/json' : 'application/xml';
      const response = await fetch(url + path, {
        method,
        headers: { authorization, accept: type, ...(body === undefined ? {} : { 'content-type': type }), ...headers },
        ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : body }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const media = response.headers.get('content-type')?.includes('json') ? 'json' : 'xml';
      const text = Buffer.from(bytes).toString('utf8');
      // The older dialect answers in shapes of its own, which the document leaves out.
      if (headers['version'] !== '3' && !url.endsWith('/v3')) {
        await assertDescribed(url, { method, path, status: response.status, media, text });
      }
      return {
        status: response.status,
        headers: response.headers,
        text,
        as: (expected) => read(media, bytes, expected),
        items(expected) {
          const found = JSON.parse(text) as Record<string, object[] | undefined>;
          return (found[expected] ?? []).map((one) => read('json', Buffer.from(JSON.stringify(one)), expected));
        },
      };
    },
  };
}

function read<T extends TypeName>(media: 'xml' | 'json', bytes: Uint8Array, type: T) {
  const decoded = decodeAnswer(media, bytes, type);
  if (!decoded.ok) throw new Error(`Not a ${type}: ${decoded.fault.detail}\n${Buffer.from(bytes).toString('utf8')}`);
  return decoded.value;
}
