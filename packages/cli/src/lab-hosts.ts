/** Lab hosts on a real kernel, each with an agent that joins the engine. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildAgent, NODE_FLAGS } from '@patchbay/agent/bundle';
import type { RunningEngine } from '@patchbay/engine';
import { serveControl, startLab } from '@patchbay/lab';
import type { Logger } from 'pino';

export interface HostsOptions {
  engine: RunningEngine;
  count: number;
  data: string;
  log: Logger;
}

/** Addresses inside the lab at which hosts reach the engine. */
export const labGateway = '192.168.100.1';
export const labApiPort = 8080;
/** Also of an engine outside, whose hosts dial it for good. */
export const usualAgentPort = 54322;
export const labEngine = `wss://${labGateway}:${usualAgentPort}`;

/** @returns how to end them */
export async function startLabHosts(
  options: HostsOptions & { say: (line: string) => void },
): Promise<() => Promise<void>> {
  const { engine, count, data, log, say } = options;
  say('Building the agent …');
  const built = join(data, 'agent');
  await buildAgent(built);
  say(`Booting a lab of ${count} hosts on a real kernel …`);
  const lab = await startLab({
    hosts: count,
    tunnels: [
      { guestPort: labApiPort, hostPort: engine.port },
      { guestPort: usualAgentPort, hostPort: engine.agentPort },
    ],
    onLog: (host, line) => log.info({ host }, line),
  });
  // The lab's own folder is what hosts can read, whatever the data directory is hidden under.
  cpSync(built, join(lab.folder, 'agent'), { recursive: true });
  const control = await serveControl(lab, join(data, 'lab.sock'));
  say(`Kernel: ${lab.kind === 'uml' ? 'User-Mode Linux' : 'this machine, in network namespaces'}`);
  await Promise.all(lab.hosts.map((host) => joinHost(engine, lab, host)));
  return async () => {
    await control.close();
    await lab.stop();
  };
}

/** Starts an agent on a lab host with a fresh join token. */
export async function joinHost(
  engine: RunningEngine,
  lab: Awaited<ReturnType<typeof startLab>>,
  host: string,
): Promise<void> {
  const token = await engine.joinToken(host);
  const enrol = `http://${labGateway}:${labApiPort}/patchbay/enrol`;
  const agent = join(lab.folder, 'agent', 'agent.mjs');
  const flags = ['--state', '/var/lib/patchbay', '--enrol', enrol, '--token', token, '--name', host];
  await lab.startAgent(host, [process.execPath, ...NODE_FLAGS, agent, ...flags]);
}
