/** What happens when an agent speaks: it greets, asks for the confirm, says how a change ended, or that the kernel changed. */
import { RpcError, type TransactionResult } from '@patchbay/protocol';
import { type AgentEvents, type Authority, asHostOfItsOwn, type Speaker } from '../gateway/index.ts';
import type { HostIdentity, Writer } from '../store/index.ts';
import { background, type Engine } from './engine.ts';
import { finishChange, type PendingChange } from './finish-change.ts';
import { holdHost } from './hold-host.ts';
import { noteHostEvents, noteOutOfSync } from './host-events.ts';
import { installManagement } from './install-management.ts';
import { awaitRelink } from './lost-hosts.ts';
import { note } from './note.ts';
import { readAnew, recordBetweenChanges } from './record-between-changes.ts';
import { readSettings } from './settings.ts';

const callTimeout = 20_000;

/** @param engine late, because the links and the operations need each other */
export function agentEvents(engine: () => Engine, authority: Authority): AgentEvents {
  // Each goes on trying, and is told of once.
  const twins = new Set<string>();
  return {
    async admit(speaker) {
      return speaksFor(await engine().store.get('host_identity', speaker.hostId), speaker);
    },

    async renew(speaker, publicKey) {
      const { hostId, serial } = speaker;
      const signed = await authority.signAgain(publicKey, hostId);
      await engine().store.write(async (tx) => {
        const identity = await tx.get('host_identity', hostId);
        // Since it was let in, the host may have been removed, or another machine may have joined in its place.
        if (!speaksFor(identity, speaker)) throw new Error('This certificate may not speak for its host any more.');
        // The former one stays valid: the answer may be lost.
        await tx.put('host_identity', { ...identity, serials: [serial, signed.serial] });
      });
      return signed.certificate;
    },

    async hello(hostId, { report, awaiting, epoch = 0 }) {
      const { store } = engine();
      await store.write(async (tx) => {
        const host = await tx.get('host', hostId);
        if (host === undefined) return;
        await catchUp(tx, hostId, epoch);
        if (host.status === 'non_responsive') {
          // What had it out of service counts until its report says otherwise.
          await tx.put('host', { ...host, status: host.statusReason === undefined ? 'up' : 'non_operational' });
          await note(tx, engine(), background, 'VDS_DETECTED', `Host ${host.name} is connected again.`, { host });
        }
        await recordBetweenChanges(tx, engine(), hostId, report);
      });
      void settle(engine(), hostId, awaiting).catch((error: unknown) =>
        engine().log.error({ err: error, hostId }, 'a host could not be settled'),
      );
      return { repair: [...(await readSettings(store)).repairs] };
    },

    async confirm(hostId, transaction) {
      const task = await engine().store.task(transaction);
      return task?.host_id === hostId && task.state === 'running' ? task.nonce : null;
    },

    async ended(hostId, result) {
      await end(engine(), hostId, result);
    },

    async changed(hostId, report, events) {
      await engine().store.write(async (tx) => {
        const host = await tx.get('host', hostId);
        if (host !== undefined) await noteHostEvents(tx, engine(), host, events);
        await recordBetweenChanges(tx, engine(), hostId, report);
        if (host !== undefined && events.some(({ kind }) => kind === 'foreign.change')) {
          await noteOutOfSync(tx, engine(), host);
        }
      });
    },

    doubled(hostId, bootId) {
      const twin = `${hostId} ${bootId}`;
      if (twins.has(twin)) return;
      twins.add(twin);
      void noteTwin(engine(), hostId).catch((error: unknown) =>
        engine().log.error({ err: error, hostId }, 'a second machine of a host could not be recorded'),
      );
    },

    lost(hostId) {
      awaitRelink(engine(), hostId);
    },
  };
}

/** What was signed later than the last joining was signed for the same machine, also where a backup of before was restored. */
function speaksFor(identity: HostIdentity | undefined, { serial, validFrom }: Speaker): identity is HostIdentity {
  return identity !== undefined && (identity.serials.includes(serial) || validFrom > (identity.joined ?? Infinity));
}

/**
 * An engine whose store is of a backup, or that a host was removed from and has joined again, has counted less far than the host has,
 * which would refuse its changes.
 */
async function catchUp(tx: Writer, hostId: string, epoch: number): Promise<void> {
  const identity = await tx.get('host_identity', hostId);
  if (identity !== undefined && identity.epoch < epoch)
    await tx.put('host_identity', { ...identity, epoch, behind: true });
}

async function noteTwin(engine: Engine, hostId: string): Promise<void> {
  await engine.store.write(async (tx) => {
    const host = await tx.get('host', hostId);
    if (host === undefined) return;
    const text = `Another machine says that it is host ${host.name}, which is connected, and was refused: one has a copy of the other's disk. To make a host of its own of the copy, ${asHostOfItsOwn}.`;
    await note(tx, engine, background, 'HOST_DOUBLED', text, { host });
  });
}

/** Stores the outcome first, then wakes whoever waits for it. Told twice, it is stored once. */
async function end(engine: Engine, hostId: string, result: TransactionResult): Promise<void> {
  const task = await engine.store.task(result.transaction);
  if (task?.host_id === hostId && task.state === 'running') {
    await finishChange(engine, hostId, JSON.parse(task.pending) as PendingChange, result, task.id);
  }
  engine.outcomes.arrived(result);
  await engine.rollouts.wakeHost(hostId);
}

/** After a connection was made: what was under way is brought to its end, and a new host gets its management network. */
async function settle(engine: Engine, hostId: string, awaiting: string | null): Promise<void> {
  const task = await engine.store.runningTask(hostId);
  if (task !== undefined && task.id !== awaiting) {
    try {
      const { state, result } = await engine.hosts.call(hostId, 'outcome', { transaction: task.id }, callTimeout);
      if (state === 'ended' && result !== null) await end(engine, hostId, result);
      // It was lost on the way with the former connection, or is still on its way over this one.
      if (state === 'unknown' && !(await engine.outcomes.sendAgain(task.id))) {
        await finishChange(engine, hostId, JSON.parse(task.pending) as PendingChange, null, task.id);
        // A report that was begun before the next change must not be recorded after it.
        await holdHost(engine, { id: hostId, name: hostId }, () => readAnew(engine, hostId));
      }
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
    }
  }
  await installManagement(engine, hostId);
  await engine.rollouts.wakeHost(hostId);
}
