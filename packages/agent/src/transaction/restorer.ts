/** The parts that agent and guard have in common, on the real kernel. */
import { release } from 'node:os';
import { HostDhcpClients } from '../dhcp/clients.ts';
import { HostResolver } from '../dns/resolver.ts';
import { LinuxKernel } from '../execute/linux-kernel.ts';
import { KernelNeighbours } from '../execute/neighbours.ts';
import { restartHost } from '../execute/restart-host.ts';
import { udevHasActed } from '../execute/udev.ts';
import type { Kernel } from '../kernel.ts';
import { PATIENCE } from '../managers/let-go.ts';
import { knownManagers, Managers } from '../managers/managers.ts';
import { OwnedKernel } from '../managers/owned-kernel.ts';
import type { NicPatterns } from '../observe/nic-patterns.ts';
import { type Disk, realDisk } from '../persist/disk.ts';
import { Documents } from '../persist/documents.ts';
import { keepFiles } from '../persist/kept-files.ts';
import { readNicPatterns } from '../persist/nic-patterns.ts';
import { KnownOffers } from '../persist/offers.ts';
import { ownProcess } from '../persist/process-id.ts';
import { rememberingDisk } from '../persist/remembering-disk.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { killFile } from './checkpoint.ts';
import type { Log, Planner, Restorer } from './parts.ts';
import { endStrays, strayMark } from './strays.ts';
import { unread } from './unread.ts';
import { unwritten } from './unwritten.ts';

export const planner: Planner = { forward: planFor, restore: planRestore };

export interface OpenRestorer extends Restorer {
  clients: HostDhcpClients;
  offers: KnownOffers;
  nics: NicPatterns;
  /** The kernel alone. */
  bare: LinuxKernel;
  /** A view of the kernel together with the other managers of this host. */
  owned(view: Kernel): Kernel;
}

/**
 * @param stateDirectory absolute; created when absent
 * @param disk of what is written whether or not the network is back
 * @param later of what a revert writes when the links are back, with their addresses: DHCP clients and name servers
 */
export async function openRestorer(
  stateDirectory: string,
  order: 'kill-at' | 'guard-kill-at',
  log: Log,
  disk: Disk = realDisk,
  later: Disk = disk,
): Promise<OpenRestorer> {
  const lost = unread(log);
  const documents = await Documents.open(rememberingDisk(disk), stateDirectory, lost);
  const clients = new HostDhcpClients(later, stateDirectory);
  clients.unwritten = unwritten(log, 'a DHCP client');
  clients.unread = lost;
  const resolver = new HostResolver(later, stateDirectory);
  resolver.unread = lost;
  const offers = await KnownOffers.open(disk, stateDirectory, release(), lost);
  const nics = await readNicPatterns(disk, stateDirectory, lost);
  const environment = strayMark(stateDirectory);
  const bare = new LinuxKernel({
    dhcp: clients,
    resolver,
    environment,
    offers: () => offers.known,
    fakeNics: nics.fake,
  });
  const all = knownManagers(stateDirectory, environment);
  const managers = new Managers({ kernel: bare, all, patience: PATIENCE, environment, log });
  const owned = (view: Kernel): Kernel => new OwnedKernel(view, managers);
  return {
    clients,
    offers,
    nics,
    bare,
    owned,
    kernel: owned(bare),
    keepClaims: (committed, former) => managers.keep(committed, former),
    neighbours: new KernelNeighbours(environment),
    files: keepFiles(disk, () => touchedFiles(disk, stateDirectory)),
    planner,
    disk,
    stateDirectory,
    documents,
    checkpoints: killFile(stateDirectory, order),
    self: ownProcess(),
    async endStrays() {
      const left = await endStrays(stateDirectory);
      if (left.length > 0) log('error', 'programs of a former agent do not end', { pids: left.map(({ pid }) => pid) });
    },
    udevHasActed: () => udevHasActed(environment),
    reboot: restartHost,
    log,
  };
}

/** The resolver's file, and by which identity each network asks for its lease. */
async function touchedFiles(disk: Disk, stateDirectory: string): Promise<string[]> {
  const identities = `${stateDirectory}/dhcp/networks`;
  const names = (await disk.list(identities)).filter((name) => name.endsWith('.json'));
  return ['/etc/resolv.conf', ...names.map((name) => `${identities}/${name}`)];
}
