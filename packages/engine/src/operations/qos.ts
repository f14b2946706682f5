/** Named QoS of a data centre: made, changed, removed. Networks that refer to one of host networks follow. */
import { type DataCentre, type NamedQos, type Network, type Violation, validateQos } from '@patchbay/model';
import { fromViolations, notFound, Problem } from '../problem.ts';
import type { Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';
import { note } from './note.ts';
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
): Promise<NamedQos | Problem> {
  const done = await engine.store.write(async (tx) => {
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
    return { qos: wanted, networks: await users(tx, stored) };
  });
  if (done instanceof Problem) return done;
  await networksFollow(engine, actor, `Changing QoS ${done.qos.name}`, done.networks);
  return done.qos;
}

/** Networks that refer to it are no longer shaped by it. */
export async function removeQos(engine: Engine, actor: Actor, qos: NamedQos): Promise<Problem | null> {
  const networks = await engine.store.write(async (tx) => {
    const stored = await tx.get('qos', qos.id);
    if (stored === undefined) return null;
    const referring = await users(tx, stored);
    for (const network of referring) await tx.put('network', { ...network, qosId: null });
    await tx.remove('qos', qos.id);
    await note(tx, engine, actor, 'USER_REMOVED_QOS', `QoS ${qos.name} was removed.`, {
      dataCentreId: qos.dataCentreId,
    });
    return referring;
  });
  if (networks === null) return notFound('QoS', qos.id);
  await networksFollow(engine, actor, `Removing QoS ${qos.name}`, networks);
  return null;
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

/** The one place where a change of a QoS goes on to the hosts that carry its networks. */
async function networksFollow(_engine: Engine, _actor: Actor, _what: string, _networks: Network[]): Promise<void> {}
