/** `patchbay server`: engine, hosts and agents in one command, until Ctrl-C. Leaves nothing behind but the data directory. */
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type RunningEngine, startEngine } from '@patchbay/engine';
import { pino } from 'pino';
import { adminPassword } from './admin-password.ts';
import { labEngine, startLabHosts, usualAgentPort } from './lab-hosts.ts';
import { startMemoryHosts } from './memory-hosts.ts';

export type HostKind = 'lab' | 'memory' | 'none';

export interface ServerOptions {
  address: string;
  port: number;
  agentAddress: string;
  /** Of hosts that have joined, who dial it for good; when absent 54322, or any free one beside hosts that are started here. */
  agentPort?: number;
  /** `wss://…`; the agents' listener itself when empty. */
  advertise: string[];
  hosts: HostKind;
  count: number;
  data: string;
  fresh: boolean;
  /** Settings by name. */
  set: Record<string, string>;
}

/** Addresses to listen at that are none to dial. */
const everywhere = ['0.0.0.0', '::'];

/** What was started, to be ended in reverse. */
type Stop = () => Promise<void>;

export async function runServer(options: ServerOptions): Promise<void> {
  const stops: Stop[] = [];
  let ending: Promise<void> | null = null;
  const end = (): Promise<void> => {
    ending ??= (async () => {
      for (const stop of stops.reverse()) await stop().catch((error: unknown) => say(`While stopping: ${error}`));
    })();
    return ending;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void end().then(() => process.exit(0)));
  }
  try {
    await start(options, stops);
  } catch (error) {
    say(reasonOf(error, options));
    await end();
    process.exit(1);
  }
}

function reasonOf(error: unknown, options: ServerOptions): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || error.code !== 'EADDRINUSE') return error.message;
  const { port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  const taken = `Port ${port} of ${address} is taken, perhaps by another engine: end what has it, or choose another with`;
  return port === options.port && address === options.address
    ? `${taken} --port.`
    : `${taken} --agent-port. Hosts that have joined go on to dial the one that they were told.`;
}

async function start(options: ServerOptions, stops: Stop[]): Promise<void> {
  const data = resolve(options.data);
  if (options.fresh) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const { password, madeIn } = adminPassword(data);
  const hosts = hostKind(options.hosts);
  const advertise = [...(hosts === 'lab' ? [labEngine] : []), ...options.advertise];
  if (advertise.length === 0 && everywhere.includes(options.agentAddress)) {
    throw new Error(
      `No host can dial ${options.agentAddress}: say with --advertise wss://ADDRESS:PORT where hosts reach this engine.`,
    );
  }
  const log = pino({ level: process.env['PATCHBAY_LOG'] ?? 'info' }, pino.destination(join(data, 'server.log')));
  const engine = await startEngine({
    data,
    address: options.address,
    port: options.port,
    agentAddress: options.agentAddress,
    agentPort: options.agentPort ?? (hosts === 'none' ? usualAgentPort : 0),
    adminPassword: password,
    settings: options.set,
    log,
    ...(advertise.length > 0 ? { advertise } : {}),
  });
  stops.push(() => engine.close());
  say(`Engine: ${engine.url}`);
  if (madeIn !== null) say(`User admin@internal, password ${password} (kept in ${madeIn})`);
  if (hosts === 'lab') stops.push(await startLabHosts({ engine, count: options.count, data, log, say }));
  if (hosts === 'memory') stops.push(await startMemoryHosts({ engine, count: options.count, log }));
  if (hosts !== 'none') await allUp(engine, options.count);
  process.stdout.write(`ready ${engine.url}\n`);
}

/** A real kernel needs root on Linux; elsewhere there are hosts in memory, and we say so. */
function hostKind(asked: HostKind): HostKind {
  if (asked !== 'lab' || (process.platform === 'linux' && process.getuid?.() === 0)) return asked;
  say('Lab hosts need root on Linux; starting hosts in memory instead. They accept every change but have no kernel.');
  return 'memory';
}

/** Waits until every host is there, has its management network and, where it had more when the engine was last ended, that too. */
async function allUp(running: RunningEngine, count: number): Promise<void> {
  const { store, hosts: links } = running.engine;
  const isUp = async ({ id, status }: { id: string; status: string }) =>
    status === 'up' && links.connected(id) && (await store.runningTask(id)) === undefined;
  const deadline = Date.now() + 120_000;
  let shown = '';
  for (;;) {
    const hosts = await store.list('host');
    const up = (await Promise.all(hosts.map(isUp))).filter(Boolean).length;
    const failed = hosts.find((h) => h.status === 'install_failed');
    if (failed !== undefined) {
      const event = (await store.events()).find((e) => e.host_id === failed.id);
      throw new Error(`Host ${failed.name} could not be set up. ${event?.description ?? ''}`);
    }
    if (up >= count) return;
    if (Date.now() > deadline) throw new Error(`Only ${up} of ${count} hosts came up within two minutes.`);
    const line = `Setting up management networks: ${up} of ${count} hosts up …`;
    if (line !== shown) say(line);
    shown = line;
    await new Promise((tick) => setTimeout(tick, 250));
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
