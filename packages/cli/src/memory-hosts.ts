/** Hosts in memory, for machines without a lab: real agents and real links, a kernel that is only a table. */
import type { RunningEngine } from '@patchbay/engine';
import { startMemoryHost } from '@patchbay/lab';
import type { Logger } from 'pino';

export interface MemoryHostsOptions {
  engine: RunningEngine;
  count: number;
  log: Logger;
}

/** @returns how to end them */
export async function startMemoryHosts({ engine, count, log }: MemoryHostsOptions): Promise<() => Promise<void>> {
  const enrol = new URL('/patchbay/enrol', engine.url).href;
  const hosts = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const name = `host${i + 1}`;
      const token = await engine.joinToken(name);
      return startMemoryHost({ name, number: i + 1, enrol, token, log: (line) => log.info({ host: name }, line) });
    }),
  );
  return async () => {
    await Promise.all(hosts.map((host) => host.stop()));
  };
}
