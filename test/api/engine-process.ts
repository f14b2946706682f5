/** An engine in a process of its own, for tests that kill it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { startEngine } from '@patchbay/engine';
import { pino } from 'pino';

export const adminPassword = 'secret';

interface Started {
  url: string;
  port: number;
  agentPort: number;
}

export interface EngineProcess extends Started {
  joinToken(host: string): Promise<string>;
  /** SIGKILL: nothing is said, written or closed. */
  kill(): Promise<void>;
}

/** @param ports those of the engine before, since hosts know no others */
export async function startEngineProcess(
  data: string,
  waveWidth: number,
  ports: Pick<Started, 'port' | 'agentPort'> = { port: 0, agentPort: 0 },
): Promise<EngineProcess> {
  const argv = [data, String(waveWidth), String(ports.port), String(ports.agentPort)];
  const child = fork(new URL(import.meta.url), argv, { execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  const started = (await answer(child)) as Started;
  return {
    ...started,
    async joinToken(host) {
      child.send(host);
      return (await answer(child)) as string;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(([code]) =>
    Promise.reject(new Error(`The engine ended (${code}).`)),
  );
  ended.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown];
    return message;
  } finally {
    answered.abort();
  }
}

if (process.send !== undefined && process.argv[1]?.endsWith('engine-process.ts')) {
  const [data = '', waveWidth, port, agentPort] = process.argv.slice(2);
  const engine = await startEngine({
    ...{ data, adminPassword, waveWidth: Number(waveWidth), port: Number(port), agentPort: Number(agentPort) },
    log: pino({ level: 'silent' }),
  });
  process.on('message', (host: string) => void engine.joinToken(host).then((token) => process.send?.(token)));
  process.on('disconnect', () => process.exit());
  process.send({ url: engine.url, port: engine.port, agentPort: engine.agentPort } satisfies Started);
}
