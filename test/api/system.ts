/** An engine with hosts in memory, for tests that look at answers, not at a kernel. */
import type { TestContext } from 'node:test';
import { type RunningEngine, startEngine } from '@patchbay/engine';
import { type RunningMemoryHost, startMemoryHost } from '@patchbay/lab';
import { pino } from 'pino';
import { type Client, client, type Reply } from '../client.ts';

/** One host through the API, by its own paths. */
export interface HostView {
  id: string;
  name: string;
  memory: RunningMemoryHost;
  request(method: string, path: string, body?: string | object, headers?: Record<string, string>): Promise<Reply>;
  nic(name: string): Promise<string>;
}

export interface System {
  engine: RunningEngine;
  api: Client;
  hosts: HostView[];
  stop(): Promise<void>;
}

/**
 * Starts `host1`, `host2`, … and waits until all of them are up.
 * @param nics of each host
 * @param virtualFunctions SR-IOV: nic to the most functions that it can have, on each host
 */
export async function startSystem(
  count: number,
  nics = 6,
  virtualFunctions: Readonly<Record<string, number>> = {},
): Promise<System> {
  const silent = pino({ level: 'silent' });
  const engine = await startEngine({ data: ':memory:', port: 0, agentPort: 0, adminPassword: 'secret', log: silent });
  const api = client(engine.url, 'secret');
  const enrol = `http://127.0.0.1:${engine.port}/patchbay/enrol`;
  const names = Array.from({ length: count }, (_, at) => `host${at + 1}`);
  const memories = await Promise.all(
    names.map(async (name, at) => {
      const token = await engine.joinToken(name);
      return startMemoryHost({ name, number: at + 1, nics, virtualFunctions, enrol, token, log() {} });
    }),
  );
  const { store } = engine.engine;
  await until('all hosts are up', async () => {
    const hosts = await store.list('host');
    return hosts.length === count && hosts.every((host) => host.status === 'up');
  });
  const known = await store.list('host');
  const hosts = names.flatMap((name, at) => {
    const id = known.find((host) => host.name === name)?.id;
    const memory = memories[at];
    return id === undefined || memory === undefined ? [] : [view(engine, api, { id, name, memory })];
  });
  return {
    engine,
    api,
    hosts,
    async stop() {
      try {
        await Promise.all(memories.map((host) => host.stop()));
      } finally {
        await engine.close();
      }
    },
  };
}

function view(engine: RunningEngine, api: Client, host: Pick<HostView, 'id' | 'name' | 'memory'>): HostView {
  return {
    ...host,
    request: (method, path, ...rest) => api.request(method, `/hosts/${host.id}${path}`, ...rest),
    async nic(name) {
      const found = await engine.engine.store.named('nic', host.id, name);
      if (found === undefined) throw new Error(`Host ${host.name} has no nic ${name}.`);
      return found.id;
    },
  };
}

/** @param index from 0 @throws when there are fewer hosts */
export function hostAt({ hosts }: System, index: number): HostView {
  const host = hosts[index];
  if (host === undefined) throw new Error(`There is no host number ${index + 1}.`);
  return host;
}

/** Has something done between what the next request that writes has read and its write. */
export function beforeNextWrite({ mock }: TestContext, { engine }: System, work: () => Promise<unknown>): void {
  const { store } = engine.engine;
  const write = store.write.bind(store);
  const delayed = async (...asked: Parameters<typeof write>) => {
    await work();
    return write(...asked);
  };
  mock.method(store, 'write', delayed, { times: 1 });
}

/** @throws with `what` when it is not so within that many milliseconds */
export async function until(what: string, holds: () => Promise<boolean>, within = 20_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A network of the default data centre, given to the default cluster. @returns its id */
export async function makeNetwork(
  { api, engine }: System,
  name: string,
  { vlan, vm = true }: { vlan?: number; vm?: boolean } = {},
): Promise<string> {
  const made = await api.request('POST', '/networks', {
    name,
    data_center: { name: 'Default' },
    usages: { usage: vm ? ['vm'] : [] },
    ...(vlan === undefined ? {} : { vlan: { id: vlan } }),
  });
  if (made.status !== 201) throw new Error(`${name}: ${made.text}`);
  const id = made.as('network').id ?? '';
  const cluster = (await engine.engine.store.list('cluster')).find((one) => one.name === 'Default');
  const given = await api.request('POST', `/clusters/${cluster?.id}/networks`, { id, required: false });
  if (given.status !== 201) throw new Error(`${name}: ${given.text}`);
  return id;
}
