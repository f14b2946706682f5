/**
 * `script/lab`: a running lab takes commands on a Unix socket in the data directory. One connection is one command:
 * a line of JSON that says what, then lines of JSON with output until `status`.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Lab } from './lab.ts';

export type ControlRequest =
  | { kind: 'exec'; host: string; argv: string[] }
  | { kind: 'cable'; host: string; nic: string; state: 'cut' | 'mend' }
  | { kind: 'lag'; host: string; nics: string[] };

type ControlLine = { out: string } | { err: string } | { status: number };

/** Serves a lab on a socket that only its owner may open. @returns how to end it */
export async function serveControl(lab: Lab, path: string): Promise<{ close(): Promise<void> }> {
  await rm(path, { force: true });
  const server: Server = createServer((socket) => void serve(lab, socket));
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
  io: { out(text: string): void; err(text: string): void },
): Promise<number> {
  const socket = connect(path);
  await once(socket, 'connect');
  socket.write(`${JSON.stringify(request)}\n`);
  for await (const line of createInterface({ input: socket })) {
    const message = JSON.parse(line) as ControlLine;
    if ('status' in message) return message.status;
    if ('out' in message) io.out(message.out);
    else io.err(message.err);
  }
  throw new Error('the lab ended before the command did');
}

async function serve(lab: Lab, socket: Socket): Promise<void> {
  socket.on('error', () => socket.destroy());
  const send = (line: ControlLine) => void socket.write(`${JSON.stringify(line)}\n`);
  try {
    const lines = createInterface({ input: socket });
    const [line] = (await once(lines, 'line')) as [string];
    send({ status: await perform(lab, JSON.parse(line) as ControlRequest, socket, send) });
  } catch (error) {
    send({ err: `${error instanceof Error ? error.message : String(error)}\n` });
    send({ status: 1 });
  }
  socket.end();
}

async function perform(
  lab: Lab,
  request: ControlRequest,
  socket: Socket,
  send: (line: ControlLine) => void,
): Promise<number> {
  if (request.kind === 'cable') await lab.cable(request.host, request.nic, request.state);
  if (request.kind === 'lag') await lab.lag(request.host, request.nics);
  if (request.kind !== 'exec') return 0;
  const running = lab.spawn(request.host, request.argv);
  running.stdin.end();
  // Whoever asked has gone: so shall the command.
  socket.on('close', () => running.kill());
  const closed = Promise.all([once(running.stdout, 'end'), once(running.stderr, 'end')]);
  running.stdout.setEncoding('utf8').on('data', (out: string) => send({ out }));
  running.stderr.setEncoding('utf8').on('data', (err: string) => send({ err }));
  const status = await running.status;
  await closed;
  return status;
}
