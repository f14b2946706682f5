/**
 * Takes hosts out of service whose required networks are missing or dark, and back into it when they have recovered
 * (rules 2.9, 5.2). What a host lacks counts when it had it, or when every other host in service has it: a network that is
 * only about to be rolled out over a cluster takes no host out of service. Once out, a host lacks what it lacks.
 */
import { type Host, type NonOperationalReason, type Shortcoming, shortcomings } from '@patchbay/model';
import { observedFromReport } from '../mapping/observed.ts';
import type { Reader, Writer } from '../store/index.ts';
import { background, type Engine } from './engine.ts';
import { note } from './note.ts';
import { readSettings } from './settings.ts';

const eventOf = {
  network_unreachable: 'VDS_SET_NONOPERATIONAL_NETWORK',
  network_interface_is_down: 'VDS_SET_NONOPERATIONAL_IFACE_DOWN',
  vm_network_is_bridgeless: 'VDS_SET_NON_OPERATIONAL_VM_NETWORK_IS_BRIDGELESS',
} as const satisfies Record<NonOperationalReason, string>;

/** Nics that are down under a required network, until the grace time is over: a cable may be replugged. */
export class DarkNics {
  readonly #waiting = new Map<string, NodeJS.Timeout>();

  /** @param over called once when the time has passed; not when `see` is called with false before */
  see(hostId: string, dark: boolean, graceMs: number, over: () => void): void {
    const timer = this.#waiting.get(hostId);
    if (dark && timer === undefined) {
      const started = setTimeout(() => {
        this.#waiting.delete(hostId);
        over();
      }, graceMs);
      this.#waiting.set(hostId, started.unref());
    }
    if (dark || timer === undefined) return;
    clearTimeout(timer);
    this.#waiting.delete(hostId);
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}

/** Networks a host carries by its wish; read before a change is stored, to know what it had. */
export async function carriedBy(tx: Reader, hostId: string): Promise<Set<string>> {
  return new Set((await tx.list('attachment', hostId)).map((one) => one.networkId));
}

/**
 * Judges a host by its stored report, in the write that stored it. Only hosts in service, and those that were taken out of it
 * here, are judged.
 * @param had ids of networks that it carried before
 * @param patient false once a nic has been dark for the grace time, or when the host asks to come back
 */
export async function judgeHealth(
  tx: Writer,
  engine: Engine,
  hostId: string,
  had: ReadonlySet<string>,
  patient = true,
): Promise<void> {
  const host = await tx.get('host', hostId);
  if (host === undefined || !(host.status === 'up' || isOurs(host))) return;
  const found = await counting(tx, host, had);
  const dark = found.some((one) => one.reason === 'network_interface_is_down');
  const grace = dark && patient ? (await readSettings(tx)).nicDownGrace * 1000 : 0;
  engine.darkNics.see(hostId, dark && host.status === 'up' && grace > 0, grace, () => {
    void engine.store
      .write(async (later) => judgeHealth(later, engine, hostId, await carriedBy(later, hostId), false))
      .catch((error: unknown) => engine.log.error({ err: error, host: host.name }, 'a host could not be judged'));
  });
  const pressing = found.filter((one) => grace === 0 || one.reason !== 'network_interface_is_down');
  const [first] = pressing;
  const { statusReason: _, ...healthy } = host;
  if (first === undefined) {
    // What is dark keeps a host out that is out already, without any grace.
    if (host.status === 'up' || dark) return;
    await tx.put('host', { ...healthy, status: 'up' });
    await note(tx, engine, background, 'VDS_DETECTED', `Host ${host.name} has recovered and is up.`, { host });
    return;
  }
  if (host.status !== 'up') return;
  await tx.put('host', { ...host, status: 'non_operational', statusReason: first.reason });
  for (const reason of new Set(pressing.map((one) => one.reason))) {
    const those = pressing.filter((one) => one.reason === reason);
    await note(tx, engine, background, eventOf[reason], sentence(host, reason, those), { host });
  }
}

/** Hosts of a cluster that are out of service for what the cluster may no longer require. */
export async function judgeOutOfService(tx: Writer, engine: Engine, clusterId: string): Promise<void> {
  for (const host of await tx.list('host', clusterId)) {
    if (isOurs(host)) await judgeHealth(tx, engine, host.id, await carriedBy(tx, host.id));
  }
}

const isOurs = (host: Host) => host.status === 'non_operational' && host.statusReason !== undefined;

async function counting(tx: Reader, host: Host, had: ReadonlySet<string>): Promise<Shortcoming[]> {
  const stored = await tx.get('report', host.id);
  const cluster = await tx.get('cluster', host.clusterId);
  if (stored === undefined || cluster === undefined) return [];
  const assignments = new Map((await tx.list('cluster_network', cluster.id)).map((one) => [one.networkId, one]));
  const networks = (await tx.list('network', cluster.dataCentreId)).flatMap((network) => {
    const assignment = assignments.get(network.id);
    return assignment === undefined ? [] : [{ ...network, assignment }];
  });
  const found = shortcomings(networks, observedFromReport(stored.report));
  const counted: Shortcoming[] = [];
  for (const one of found) {
    if (
      one.reason === 'vm_network_is_bridgeless' ||
      isOurs(host) ||
      had.has(one.network.id) ||
      (await tx.isOnEveryUpHost(one.network.id, host.clusterId, host.id))
    ) {
      counted.push(one);
    }
  }
  return counted;
}

function sentence(host: Host, reason: NonOperationalReason, those: readonly Shortcoming[]): string {
  const networks = those.map((one) => one.network.name).join(', ');
  const nics = [...new Set(those.flatMap((one) => one.nic ?? []))].join(', ');
  const why = {
    network_unreachable: `required networks are missing: ${networks}`,
    network_interface_is_down: `${nics} is down below required networks: ${networks}`,
    vm_network_is_bridgeless: `VM networks have no bridge: ${networks} on ${nics}`,
  }[reason];
  return `Host ${host.name} is out of service: ${why}.`;
}
