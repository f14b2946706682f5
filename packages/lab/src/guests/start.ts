import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, open, readFile, realpath, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beside, bundle } from './bundle.ts';
import { Calls } from './channel/calls.ts';
import { join as joinStreams } from './channel/join.ts';
import { Multiplexer } from './channel/multiplexer.ts';
import { Paced } from './channel/paced.ts';
import type { GuestConfig, GuestMethods, OutsideMethods } from './contract.ts';
import { hostName } from './guest/addresses.ts';
import type { Lab, LabOptions } from './lab.ts';
import { chooseLaunch } from './launch/choose.ts';
import type { Launch } from './launch/launch.ts';
import { missingPrerequisites } from './prerequisites.ts';
import { remoteLab } from './remote-lab.ts';

/** Starts a lab; rejects with what its kernel printed when it does not come up. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const {
    hosts,
    nics = 6,
    tunnels = [],
    dhcpVlans = [10, 100],
    files = [],
    onLog = () => {},
    memory = '512M',
  } = options;
  const launch = options.launch ?? chooseLaunch(memory);
  const missing = missingPrerequisites(launch.kind);
  if (missing.length > 0) {
    const sentence = missing.map((each) => `${each.program} (Debian package ${each.package})`).join(', ');
    throw new Error(`the lab needs programs that are not installed: ${sentence}`);
  }
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'patchbay-lab-'));
  // What runs on hosts is not all root's.
  await chmod(folder, 0o755);
  await furnish(folder, {
    hosts,
    nics,
    ports: tunnels.map(({ guestPort }) => guestPort),
    dhcpVlans,
    windows: [folder, ...(await Promise.all(files.map((path) => realpath(path))))],
  });
  const keeper = await spawnKeeper(launch, folder);
  const ended = once(keeper, 'exit');
  const line = keeper.stdio[3] as Socket;
  const paced = new Paced(line);
  const link = new Multiplexer(line, paced, 1);
  link.on('taken', (bytes) => paced.taken(bytes));

  const stop = async (): Promise<void> => {
    line.destroy();
    keeper.stdio[4]?.destroy();
    await ended;
  };

  const hostPorts = new Map(tunnels.map(({ guestPort, hostPort }) => [guestPort, hostPort]));
  let started: (problem: string | null) => void = () => {};
  const ready = new Promise<string | null>((resolve) => {
    started = resolve;
  });
  const guest = new Calls<GuestMethods>(link, {
    ready: ({ problem }) => started(problem),
    connect: ({ lane, port }) => {
      const socket = connect({ host: '127.0.0.1', port: hostPorts.get(port) ?? 0, allowHalfOpen: true, noDelay: true });
      joinStreams(socket, link.accept(lane));
    },
    log: ({ host, line }) => onLog(host, line),
  } satisfies OutsideMethods);
  link.once('close', () => started('it ended'));
  const problem = await ready;
  if (problem !== null) {
    const said = await readFile(join(folder, 'console.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`the lab did not start: ${problem}\n${said}`);
  }
  const names = Array.from({ length: hosts }, (_, index) => hostName(index + 1));
  return remoteLab({ kind: launch.kind, hosts: names, folder, link, guest, stop });
}

/** Puts labd, its scripts and its config into the lab's folder. */
async function furnish(folder: string, config: GuestConfig): Promise<void> {
  await Promise.all([
    bundle(beside('guest/main.ts'), join(folder, 'labd.mjs')),
    copyFile(beside('guest/host.sh'), join(folder, 'host.sh')),
    copyFile(beside('launch/uml.sh'), join(folder, 'uml.sh')).then(() => chmod(join(folder, 'uml.sh'), 0o755)),
    copyFile(beside('launch/namespaces.sh'), join(folder, 'namespaces.sh')),
    writeFile(join(folder, 'config.json'), JSON.stringify(config)),
  ]);
}

/** Starts the process that outlives this one by as long as it takes to leave nothing behind. */
async function spawnKeeper(launch: Launch, folder: string): Promise<ChildProcess> {
  const { argv, env } = launch.command(folder);
  const log = await open(join(folder, 'console.log'), 'w');
  const keeper = spawn('sh', [beside('launch/keeper.sh'), folder, ...argv], {
    // A session of its own: Ctrl-C is for the one who started the lab, and the lab follows when the link ends.
    detached: true,
    env,
    cwd: '/',
    stdio: ['ignore', log.fd, log.fd, 'pipe', 'pipe'],
  });
  await log.close();
  return keeper;
}
