import type { Cluster, Host } from '@patchbay/model';
import type { Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';
import { changedNetwork } from './propagation/changed-network.ts';
import { propagate, type RolloutOptions } from './propagation/propagate.ts';

/**
 * A host enters another cluster (rules 5.2): it forgets the networks that cluster does not have, takes over those it already
 * runs, gets those its labels call for, and follows in the background. Labels stay on its nics.
 * @param host as it is stored, in the cluster that it leaves
 * @returns the job by which it follows; null when it has nothing to change
 */
export async function moveHost(
  tx: Writer,
  engine: Engine,
  actor: Actor,
  host: Host,
  to: Cluster,
  options: RolloutOptions,
): Promise<string | null> {
  const from = await tx.get('cluster', host.clusterId);
  await tx.put('host', { ...host, clusterId: to.id });
  const before = await tx.list('cluster_network', host.clusterId);
  const after = new Set((await tx.list('cluster_network', to.id)).map((one) => one.networkId));
  for (const attachment of await tx.list('attachment', host.id)) {
    if (!after.has(attachment.networkId)) await tx.remove('attachment', attachment.id);
  }
  const networks = [];
  for (const id of new Set([...before.map((one) => one.networkId), ...after])) {
    const network = await tx.get('network', id);
    if (network !== undefined) networks.push(changedNetwork(network, network));
  }
  const what = `Moved to cluster ${to.name}`;
  const everything = from?.switchType !== to.switchType;
  const follow = { networks, everything };
  return propagate(tx, engine, actor, {
    what,
    cause: 'cluster',
    clusterIds: [to.id],
    hostIds: [host.id],
    follow,
    options,
  });
}
