/** What agents tell of their hosts, as lines of the audit log. */
import { type Host, isInSync } from '@patchbay/model';
import type { HostEvent } from '@patchbay/protocol';
import type { EventName } from '../events/catalogue.ts';
import type { Writer } from '../store/index.ts';
import { background, type Engine } from './engine.ts';
import { loadHost } from './load-host.ts';
import { note } from './note.ts';

type Told = readonly [EventName, string];

/** Carriers are told from reports, which also tell of what happened while a host was away. */
const untold = null;

/** Characters of one text of an event. */
const longest = 2000;

/** @param events in the order in which they happened */
export async function noteHostEvents(
  tx: Writer,
  engine: Engine,
  host: Host,
  events: readonly HostEvent[],
): Promise<void> {
  for (const { kind, device, network, before, after } of events) {
    const words = { device: short(device), network: short(network), before: short(before), after: short(after) };
    const told = sentence({ kind, ...words }, host.name);
    if (told !== null) await note(tx, engine, background, ...told, { host });
  }
}

/** After another hand's change: the networks that are not as they should be, together, as oVirt's tools look for them. */
export async function noteOutOfSync(tx: Writer, engine: Engine, host: Host): Promise<void> {
  const state = await loadHost(tx, host.id);
  if (state === undefined) return;
  const out = new Set(state.attachments.filter((one) => isInSync(state, one) === false).map((one) => one.networkId));
  const networks = state.networks.filter(({ id }) => out.has(id)).map(({ name }) => name);
  if (networks.length === 0) return;
  const text = `Networks of host ${host.name} are out of sync: ${networks.join(', ')}.`;
  await note(tx, engine, background, 'VDS_NETWORKS_OUT_OF_SYNC', text, { host });
}

/** The log is for people, and every host may write in it as often as it likes. */
const short = (text: string | null): string | null =>
  text !== null && text.length > longest ? `${text.slice(0, longest)} …` : text;

function sentence(
  { kind, device, network, before, after }: Omit<HostEvent, 'stateVersion'>,
  host: string,
): Told | null {
  const on = `${device ?? 'a device'} of host ${host}${network === null || network === device ? '' : ` (${network})`}`;
  switch (kind) {
    case 'link.carrier':
    case 'link.oper':
    case 'bond.slaveState':
      return untold;
    case 'bond.activeSlaveChanged':
      return [
        'HOST_BOND_ACTIVE_SLAVE_CHANGED',
        `Bond ${on} now uses ${after ?? 'no slave'} instead of ${before ?? 'none'}.`,
      ];
    case 'lacp.partnerChanged':
      return [
        'HOST_BOND_PARTNER_CHANGED',
        `Bond ${on} now speaks with ${after ?? 'nobody'} instead of ${before ?? 'nobody'}.`,
      ];
    case 'address.acquired':
      return ['HOST_ADDRESS_ACQUIRED', `${on} has acquired address ${after}.`];
    case 'address.lost':
      return ['HOST_ADDRESS_LOST', `${on} has lost address ${before}.`];
    case 'address.changed':
      return ['HOST_ADDRESS_CHANGED', `${on} has address ${after} instead of ${before}.`];
    case 'dhcp.state':
      return after === 'bound'
        ? ['HOST_DHCP_LEASE_ACQUIRED', `${on} has a DHCP lease.`]
        : ['HOST_DHCP_LEASE_LOST', `${on} has no DHCP lease any more and asks for another.`];
    case 'default-route.changed':
      return [
        'HOST_DEFAULT_ROUTE_CHANGED',
        `The default route of host ${host} is ${after ?? 'none'}; it was ${before ?? 'none'}.`,
      ];
    case 'dad.failed':
      return ['HOST_DUPLICATE_ADDRESS', `Address ${after} on ${on} is not used: another machine has it.`];
    case 'device.missing':
      return ['HOST_DEVICE_MISSING', `${on} is missing.`];
    case 'device.back':
      return ['HOST_DEVICE_BACK', `${on} is there again.`];
    case 'foreign.change':
      return [
        'HOST_CHANGED_BY_ANOTHER_HAND',
        `${device === null ? `Host ${host}` : on} was changed by another hand: ${after}; asked for was ${before}. Synchronise its networks, or ask for what is there now.`,
      ];
    case 'foreign.undone':
      return [
        'HOST_NETWORKS_AS_ASKED_AGAIN',
        `${device === null ? `Host ${host}` : on} is as asked for again: ${after}.`,
      ];
    case 'drift.repaired':
      return ['HOST_NETWORKS_REPAIRED', `Host ${host} has put right what another hand had changed: ${before}.`];
    case 'drift.unrepaired':
      return [
        'HOST_NETWORKS_REPAIR_FAILED',
        `Host ${host} could not put right what another hand has changed: ${after}`,
      ];
    case 'lldp.changed':
      return [
        'HOST_LLDP_NEIGHBOUR_CHANGED',
        `The neighbour of ${on} is ${after ?? 'none'}; it was ${before ?? 'none'}.`,
      ];
  }
}
