/** The whole system for tests: an engine, a lab on a real kernel, an agent on each host. Booted once, shared by suites. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAgent } from '@patchbay/agent/bundle';
import { type RunningEngine, startEngine } from '@patchbay/engine';
import { type Lab, type LabOptions, startLab } from '@patchbay/lab';
import { pino } from 'pino';
import { joinHost, labApiPort, usualAgentPort } from '../../packages/cli/src/lab-hosts.ts';
import { type Client, client, type Reply } from '../client.ts';

export interface System {
  engine: RunningEngine;
  lab: Lab;
  api: Client;
  /** Newest lines of what agents and engine said, for a failed test. */
  said: string[];
  /** Has a host of the lab join the engine; resolves when its agent runs. */
  join(host: string): Promise<void>;
  /** In the same lab a new engine, at the same address, and hosts as they were unpacked. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param spare hosts of the lab beside those, which join when they are told to
 * @param more of the lab
 */
export async function startSystem(hosts: number, spare = 0, more: Pick<LabOptions, 'files'> = {}): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-system-'));
  const said: string[] = [];
  const hear = (line: string) => {
    said.push(line);
    if (said.length > 400) said.shift();
  };
  let engines = 0;
  const newEngine = (port: number, agentPort: number) => {
    engines += 1;
    return startEngine({
      ...{ data: join(folder, `engine${engines}`), port, agentPort },
      adminPassword: 'secret',
      advertise: [`wss://192.168.100.1:${usualAgentPort}`],
      log: pino({ level: 'info' }, { write: hear }),
    });
  };
  const engine = await newEngine(0, 0);
  const built = join(folder, 'agent');
  await buildAgent(built);
  const lab = await startLab({
    ...more,
    hosts: hosts + spare,
    tunnels: [
      { guestPort: labApiPort, hostPort: engine.port },
      { guestPort: usualAgentPort, hostPort: engine.agentPort },
    ],
    onLog: (host, line) => hear(`${host}: ${line}`),
  });
  cpSync(built, join(lab.folder, 'agent'), { recursive: true });
  const system: System = {
    engine,
    lab,
    api: client(engine.url, 'secret'),
    said,
    join: (host) => joinHost(system.engine, lab, host),
    async renew() {
      await Promise.all(lab.hosts.map((host) => lab.reset(host)));
      const { port, agentPort } = system.engine;
      await system.engine.close();
      system.engine = await newEngine(port, agentPort);
      await joinAll();
    },
    async stop() {
      await lab.stop();
      await system.engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const joinAll = async () => {
    for (const host of lab.hosts.slice(0, hosts)) await system.join(host);
    const up = async () => (await system.engine.engine.store.list('host')).filter((h) => h.status === 'up').length;
    await until('all hosts are up', async () => (await up()) === hosts, 120_000).catch((error: Error) => {
      throw new Error(`${error.message}\n${said.slice(-20).join('\n')}`);
    });
  };
  await joinAll();
  return system;
}

/** @throws with `what` when it is not so within that many milliseconds */
export async function until(what: string, holds: () => Promise<boolean>, within: number): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function hostByName({ engine }: System, name: string) {
  const host = (await engine.engine.store.list('host')).find((h) => h.name === name);
  if (host === undefined) throw new Error(`There is no host ${name}.`);
  return host;
}

export interface LinkFacts {
  ifname: string;
  mtu: number;
  master?: string;
  link?: string;
  operstate: string;
  flags: string[];
  address: string;
  ifalias?: string;
  linkinfo?: {
    info_kind?: string;
    info_data?: { mode?: string; miimon?: number; id?: number; stp_state?: number; active_slave?: string };
  };
  addr_info: { family: string; local: string; prefixlen: number; scope: string; dynamic?: boolean }[];
}

/** One host as a test sees it: through the API by its own paths, and through its kernel. */
export interface HostView {
  id: string;
  name: string;
  request(method: string, path: string, body?: string | object): Promise<Reply>;
  /** Every link of its kernel by name, as `ip -d -j addr` shows it. */
  links(): Promise<Map<string, LinkFacts>>;
  exec(...argv: string[]): Promise<string>;
  nicIds(): Promise<Map<string, string>>;
}

export async function viewHost(system: System, name: string): Promise<HostView> {
  const { id } = await hostByName(system, name);
  const view: HostView = {
    id,
    name,
    request: (method, path, body) => system.api.request(method, `/hosts/${id}${path}`, body),
    async links() {
      const facts = JSON.parse(await view.exec('ip', '-d', '-j', 'addr')) as LinkFacts[];
      return new Map(facts.map((link) => [link.ifname, link]));
    },
    async exec(...argv) {
      const { status, stdout, stderr } = await system.lab.exec(name, argv, { timeout: 60_000 });
      if (status !== 0) throw new Error(`${argv.join(' ')} on ${name}: status ${status}: ${stdout}${stderr}`);
      return stdout;
    },
    async nicIds() {
      const nics = await system.engine.engine.store.list('nic', id);
      return new Map(nics.map((nic) => [nic.name, nic.id]));
    },
  };
  return view;
}

/** A network of the default data centre, given to the default cluster. @returns its id */
export async function makeNetwork(
  { api }: System,
  name: string,
  more: { vlan?: number; vm?: boolean; mtu?: number } = {},
): Promise<string> {
  const { vlan, vm = true, mtu = 0 } = more;
  const made = await api.request('POST', '/networks', {
    name,
    mtu,
    data_center: { name: 'Default' },
    usages: { usage: vm ? ['vm'] : [] },
    ...(vlan === undefined ? {} : { vlan: { id: vlan } }),
  });
  if (made.status !== 201) throw new Error(`${name}: ${made.text}`);
  const id = made.as('network').id ?? '';
  const cluster = (
    await api.request('GET', '/clusters?search=name%3DDefault', undefined, { accept: 'application/json' })
  ).text;
  const clusterId = (JSON.parse(cluster) as { cluster: { id: string }[] }).cluster[0]?.id;
  const given = await api.request('POST', `/clusters/${clusterId}/networks`, { id, required: false });
  if (given.status !== 201) throw new Error(`${name}: ${given.text}`);
  return id;
}
