/** HTTP as bytes on a connection, for what no client library lets one do: half requests, pipelining, odd headers. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  /** By lower-case name. */
  headers: Map<string, string>;
  body: Buffer;
}

export interface RawConnection {
  socket: Socket;
  /** Sends bytes as they are; lines end with CRLF. */
  send(text: string | Uint8Array): void;
  /** The next answer. @param bodiless it answers a HEAD @throws when the connection ends first */
  answer(bodiless?: boolean): Promise<RawAnswer>;
  /** Resolves when the other end has closed. */
  closed(): Promise<void>;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let unread = Buffer.alloc(0);
  let wake = () => {};
  let ended = false;
  socket.on('data', (chunk) => {
    unread = Buffer.concat([unread, chunk]);
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    ended = true;
    wake();
  });
  const more = async () => {
    if (ended)
      throw new Error(`The connection ended after ${JSON.stringify(unread.toString('latin1').slice(0, 200))}.`);
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  const take = (length: number) => {
    const taken = unread.subarray(0, length);
    unread = unread.subarray(length);
    return taken;
  };
  const bytes = async (length: number) => {
    while (unread.length < length) await more();
    return take(length);
  };
  const line = async () => {
    let at = unread.indexOf('\r\n');
    while (at < 0) {
      await more();
      at = unread.indexOf('\r\n');
    }
    return take(at + 2)
      .toString('latin1')
      .slice(0, -2);
  };
  const chunks = async () => {
    const parts: Buffer[] = [];
    for (;;) {
      const length = Number.parseInt(await line(), 16);
      if (length > 0) parts.push(await bytes(length));
      await line();
      if (length === 0) return Buffer.concat(parts);
    }
  };
  return {
    socket,
    send: (text) => void socket.write(text),
    async answer(bodiless = false) {
      const status = Number((await line()).split(' ')[1]);
      const headers = new Map<string, string>();
      for (let text = await line(); text !== ''; text = await line()) {
        const colon = text.indexOf(':');
        headers.set(text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim());
      }
      const empty = bodiless || status < 200 || status === 204;
      if (empty) return { status, headers, body: Buffer.alloc(0) };
      const chunked = headers.get('transfer-encoding') === 'chunked';
      const body = chunked ? await chunks() : await bytes(Number(headers.get('content-length') ?? 0));
      return { status, headers, body };
    },
    async closed() {
      while (!ended) await more();
    },
  };
}

export interface RawRequest {
  method: string;
  /** Whole, with base and parameters. */
  target: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

const authorization = `Basic ${Buffer.from('admin@internal:secret').toString('base64')}`;

/** The request as bytes; XML, signed in and with its length unless the headers say otherwise. */
export function rawRequest({ method, target, headers = {}, body }: RawRequest): string {
  const all = {
    Host: 'engine',
    Authorization: authorization,
    Accept: 'application/xml',
    ...(body === undefined ? {} : { 'Content-Type': 'application/xml' }),
    ...(body === undefined || 'Transfer-Encoding' in headers ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, '', body ?? ''].join('\r\n');
}
