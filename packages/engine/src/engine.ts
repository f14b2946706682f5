/** Joins the parts to a running engine. The only place that knows all of them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { SignIn } from './auth/index.ts';
import { AgentLinks, type Authority, openAuthority } from './gateway/index.ts';
import { ownRoutes } from './http/own-routes.ts';
import { allRoutes } from './http/resources/index.ts';
import { createServer } from './http/server.ts';
import { signInRoutes } from './http/sign-in-routes.ts';
import { agentEvents } from './operations/agents.ts';
import { bootstrap } from './operations/bootstrap.ts';
import type { Engine } from './operations/engine.ts';
import { makeJoinToken } from './operations/enrol.ts';
import { DarkNics } from './operations/host-health.ts';
import { HostLocks } from './operations/host-lock.ts';
import { forgetLostJobs } from './operations/jobs/lost-jobs.ts';
import { keepStoreShort } from './operations/keep-store-short.ts';
import { awaitReturns } from './operations/lost-hosts.ts';
import { Outcomes } from './operations/outcomes.ts';
import { Rollouts } from './operations/propagation/rollouts.ts';
import { writeSettings } from './operations/settings.ts';
import { noWorkloads, type Workloads } from './operations/workloads.ts';
import { Store } from './store/index.ts';

export interface EngineOptions {
  /** Directory of the database, made when missing; `:memory:` keeps nothing. */
  data: string;
  /** Where the API listens. Port 0 takes a free one. */
  address?: string;
  port: number;
  /** Where agents connect. */
  agentAddress?: string;
  agentPort: number;
  /** `wss://…` addresses told to hosts that join; by default the listener's own. */
  advertise?: string[];
  adminPassword: string;
  /** Settings to keep, by name (`operations/settings.ts`); what is not given stays as it was set before. */
  settings?: Readonly<Record<string, string>>;
  /** Hosts that follow a change in the background at once, unless the request says otherwise; 20 when absent. */
  waveWidth?: number;
  /** What uses networks besides hosts; nothing when absent. */
  workloads?: Workloads;
  log?: Logger;
}

export interface RunningEngine {
  /** `http://address:port/ovirt-engine/api` */
  url: string;
  port: number;
  agentPort: number;
  engine: Engine;
  authority: Authority;
  /** A token with which one host of that name joins the default cluster. */
  joinToken(hostName: string): Promise<string>;
  close(): Promise<void>;
}

export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const log = options.log ?? pino({ level: 'warn' });
  const inMemory = options.data === ':memory:';
  if (!inMemory) mkdirSync(options.data, { recursive: true, mode: 0o700 });
  const store = await Store.open(inMemory ? ':memory:' : join(options.data, 'engine.db'));
  const now = Date.now;
  const authority = await openAuthority(store, now);
  const links = new AgentLinks(
    authority,
    agentEvents(() => engine, authority),
    log,
  );
  const engine: Engine = {
    store,
    hosts: links,
    locks: new HostLocks(),
    lockPatience: 20_000,
    outcomes: new Outcomes(),
    installations: new Map(),
    rollouts: new Rollouts(() => engine),
    waveWidth: options.waveWidth ?? 20,
    workloads: options.workloads ?? noWorkloads,
    darkNics: new DarkNics(),
    now,
    newId: randomUUID,
    newSecret: () => randomBytes(32).toString('hex'),
    log,
  };
  await bootstrap(engine);
  await writeSettings(store, options.settings ?? {});
  await forgetLostJobs(engine);
  const signIn = new SignIn(store, now);
  const admin = await store.named('app_user', null, 'admin@internal');
  await signIn.setPassword(
    { id: admin?.id ?? randomUUID(), name: 'admin@internal', role: 'administrator' },
    options.adminPassword,
  );

  const address = options.address ?? '127.0.0.1';
  const agentAddress = options.agentAddress ?? '127.0.0.1';
  const agentPort = await links.listen(agentAddress, options.agentPort);
  const stopAwaiting = awaitReturns(engine);
  const advertised = options.advertise ?? [`wss://${inUrl(agentAddress)}:${agentPort}`];
  const app = createServer({ signIn, routes: allRoutes(engine, await instanceId(store)), log });
  signInRoutes(app, signIn);
  const data = inMemory ? null : options.data;
  ownRoutes(app, { engine, authority, signIn, agentAddresses: () => advertised, data });
  await app.listen({ host: address, port: options.port });
  await engine.rollouts.start();
  const stopClearing = keepStoreShort(engine);
  const listening = app.server.address();
  const bound = typeof listening === 'object' && listening !== null ? listening.port : options.port;
  return {
    url: `http://${inUrl(address)}:${bound}/ovirt-engine/api`,
    port: bound,
    agentPort,
    engine,
    authority,
    async joinToken(hostName) {
      const cluster = (await store.list('cluster')).find((c) => c.name === 'Default');
      if (cluster === undefined) throw new Error('There is no cluster named Default.');
      return (await makeJoinToken(engine, authority, hostName, cluster.id)).token;
    },
    async close() {
      stopAwaiting();
      stopClearing();
      const stopped = engine.rollouts.stop();
      engine.outcomes.giveAll();
      await Promise.all([app.close(), stopped]);
      await links.close();
      await store.close();
    },
  };
}

function inUrl(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

async function instanceId(store: Store): Promise<string> {
  const kept = await store.get('secret', 'instance');
  if (kept !== undefined) return kept.value;
  const value = randomUUID();
  await store.write((tx) => tx.put('secret', { id: 'instance', value }));
  return value;
}
