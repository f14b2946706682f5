/** A host whose agent does not come back in time is not responsive, whichever engine it was connected to. */
import { RETURN_GRACE } from '@patchbay/protocol';
import { background, type Engine } from './engine.ts';
import { note } from './note.ts';

/** Milliseconds: a link may be replaced within the blink of an eye, for example while the management network moves. */
const relinkGrace = 10_000;

/** The host's link is gone. */
export function awaitRelink(engine: Engine, hostId: string): void {
  later(engine, relinkGrace, () => markLost(engine, hostId));
}

/** This engine listens: hosts that were connected to the one before have to come back. @returns how to stop waiting for them */
export function awaitReturns(engine: Engine): () => void {
  return later(engine, RETURN_GRACE, async () => {
    for (const { id } of await engine.store.list('host')) await markLost(engine, id);
  });
}

function later(engine: Engine, milliseconds: number, work: () => Promise<void>): () => void {
  const attempt = () =>
    void work().catch((error: unknown) => engine.log.error({ err: error }, 'a lost host could not be recorded'));
  const timer = setTimeout(attempt, milliseconds);
  timer.unref();
  return () => clearTimeout(timer);
}

async function markLost(engine: Engine, hostId: string): Promise<void> {
  if (engine.hosts.connected(hostId)) return;
  await engine.store.write(async (tx) => {
    const host = await tx.get('host', hostId);
    if ((host?.status !== 'up' && host?.status !== 'non_operational') || engine.hosts.connected(hostId)) return;
    await tx.put('host', { ...host, status: 'non_responsive' });
    const text = `Host ${host.name} has lost its connection to the engine.`;
    await note(tx, engine, background, 'VDS_FAILURE', text, { host });
  });
}
