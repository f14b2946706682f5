import type { Cluster } from '@patchbay/model';
import type { Actor, Engine } from '../engine.ts';
import { propagate, type RolloutOptions } from './propagate.ts';

/** Every host of the cluster synchronises what is out of sync, in the background (rules 4.1). */
export function syncCluster(
  engine: Engine,
  actor: Actor,
  cluster: Cluster,
  options: RolloutOptions,
): Promise<string | null> {
  const what = `Synchronising all networks of cluster ${cluster.name}`;
  const follow = { networks: [], everything: true };
  return engine.store.write((tx) =>
    propagate(tx, engine, actor, { what, cause: 'sync', clusterIds: [cluster.id], follow, options }),
  );
}
