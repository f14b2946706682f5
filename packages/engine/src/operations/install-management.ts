/**
 * A new host gets the management network on the nic that reaches the engine, and takes over the addresses that nic has
 * (rules 5.2, "host installed"). An ordinary change through the ordinary door.
 */
import { type ChangeSet, driftedFunctions, emptyChangeSet, type HostState, isInSync } from '@patchbay/model';
import type { HostReport } from '@patchbay/protocol';
import { invalid, Problem } from '../problem.ts';
import { changeHost } from './change-host.ts';
import { background, type Engine } from './engine.ts';
import { carriedBy, judgeHealth } from './host-health.ts';
import { lostByJoining } from './lost-by-joining.ts';
import { managementCarrier } from './management-carrier.ts';
import { note } from './note.ts';
import { presentIp } from './present-ip.ts';

/**
 * A host that is `installing` is up afterwards, or shows as failed until somebody activates it. Whoever asks while it is under way
 * waits for the same end: the change has a new host dial anew, and a second attempt would cut it off once more.
 * @returns why it could not be done
 */
export function installManagement(engine: Engine, hostId: string): Promise<Problem | null> {
  const underWay = engine.installations.get(hostId);
  if (underWay !== undefined) return underWay;
  const installation = install(engine, hostId).finally(() => engine.installations.delete(hostId));
  engine.installations.set(hostId, installation);
  return installation;
}

async function install(engine: Engine, hostId: string): Promise<Problem | null> {
  if ((await engine.store.get('host', hostId))?.status !== 'installing') return null;
  let before: HostReport | undefined;
  const result = await changeHost(
    engine,
    hostId,
    background,
    'Setting up the management network',
    async (state) => {
      before = (await engine.store.get('report', hostId))?.report;
      return before === undefined ? noReport(state) : managementChange(state, before);
    },
    { internal: true },
  );
  const failure = result instanceof Problem ? result : null;
  await engine.store.write(async (tx) => {
    const host = await tx.get('host', hostId);
    if (host?.status !== 'installing') return;
    await tx.put('host', { ...host, status: failure === null ? 'up' : 'install_failed' });
    await (failure === null
      ? note(tx, engine, background, 'VDS_DETECTED', `Host ${host.name} is up.`, { host })
      : note(tx, engine, background, 'MANAGEMENT_NETWORK_FAILED', failureText(host.name, failure), { host }));
    const after = failure === null ? (await tx.get('report', hostId))?.report : undefined;
    const lost = before === undefined || after === undefined ? [] : lostByJoining(before, after);
    if (lost.length > 0)
      await note(tx, engine, background, 'HOST_JOINED_WITH_LOSSES', lostText(host.name, lost), { host });
    await judgeHealth(tx, engine, hostId, await carriedBy(tx, hostId));
  });
  // What its data centre has changed meanwhile waits for it.
  await engine.rollouts.wakeHost(hostId);
  return failure;
}

function failureText(host: string, { detail }: Problem): string {
  return `Host ${host} has no management network yet: ${detail} Activating the host tries again; in maintenance it takes changes.`;
}

/** Nobody has asked for the change, nor looked at it before; so what it costs is told. */
function lostText(host: string, lost: readonly string[]): string {
  return `Joining has taken from host ${host} what none of its networks says: ${lost.join('; ')}.`;
}

function noReport(state: HostState): Problem {
  return invalid('HOST', `Host ${state.host.name} has not reported yet.`);
}

function managementChange(state: HostState, report: HostReport) {
  const network = state.networks.find((n) => n.assignment.roles.management);
  if (network === undefined) return invalid('MGMT-06', `Cluster ${state.cluster.name} has no management network.`);
  if (state.attachments.some((a) => a.networkId === network.id)) return wholeWish(state);
  const carrier = managementCarrier(report, state.host.name, network);
  if (typeof carrier === 'string') return invalid('HOST', carrier);
  const { nic, device } = carrier;
  const changeSet = emptyChangeSet();
  changeSet.commitOnSuccess = true;
  changeSet.attachments.push({
    id: null,
    network: { id: network.id, name: null },
    nic: { id: null, name: nic },
    ...presentIp(report, device, network.assignment.roles.defaultRoute),
    override: false,
    path: 'management network',
  });
  return changeSet;
}

/** A known host that joins anew, for example after its disk was replaced, gets everything back that it should have. */
function wholeWish(state: HostState): ChangeSet {
  const synchronized = state.attachments
    .filter((attachment) => isInSync(state, attachment) !== true)
    .map(({ id }) => ({ id, path: 'networks that are out of sync' }));
  const virtualFunctions = driftedFunctions(state);
  return { ...emptyChangeSet(), synchronized, virtualFunctions, commitOnSuccess: true };
}
