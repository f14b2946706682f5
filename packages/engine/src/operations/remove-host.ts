import type { HostStatus } from '@patchbay/model';
import { conflict, notFound, type Problem } from '../problem.ts';
import type { Actor, Engine } from './engine.ts';
import type { PendingChange } from './finish-change.ts';
import { endSteps } from './jobs/jobs.ts';
import { note } from './note.ts';

const removable: readonly HostStatus[] = ['maintenance', 'installing', 'install_failed', 'down', 'pending_approval'];

/**
 * Forgets a host, and ends its link and what is under way on it. Its network stays as it is, except that a change which has not
 * been confirmed is taken back; its certificate is good for nothing any more.
 * @param force whatever its status
 */
export async function removeHost(engine: Engine, actor: Actor, id: string, force: boolean): Promise<Problem | null> {
  const refused = await engine.store.write(async (tx) => {
    const host = await tx.get('host', id);
    if (host === undefined) return notFound('host', id);
    if (!force && !removable.includes(host.status)) {
      return conflict('HOST', `Host ${host.name} is ${host.status}; put it into maintenance before removing it.`);
    }
    for (const attachment of await tx.list('attachment', host.id)) await tx.remove('attachment', attachment.id);
    for (const nic of await tx.list('nic', host.id)) await tx.remove('nic', nic.id);
    const why = `Host ${host.name} was removed.`;
    const errands = (await tx.list('errand', host.id)).map(({ id }) => id);
    await endSteps(tx, engine, actor, errands, 'aborted', why);
    const task = await tx.runningTask(host.id);
    if (task !== undefined) {
      // Nobody will say any more how it ended.
      await tx.endTask(task.id, 'failed');
      const { steps } = JSON.parse(task.pending) as PendingChange;
      await endSteps(tx, engine, actor, steps, 'failed', why);
      tx.afterwards(() => engine.outcomes.give(task.id));
    }
    await tx.removeRevisions(host.id);
    await tx.remove('report', host.id);
    await tx.remove('host_identity', host.id);
    await tx.remove('host', host.id);
    await note(tx, engine, actor, 'USER_REMOVE_VDS', why, { clusterId: host.clusterId });
    return null;
  });
  if (refused === null) engine.hosts.drop(id);
  return refused;
}
