import type { Host } from '@patchbay/model';
import type { Actor, Engine } from './engine.ts';
import { endSteps } from './jobs/jobs.ts';
import { note } from './note.ts';

/** Forgets a host and ends its link. Its network stays as it is; its certificate is good for nothing any more. */
export async function removeHost(engine: Engine, actor: Actor, host: Host): Promise<void> {
  await engine.store.write(async (tx) => {
    for (const attachment of await tx.list('attachment', host.id)) await tx.remove('attachment', attachment.id);
    for (const nic of await tx.list('nic', host.id)) await tx.remove('nic', nic.id);
    const errands = (await tx.list('errand', host.id)).map(({ id }) => id);
    await endSteps(tx, engine, actor, errands, 'aborted', `Host ${host.name} was removed.`);
    await tx.removeRevisions(host.id);
    await tx.remove('report', host.id);
    await tx.remove('host_identity', host.id);
    await tx.remove('host', host.id);
    await note(tx, engine, actor, 'USER_REMOVE_VDS', `Host ${host.name} was removed.`, { clusterId: host.clusterId });
  });
  engine.hosts.drop(host.id);
}
