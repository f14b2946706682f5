/** Writes one line of the audit log, in the same write as what it tells of. */
import type { Host } from '@patchbay/model';
import { type EventName, eventKind } from '../events/catalogue.ts';
import type { Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';

export interface Subject {
  host?: Pick<Host, 'id' | 'clusterId'>;
  clusterId?: string;
  dataCentreId?: string;
}

export async function note(
  tx: Writer,
  engine: Pick<Engine, 'now'>,
  actor: Actor,
  event: EventName,
  description: string,
  about: Subject = {},
): Promise<void> {
  await tx.addEvent({
    ...eventKind(event),
    time: engine.now(),
    description: `${event}: ${description}`,
    correlation_id: actor.correlationId === '' ? null : actor.correlationId,
    origin: 'oVirt',
    custom_id: null,
    host_id: about.host?.id ?? null,
    cluster_id: about.host?.clusterId ?? about.clusterId ?? null,
    data_centre_id: about.dataCentreId ?? null,
    user_id: actor.user?.id ?? null,
  });
}
