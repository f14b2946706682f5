/** The socket by which a guard is reached, in a folder. */
import { renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { SOCKET } from './lines.ts';

/** Listens in the folder, which becomes the working directory. Resolves when whoever comes is heard. */
export async function openDoor(folder: string, serve: (stream: Socket) => void): Promise<Server> {
  // Relative to the folder: the name of a socket has at most 107 bytes, unix(7).
  process.chdir(folder);
  const server = createServer(serve);
  const unheard = `${SOCKET}.${process.pid}`;
  rmSync(unheard, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(unheard, resolve);
  });
  try {
    // Whoever sees it may connect at once.
    renameSync(unheard, SOCKET);
  } catch (error) {
    server.close();
    throw error;
  }
  return server;
}
