/** What the model needs to know about one host, read in one go; who else has the addresses that a change wants is asked then. */
import {
  type Attachment,
  type Cluster,
  type Completed,
  type Host,
  type HostState,
  isIpv4,
  type Network,
  staticAddresses,
} from '@patchbay/model';
import { observedFromReport } from '../mapping/observed.ts';
import type { Reader } from '../store/index.ts';
import { readSettings } from './settings.ts';

/** @returns undefined when there is no such host; addresses on other hosts are left out */
export async function loadHost(store: Reader, hostId: string): Promise<HostState | undefined> {
  const host = await store.get('host', hostId);
  if (host === undefined) return undefined;
  const cluster = await store.get('cluster', host.clusterId);
  if (cluster === undefined) throw new Error(`Host ${host.name} belongs to cluster ${host.clusterId}, which is gone.`);
  const around = await loadCluster(store, cluster);
  return { ...around, ...(await loadOwn(store, host)), addressesElsewhere: new Map() };
}

/**
 * The hosts of a cluster by name, one after the other, to see which of them something concerns: a cluster may have more than fit
 * in memory with their reports. Addresses on other hosts are left out.
 */
export async function* loadHosts(store: Reader, cluster: Cluster): AsyncGenerator<HostState> {
  const around = await loadCluster(store, cluster);
  for (const host of await store.list('host', cluster.id)) {
    yield { ...around, ...(await loadOwn(store, host)), addressesElsewhere: new Map() };
  }
}

async function loadCluster(
  store: Reader,
  cluster: Cluster,
): Promise<Pick<HostState, 'cluster' | 'networks' | 'otherNetworks' | 'settings'>> {
  const [all, qoss, settings] = await Promise.all([
    store.list('network', cluster.dataCentreId),
    store.list('qos', cluster.dataCentreId),
    readSettings(store),
  ]);
  const qosById = new Map(qoss.map((q) => [q.id, q]));
  const byNetwork = new Map((await store.list('cluster_network', cluster.id)).map((a) => [a.networkId, a]));
  const networks: HostState['networks'] = [];
  const otherNetworks: Network[] = [];
  for (const network of all) {
    const assignment = byNetwork.get(network.id);
    if (assignment === undefined) otherNetworks.push(network);
    else networks.push({ ...network, assignment, qos: qosById.get(network.qosId ?? '') ?? null });
  }
  return { cluster, networks, otherNetworks, settings };
}

async function loadOwn(
  store: Reader,
  host: Host,
): Promise<Pick<HostState, 'host' | 'nics' | 'attachments' | 'observed'>> {
  const [nics, attachments, stored] = await Promise.all([
    store.list('nic', host.id),
    store.list('attachment', host.id),
    store.get('report', host.id),
  ]);
  return { host, nics, attachments, observed: stored === undefined ? null : observedFromReport(stored.report) };
}

/** Of the static addresses that a change wants, those that other hosts of the data centre have: by `network on host`. */
export async function addressesElsewhere(
  store: Reader,
  { state, attachments }: Pick<Completed, 'state' | 'attachments'>,
): Promise<ReadonlyMap<string, string>> {
  const { host, networks, otherNetworks } = state;
  const names = new Map([...networks, ...otherNetworks].map(({ id, name }) => [id, name]));
  const wanted = new Set(attachments.flatMap(staticAddresses));
  const found = new Map<string, string>();
  for (const attachment of await perhapsWith(store, [...wanted])) {
    const network = names.get(attachment.networkId);
    const shared = staticAddresses(attachment).filter((address) => wanted.has(address));
    if (attachment.hostId === host.id || network === undefined || shared.length === 0) continue;
    const user = await store.get('host', attachment.hostId);
    for (const address of shared) found.set(address, `${network} on ${user?.name ?? 'a host'}`);
  }
  return found;
}

/** All attachments with one of these addresses, and some without: what has many spellings is only compared, and few hosts have it. */
async function perhapsWith(store: Reader, addresses: readonly string[]): Promise<Attachment[]> {
  const ipv4 = addresses.filter(isIpv4);
  const found = ipv4.length === 0 ? [] : await store.attachmentsWithIpv4(ipv4);
  return ipv4.length === addresses.length ? found : [...found, ...(await store.attachmentsWithStaticIpv6())];
}
