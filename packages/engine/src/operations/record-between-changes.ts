/** What a host says of itself while no change is under way on it. */
import { type HostReport, RpcError } from '@patchbay/protocol';
import type { Writer } from '../store/index.ts';
import { background, type Engine } from './engine.ts';
import { carriedBy, judgeHealth } from './host-health.ts';
import { note } from './note.ts';
import { recordReport } from './record-report.ts';

const callTimeout = 20_000;

/** While a change is under way the host shows something that may be taken back; its end brings the report that counts. */
export async function recordBetweenChanges(
  tx: Writer,
  engine: Engine,
  hostId: string,
  report: HostReport,
): Promise<void> {
  if ((await tx.runningTask(hostId)) !== undefined) return;
  await noteCarriers(tx, engine, hostId, report);
  await recordReport(tx, hostId, report, engine.newId);
  await judgeHealth(tx, engine, hostId, await carriedBy(tx, hostId));
}

/**
 * Asks the host what it looks like, after a change that has not come about: what it said of itself while the change counted as
 * under way was left aside, and it says nothing twice.
 */
export async function readAnew(engine: Engine, hostId: string): Promise<void> {
  try {
    const { report } = await engine.hosts.call(hostId, 'report', {}, callTimeout);
    await engine.store.write((tx) => recordBetweenChanges(tx, engine, hostId, report));
  } catch (error) {
    // It says so when it greets again.
    if (!(error instanceof RpcError)) throw error;
  }
}

/** Tells of nics and bonds whose carrier came or went since the last report. */
async function noteCarriers(tx: Writer, engine: Engine, hostId: string, report: HostReport): Promise<void> {
  const host = await tx.get('host', hostId);
  const before = new Map((await tx.get('report', hostId))?.report.links.map((link) => [link.name, link.carrier]));
  for (const { name, kind, carrier, slave, master } of report.links) {
    const was = before.get(name);
    if (host === undefined || (kind !== 'nic' && kind !== 'bond') || was === undefined || was === carrier) continue;
    const [up, down] =
      slave === null
        ? (['HOST_INTERFACE_STATE_UP', 'HOST_INTERFACE_STATE_DOWN'] as const)
        : (['HOST_BOND_SLAVE_STATE_UP', 'HOST_BOND_SLAVE_STATE_DOWN'] as const);
    const what = slave === null ? `Nic ${name}` : `Slave ${name} of bond ${master}`;
    const text = `${what} of host ${host.name} is ${carrier ? 'up' : 'down'}.`;
    await note(tx, engine, background, carrier ? up : down, text, { host });
  }
}
