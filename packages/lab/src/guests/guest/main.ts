/** labd: builds the lab inside the guest and does what the outside asks, until the link to it ends. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Calls } from '../channel/calls.ts';
import { Multiplexer } from '../channel/multiplexer.ts';
import type { GuestConfig, GuestMethods, OutsideMethods } from '../contract.ts';
import { AgentService } from './agent.ts';
import { exec } from './commands.ts';
import { startDhcp } from './dhcp.ts';
import { Host } from './host.ts';
import { openLink } from './link.ts';
import { Switch } from './switch.ts';
import { openTunnel } from './tunnels.ts';

const [, , configPath = '', fd = '3'] = process.argv;
const config = JSON.parse(readFileSync(configPath, 'utf8')) as GuestConfig;
const { input, output } = openLink(Number(fd));
const link = new Multiplexer(input, output, 2);
link.on('read', (bytes) => link.acknowledge(bytes));
// The first process takes everything down with it: power off, or the end of a process namespace.
link.on('close', () => process.exit());

const fabric = new Switch(config);
const places = new Map<string, { host: Host; agent: AgentService }>();
for (let number = 1; number <= config.hosts; number++) {
  const log = (line: string): void => void outside.call('log', { host: `host${number}`, line }).catch(() => {});
  const host = new Host({
    number,
    nics: config.nics,
    windows: config.windows,
    switch: fabric,
    scripts: dirname(configPath),
    log,
  });
  places.set(host.name, { host, agent: new AgentService(host, log) });
}

function place(name: string): { host: Host; agent: AgentService } {
  const found = places.get(name);
  if (found === undefined) throw new Error(`no host '${name}'; there are ${[...places.keys()].join(', ')}`);
  return found;
}

const methods: GuestMethods = {
  exec: async (params) => ({
    status: await exec(link, params.host === 'switch' ? [] : place(params.host).host.inside, params),
  }),
  cable: ({ host, nic, state }) => fabric.cable(place(host).host.name, nic, state),
  lag: ({ host, nics }) => fabric.lag(place(host).host.name, nics),
  startAgent: ({ host, argv, env }) => place(host).agent.start(argv, env),
  stopAgent: ({ host }) => place(host).agent.stop(),
  killAgent: ({ host }) => place(host).agent.kill(),
  agentPid: ({ host }) => place(host).agent.pid(),
  readFile: ({ host, path }) => readFile(place(host).host.path(path), 'utf8'),
  writeFile: async ({ host, path, text }) => {
    const file = place(host).host.path(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  },
  reboot: async ({ host }) => {
    const { host: machine, agent } = place(host);
    const enabled = agent.powerCut();
    await machine.halt();
    await machine.boot();
    if (enabled !== undefined) await agent.start(enabled.argv, enabled.env);
  },
  reset: async ({ host }) => {
    const { host: machine, agent } = place(host);
    agent.powerCut();
    await machine.halt();
    await machine.wipe();
    await machine.boot();
  },
};
const outside = new Calls<OutsideMethods>(link, methods);

try {
  await mkdir('/run/lab', { recursive: true });
  await fabric.start(config.dhcpVlans);
  const logDhcp = (line: string): void => void outside.call('log', { host: 'switch', line }).catch(() => {});
  await Promise.all([
    startDhcp(config.dhcpVlans, logDhcp),
    ...[...places.values()].map(({ host }) => host.boot()),
    ...config.ports.map((port) => openTunnel(link, outside, port)),
  ]);
  await outside.call('ready', { problem: null });
} catch (error) {
  await outside.call('ready', { problem: error instanceof Error ? error.message : String(error) });
}
