/**
 * `script/lab`: a running lab takes commands on a Unix socket in the data directory. One connection is one command: a
 * line of JSON that says what, then lines of JSON with input one way and output the other, until `status`. Bytes are
 * base64. A connection that ends before that takes its command with it.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Lab } from './lab.ts';

export type ControlRequest =
  | { kind: 'exec'; host: string; argv: string[] }
  | { kind: 'cable'; host: string; nic: string; state: 'cut' | 'mend' }
  | { kind: 'lag'; host: string; nics: string[] };

type ToLab = ControlRequest | { in: string } | { end: true };
type FromLab = { out: string } | { err: string } | { status: number };

const base64 = (bytes: Buffer): string => bytes.toString('base64');
const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
const say = (socket: Socket, message: ToLab | FromLab): boolean => socket.write(`${JSON.stringify(message)}\n`);

/** Serves a lab on a socket that only its owner may open. @returns how to end it */
export async function serveControl(lab: Lab, path: string): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true });
  const server = createServer((socket) => serve(lab, socket));
  const mask = process.umask(0o077);
  server.listen(path);
  await once(server, 'listening');
  process.umask(mask);
  return {
    close: async () => {
      server.close();
      await rm(path, { force: true });
    },
  };
}

/** Sends one command to a running lab. @returns the command's status; throws when no lab listens there */
export async function control(
  path: string,
  request: ControlRequest,
  io: { in: Readable; out: Writable; err: Writable },
): Promise<number> {
  const socket = connect(path);
  await once(socket, 'connect');
  say(socket, request);
  io.in.on('data', (chunk: Buffer) => void say(socket, { in: base64(chunk) }));
  io.in.once('end', () => void say(socket, { end: true }));
  try {
    for await (const line of createInterface({ input: socket })) {
      const message = JSON.parse(line) as FromLab;
      if ('status' in message) return message.status;
      if ('out' in message) io.out.write(bytes(message.out));
      else io.err.write(bytes(message.err));
    }
    throw new Error('the lab ended before the command did');
  } finally {
    // An input that nobody ends, such as a terminal, must not keep the caller.
    io.in.destroy();
    socket.destroy();
  }
}

function serve(lab: Lab, socket: Socket): void {
  // Whoever asked may go at any time.
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket });
  lines.once('line', (line) => {
    void perform(lab, JSON.parse(line) as ControlRequest, socket, (onInput) =>
      lines.on('line', (text) => onInput(JSON.parse(text) as ToLab)),
    )
      .catch((error: unknown) => {
        say(socket, { err: base64(Buffer.from(`${error instanceof Error ? error.message : String(error)}\n`)) });
        return 1;
      })
      .then((status) => {
        say(socket, { status });
        socket.end();
      });
  });
}

/** @returns the status when all output has been sent */
async function perform(
  lab: Lab,
  request: ControlRequest,
  socket: Socket,
  listen: (onInput: (message: ToLab) => void) => void,
): Promise<number> {
  if (request.kind !== 'exec') {
    await (request.kind === 'cable'
      ? lab.cable(request.host, request.nic, request.state)
      : lab.lag(request.host, request.nics));
    return 0;
  }
  const running = lab.spawn(request.host, request.argv);
  listen((message) => {
    if ('in' in message) running.stdin.write(bytes(message.in));
    else running.stdin.end();
  });
  socket.once('close', () => running.kill());
  const ended = Promise.all([once(running.stdout, 'end'), once(running.stderr, 'end')]);
  // Were the command refused, the streams break off and the status says why.
  ended.catch(() => {});
  running.stdout.on('data', (chunk: Buffer) => void say(socket, { out: base64(chunk) }));
  running.stderr.on('data', (chunk: Buffer) => void say(socket, { err: base64(chunk) }));
  const status = await running.status;
  await ended;
  return status;
}
