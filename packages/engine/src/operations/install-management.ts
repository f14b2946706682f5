/**
 * A new host gets the management network on the nic that reaches the engine, and takes over the address that nic has
 * (rules 5.2, "host installed"). An ordinary change through the ordinary door.
 */
import {
  type ChangeSet,
  driftedFunctions,
  emptyChangeSet,
  type HostState,
  type IpAssignment,
  type Ipv4Method,
  isInSync,
  type ObservedNic,
} from '@patchbay/model';
import type { HostReport } from '@patchbay/protocol';
import { invalid, Problem } from '../problem.ts';
import { changeHost } from './change-host.ts';
import { background, type Engine } from './engine.ts';
import { carriedBy, judgeHealth } from './host-health.ts';
import { note } from './note.ts';

const none: IpAssignment<never> = { method: null, address: null, netmask: null, gateway: null };

export async function installManagement(engine: Engine, hostId: string): Promise<void> {
  const stored = await engine.store.get('report', hostId);
  const result = await changeHost(
    engine,
    hostId,
    background,
    'Setting up the management network',
    (state) => (stored === undefined ? noReport(state) : managementChange(state, stored.report)),
    { internal: true },
  );
  await engine.store.write(async (tx) => {
    const host = await tx.get('host', hostId);
    if (host === undefined) return;
    const failed = result instanceof Problem;
    await tx.put('host', { ...host, status: failed ? 'install_failed' : 'up' });
    await (failed
      ? note(tx, engine, background, 'MANAGEMENT_NETWORK_FAILED', `Host ${host.name}: ${result.detail}`, { host })
      : note(tx, engine, background, 'HOST_ACTIVATED', `Host ${host.name} is up.`, { host }));
    await judgeHealth(tx, engine, hostId, await carriedBy(tx, hostId));
  });
}

function noReport(state: HostState): Problem {
  return invalid('HOST', `Host ${state.host.name} has not reported yet.`);
}

function managementChange(state: HostState, report: HostReport) {
  const network = state.networks.find((n) => n.assignment.roles.management);
  if (network === undefined) return invalid('MGMT-06', `Cluster ${state.cluster.name} has no management network.`);
  if (state.attachments.some((a) => a.networkId === network.id)) return wholeWish(state);
  const device = report.routes.find((r) => r.family === 4 && r.table === 254 && r.destination === 'default');
  const link = report.links.find((l) => l.name === device?.device);
  const nic = state.observed?.nics.find((n) => n.name === (link?.base ?? link?.name));
  if (link === undefined || nic === undefined || !fits(nic, link.vlan, network.vlan)) {
    return invalid(
      'MGMT-02',
      `No nic of host ${state.host.name} can carry the management network ${network.name}: none has the default route with VLAN ${network.vlan ?? 'none'}.`,
    );
  }
  const changeSet = emptyChangeSet();
  changeSet.commitOnSuccess = true;
  changeSet.attachments.push({
    id: null,
    network: { id: network.id, name: null },
    nic: { id: null, name: nic.name },
    ip: { ipv4: [ipv4Of(report, link.name, device?.gateway ?? null)], ipv6: [{ ...none, method: 'none' }] },
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

function fits(nic: ObservedNic, present: number | null, wanted: number | null): boolean {
  return nic.kind !== 'vlan' && present === wanted;
}

function ipv4Of(report: HostReport, device: string, gateway: string | null): IpAssignment<Ipv4Method> {
  const address = report.links
    .find((l) => l.name === device)
    ?.addresses.find((a) => a.family === 4 && a.scope === 'global');
  if (address === undefined) return { ...none, method: 'dhcp' };
  // A lease has an end; whoever took it before, from now on our own client does.
  if (address.validFor !== null) return { ...none, method: 'dhcp' };
  return { method: 'static', address: address.address, netmask: String(address.prefix), gateway };
}
