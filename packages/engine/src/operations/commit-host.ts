/** What is asked of a host without changing it: keep the running network config for the next boot, report afresh. */
import type { Host } from '@patchbay/model';
import { RpcError } from '@patchbay/protocol';
import { conflict, hostFailed, type Problem } from '../problem.ts';
import type { Actor, Engine } from './engine.ts';
import { holdHost } from './hold-host.ts';
import { carriedBy, judgeHealth } from './host-health.ts';
import { note } from './note.ts';
import { recordReport } from './record-report.ts';
import { settleFormer } from './settle-former.ts';

const callTimeout = 20_000;

/** Makes the running config the one that the next boot restores. Succeeds when it is already. */
export function commitHost(engine: Engine, host: Host, actor: Actor): Promise<Problem | null> {
  return ask(engine, host, actor, 'commit', 'NETWORK_COMMINT_NETWORK_CHANGES', 'Network changes were saved');
}

/** Re-reads what the host has. */
export function refreshHost(engine: Engine, host: Host, actor: Actor): Promise<Problem | null> {
  return ask(engine, host, actor, 'report', 'HOST_REFRESHED_CAPABILITIES', 'Capabilities were refreshed');
}

async function ask(
  engine: Engine,
  host: Host,
  actor: Actor,
  method: 'commit' | 'report',
  event: 'NETWORK_COMMINT_NETWORK_CHANGES' | 'HOST_REFRESHED_CAPABILITIES',
  text: string,
): Promise<Problem | null> {
  return holdHost(engine, host, async () => {
    if (!engine.hosts.connected(host.id)) {
      return conflict(
        'NOT_CONNECTED',
        `Host ${host.name} has no connection to the engine; check its agent and its management network.`,
      );
    }
    // A bond of a change that is not stored yet would be taken for one that somebody else has made.
    const former = await settleFormer(engine, host);
    if (former !== null) return former;
    try {
      const { report } = await engine.hosts.call(host.id, method, {}, callTimeout);
      await engine.store.write(async (tx) => {
        await recordReport(tx, host.id, report, engine.newId);
        await judgeHealth(tx, engine, host.id, await carriedBy(tx, host.id));
        await note(tx, engine, actor, event, `${text} on host ${host.name}.`, { host });
      });
      return null;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      return hostFailed(error.answered ? 502 : 504, 'HOST', `Host ${host.name}: ${error.message} Nothing was changed.`);
    }
  });
}
