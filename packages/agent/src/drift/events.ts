/** What happened on a host between two looks at it. Pure: events follow from what is seen, so none is told that did not last. */
import {
  type AddressReport,
  type Difference,
  type Drift,
  type HostEvent,
  type LinkReport,
  MAIN_TABLE,
} from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { readAlias } from '../observe/ownership.ts';

export interface Seen {
  state: KernelState;
  drift: Drift;
}

/** An event before it is known in which report it is first seen. */
export type Happened = Omit<HostEvent, 'stateVersion'>;

/** So many of one look are told; a host on which more happens at once is told of by its report. */
const MOST = 200;

export function eventsBetween(before: Seen, after: Seen): Happened[] {
  const events = [
    ...linkEvents(before.state, after.state),
    ...clientEvents(before.state, after.state),
    ...defaultRouteEvents(before.state, after.state),
    ...driftEvents(before.drift, after.drift),
  ];
  return events.slice(0, MOST);
}

function* linkEvents(before: KernelState, after: KernelState): Iterable<Happened> {
  const known = new Map(before.links.map((link) => [link.name, link]));
  for (const link of after.links) {
    if (link.kind === 'other') continue;
    const was = known.get(link.name);
    const of = (kind: HostEvent['kind'], one: string | null, other: string | null): Happened => ({
      kind,
      device: link.name,
      network: networkOf(link),
      before: one,
      after: other,
    });
    if (was !== undefined && (link.kind === 'nic' || link.kind === 'bond')) {
      if (was.carrier !== link.carrier) yield of('link.carrier', upDown(was.carrier), upDown(link.carrier));
      else if (was.operState !== link.operState) yield of('link.oper', was.operState, link.operState);
    }
    if (was?.slave && link.slave && was.slave.miiUp !== link.slave.miiUp) {
      yield of('bond.slaveState', upDown(was.slave.miiUp), upDown(link.slave.miiUp));
    }
    if (was?.bond && link.bond) {
      const [one, other] = [was.bond, link.bond];
      if (one.activeSlave !== other.activeSlave) {
        yield of('bond.activeSlaveChanged', one.activeSlave, other.activeSlave);
      }
      if (one.partnerMac !== other.partnerMac) yield of('lacp.partnerChanged', one.partnerMac, other.partnerMac);
    }
    for (const family of [4, 6] as const) {
      const [gone, come] = changes(holds(was, family), holds(link, family));
      const [lost = null] = gone;
      const [acquired = null] = come;
      if (lost !== null && acquired !== null && gone.length === 1 && come.length === 1) {
        yield of('address.changed', lost, acquired);
        continue;
      }
      for (const address of gone) yield of('address.lost', address, null);
      for (const address of come) yield of('address.acquired', null, address);
    }
    const failed = ({ addresses }: LinkReport) => addresses.filter(({ dadFailed }) => dadFailed).map(text);
    for (const address of changes(was === undefined ? [] : failed(was), failed(link))[1]) {
      yield of('dad.failed', null, address);
    }
  }
}

/** Addresses that can be used and are not the kernel's own. */
function holds(link: LinkReport | undefined, family: 4 | 6): string[] {
  const usable = (one: AddressReport) => one.family === family && one.origin !== 'kernel' && one.scope === 'global';
  return (link?.addresses ?? []).filter((one) => usable(one) && !one.tentative && !one.dadFailed).map(text);
}

function clientEvents(before: KernelState, after: KernelState): Happened[] {
  return after.dhcp.flatMap(({ device, network, family, state }) => {
    const was = before.dhcp.find((client) => client.network === network && client.family === family);
    if (was === undefined || was.state === state) return [];
    return [{ kind: 'dhcp.state', device, network, before: was.state, after: state }];
  });
}

function defaultRouteEvents(before: KernelState, after: KernelState): Happened[] {
  return ([4, 6] as const).flatMap((family) => {
    const defaults = ({ routes }: KernelState) =>
      routes.filter(
        (route) => route.family === family && route.table === MAIN_TABLE && route.destination === 'default',
      );
    const words = (state: KernelState) =>
      defaults(state)
        .map(({ gateway, device }) => [gateway ?? '', device === null ? '' : `dev ${device}`].join(' ').trim())
        .sort()
        .join(', ') || null;
    const [one, other] = [words(before), words(after)];
    if (one === other) return [];
    const device = defaults(after)[0]?.device ?? defaults(before)[0]?.device ?? null;
    const link = [...after.links, ...before.links].find(({ name }) => name === device);
    const network = link === undefined ? null : networkOf(link);
    return [{ kind: 'default-route.changed', device, network, before: one, after: other }];
  });
}

/** What is not as it was asked for any more, or is again, device by device. */
function driftEvents(before: Drift, after: Drift): Happened[] {
  // Where nothing is known, nothing has changed.
  if (before.state === 'unknown' || after.state === 'unknown') return [];
  const events: Happened[] = [];
  const [back, missing] = changes(missingOf(before), missingOf(after));
  const networkOfDevice = (device: string) =>
    [...after.differences, ...before.differences].find((one) => one.device === device)?.network ?? null;
  for (const device of missing) {
    events.push({ kind: 'device.missing', device, network: networkOfDevice(device), before: 'there', after: null });
  }
  for (const device of back) {
    events.push({ kind: 'device.back', device, network: networkOfDevice(device), before: null, after: 'there' });
  }
  const [undone, done] = changes(otherOf(before), otherOf(after));
  events.push(...grouped('foreign.change', done), ...grouped('foreign.undone', undone));
  return events;
}

function missingOf({ missing, differences }: Drift): string[] {
  const gone = differences.flatMap((one) => (isMissing(one) ? (one.device ?? []) : []));
  return [...new Set([...missing, ...gone])];
}

const isMissing = ({ property, actual }: Difference): boolean => property === 'device' && actual === null;

function otherOf({ differences }: Drift): string[] {
  return differences.filter((one) => !isMissing(one)).map((one) => JSON.stringify(one));
}

function grouped(kind: 'foreign.change' | 'foreign.undone', differences: readonly string[]): Happened[] {
  const devices = new Map<string | null, Difference[]>();
  for (const one of differences.map((text) => JSON.parse(text) as Difference)) {
    devices.set(one.device, [...(devices.get(one.device) ?? []), one]);
  }
  return [...devices].map(([device, those]) => {
    const list = (value: (one: Difference) => string | null) =>
      those.map((one) => `${one.property} ${value(one) ?? 'none'}`).join(', ');
    const [wanted, actual] = [list((one) => one.wanted), list((one) => one.actual)];
    const network = those[0]?.network ?? null;
    const [before, after] = kind === 'foreign.change' ? [wanted, actual] : [actual, wanted];
    return { kind, device, network, before, after };
  });
}

/** @returns what is only in the first, and what is only in the second */
function changes(before: readonly string[], after: readonly string[]): [string[], string[]] {
  const [old, now] = [new Set(before), new Set(after)];
  return [before.filter((one) => !now.has(one)), after.filter((one) => !old.has(one))];
}

/** Network or bond that a device of ours was made for or taken into use by. */
export function networkOf({ alias }: LinkReport): string | null {
  const mark = readAlias(alias);
  return mark?.kind === 'nic' ? mark.holder : (mark?.name ?? null);
}

const text = ({ address, prefix }: AddressReport): string => `${address}/${prefix}`;
const upDown = (up: boolean): string => (up ? 'up' : 'down');
