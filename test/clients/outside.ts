/**
 * The hosts as seen from outside, for a suite that runs as a program of its own: `POST /before/S-05` lets another hand at
 * the kernel, `POST /after/S-05` looks at what the operation has done to it, `POST /join` has `host3` join. The answer
 * is 200, or 409 with what is wrong.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { founding } from './founding.ts';
import type { Ground } from './ground.ts';

export interface Outside {
  url: string;
  /** Steps whose effect was looked at and was right. */
  seen: Set<string>;
  close(): Promise<void>;
}

export async function openOutside(ground: Ground): Promise<Outside> {
  const seen = new Set<string>();
  const act = async (path: string) => {
    if (path === '/join') return ground.join();
    const [, when = '', name = ''] = path.split('/');
    const step = founding[name];
    if (step === undefined) throw new Error(`There is no founding operation ${name}.`);
    if (when === 'before') return step.before?.(ground);
    await step.after(ground.kernel(), ground);
    seen.add(name);
  };
  const server = createServer((request, response) => {
    request.resume();
    act(request.url ?? '').then(
      () => response.end(),
      (error: unknown) => response.writeHead(409).end(error instanceof Error ? error.message : String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
