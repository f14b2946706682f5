/** Named QoS of a data centre: made, changed, removed. Networks that refer to one of host networks follow. */
import { type DataCentre, type NamedQos, type Network, type Violation, validateQos } from '@patchbay/model';
import { fromViolations, notFound, type Problem } from '../problem.ts';
import type { Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';
import type { Followed } from './networks.ts';
import { note } from './note.ts';
import { changedNetwork } from './propagation/changed-network.ts';
import { propagate, type RolloutOptions } from './propagation/propagate.ts';
import { readSettings } from './settings.ts';

export async function createQos(engine: Engine, actor: Actor, wanted: NamedQos): Promise<NamedQos | Problem> {
  return engine.store.write(async (tx) => {
    const violations = await judge(tx, wanted, null);
    const about = { dataCentreId: wanted.dataCentreId };
    if (violations.length > 0) {
      await note(tx, engine, actor, 'USER_FAILED_TO_ADD_QOS', `QoS ${wanted.name} was not added.`, about);
      return fromViolations(violations);
    }
    await tx.put('qos', wanted);
    await note(tx, engine, actor, 'USER_ADDED_QOS', `QoS ${wanted.name} was added.`, about);
    return wanted;
  });
}

/** @param change makes the wanted QoS of the stored one */
export async function updateQos(
  engine: Engine,
  actor: Actor,
  { id, name }: NamedQos,
  change: (stored: NamedQos) => NamedQos,
  options: RolloutOptions = {},
): Promise<Followed<NamedQos> | Problem> {
  return engine.store.write(async (tx) => {
    const stored = await tx.get('qos', id);
    if (stored === undefined) return notFound('QoS', id);
    const wanted = change(stored);
    const violations = await judge(tx, wanted, stored);
    const about = { dataCentreId: stored.dataCentreId };
    if (violations.length > 0) {
      await note(tx, engine, actor, 'USER_FAILED_TO_UPDATE_QOS', `QoS ${name} was not changed.`, about);
      return fromViolations(violations);
    }
    await tx.put('qos', wanted);
    await note(tx, engine, actor, 'USER_UPDATED_QOS', `QoS ${wanted.name} was changed.`, about);
    const networks = await users(tx, stored);
    const what = `QoS ${wanted.name} was changed`;
    return { value: wanted, jobId: await networksFollow(tx, engine, actor, what, networks, options) };
  });
}

/** Networks that refer to it are no longer shaped by it. */
export async function removeQos(
  engine: Engine,
  actor: Actor,
  { id }: NamedQos,
  options: RolloutOptions = {},
): Promise<Followed<NamedQos> | Problem> {
  return engine.store.write(async (tx) => {
    const stored = await tx.get('qos', id);
    if (stored === undefined) return notFound('QoS', id);
    const networks = await users(tx, stored);
    for (const network of networks) await tx.put('network', { ...network, qosId: null });
    await tx.remove('qos', id);
    await note(tx, engine, actor, 'USER_REMOVED_QOS', `QoS ${stored.name} was removed.`, {
      dataCentreId: stored.dataCentreId,
    });
    const what = `QoS ${stored.name} was removed`;
    return { value: stored, jobId: await networksFollow(tx, engine, actor, what, networks, options) };
  });
}

/** A QoS of another data centre, or none, is found out by the rules. */
export async function qosOfLink(
  engine: Engine,
  dataCentre: Pick<DataCentre, 'id'>,
  link: { id?: string | undefined; name?: string | undefined },
): Promise<string | null> {
  if (link.id !== undefined) return link.id;
  if (link.name === undefined) return null;
  const named = await engine.store.named('qos', dataCentre.id, `hostnetwork ${link.name}`);
  return named?.id ?? link.name;
}

async function judge(tx: Writer, wanted: NamedQos, stored: NamedQos | null): Promise<Violation[]> {
  const qoss = await tx.list('qos', wanted.dataCentreId);
  return validateQos({ wanted, stored, qoss, settings: await readSettings(tx) });
}

async function users(tx: Writer, { id, dataCentreId }: NamedQos): Promise<Network[]> {
  return (await tx.list('network', dataCentreId)).filter((network) => network.qosId === id);
}

/** Hosts that have the networks otherwise than wished now get them anew; an attachment with an override of its own stays. */
async function networksFollow(
  tx: Writer,
  engine: Engine,
  actor: Actor,
  what: string,
  networks: readonly Network[],
  options: RolloutOptions,
): Promise<string | null> {
  if (networks.length === 0) return null;
  const ids = new Set(networks.map((network) => network.id));
  const clusterIds = (await tx.list('cluster_network')).filter((a) => ids.has(a.networkId)).map((a) => a.clusterId);
  const follow = { networks: networks.map((network) => changedNetwork(network, network)), everything: false };
  return propagate(tx, engine, actor, { what, cause: 'update', clusterIds, follow, options });
}
