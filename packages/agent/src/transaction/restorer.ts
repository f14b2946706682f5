/** The parts that agent and guard have in common, on the real kernel. */
import { Udhcpc } from '../dhcp/clients.ts';
import { ResolvConf } from '../dns/resolver.ts';
import { LinuxKernel } from '../execute/linux-kernel.ts';
import { PATIENCE } from '../managers/let-go.ts';
import { knownManagers, Managers } from '../managers/managers.ts';
import { OwnedKernel } from '../managers/owned-kernel.ts';
import { realDisk } from '../persist/disk.ts';
import { Documents } from '../persist/documents.ts';
import { ownProcess } from '../persist/process-id.ts';
import { planFor, planRestore } from '../plan/plan-for.ts';
import { killFile } from './checkpoint.ts';
import type { Log, Planner, Restorer } from './parts.ts';
import { endStrays, strayMark } from './strays.ts';

export const planner: Planner = { forward: planFor, restore: planRestore };

/** @param stateDirectory absolute; created when absent */
export async function openRestorer(
  stateDirectory: string,
  order: 'kill-at' | 'guard-kill-at',
  log: Log,
): Promise<Restorer & { clients: Udhcpc }> {
  const documents = await Documents.open(realDisk, stateDirectory);
  const clients = new Udhcpc(realDisk, stateDirectory);
  const resolver = new ResolvConf();
  const environment = strayMark(stateDirectory);
  const kernel = new LinuxKernel({ dhcp: clients, resolver, environment });
  const all = knownManagers(stateDirectory, environment);
  const managers = new Managers({ kernel, all, patience: PATIENCE, environment, log });
  return {
    clients,
    kernel: new OwnedKernel(kernel, managers),
    keepClaims: (committed) => managers.keep(committed),
    planner,
    disk: realDisk,
    stateDirectory,
    documents,
    checkpoints: killFile(stateDirectory, order),
    self: ownProcess(),
    endStrays: () => endStrays(stateDirectory),
    log,
  };
}
