/** A host and the segment behind its nics, made anew for each test of a suite; and short words for what its kernel shows. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, afterEach, before, beforeEach, describe } from 'node:test';
import { type HostConfig, MAIN_TABLE, type NetworkConfig } from '@patchbay/protocol';
import { network } from '../execute/real-kernel-for-tests.ts';
import type { KernelState } from '../kernel.ts';
import { OUR_PROTOCOL, readAlias } from '../observe/ownership.ts';
import { planRestore } from '../plan/plan-for.ts';
import { HostForTests, linkOf } from './host-for-tests.ts';
import { Segment } from './segment-for-tests.ts';

const possible = process.getuid?.() === 0 && process.env['PATCHBAY_LAB'] !== undefined;

export interface Scene {
  segment: Segment;
  /** May be replaced by one that goes on with its files. */
  host: HostForTests;
}

/**
 * Runs on a lab host, as root; nics, servers and an agent's parts are of its own making. After each test nothing is left, and the
 * kernel is as before.
 */
export function onSegment(title: string, nics: readonly string[], suite: (scene: Scene) => void): void {
  describe(title, { skip: possible ? false : 'runs on a lab host', timeout: 900_000 }, () => {
    const scene = {} as Scene;
    let start: KernelState;
    before(async () => {
      scene.segment = await Segment.make(nics, [10]);
    });
    beforeEach(async () => {
      scene.host = await HostForTests.start();
      scene.host.clues = () => scene.segment.lastWords();
      start = await scene.host.kernel.observe();
    });
    afterEach(async () => {
      const { host, segment } = scene;
      await host.quiet();
      const undone = await host.kernel.execute(planRestore(await host.kernel.observe(), start).ops);
      assert.ok(undone.ok, JSON.stringify(undone));
      host.remove();
      await segment.silence();
    });
    after(() => scene.segment?.end());
    suite(scene);
  });
}

export type Part = Partial<NetworkConfig>;
export const dhcp4: Part = { ipv4: { method: 'dhcp' } };
export const dhcp6: Part = { ipv6: { method: 'dhcp' } };
export const slaac: Part = { ipv6: { method: 'autoconf' } };
export const nothing: HostConfig = { bonds: {}, networks: {} };

/** The one network `red`, on the first nic of a segment unless told. */
export const one = (part: Part): HostConfig => ({ bonds: {}, networks: { red: network({ base: 'dyn0', ...part }) } });

/** Devices of ours by which default routes of the main table go. */
export function defaults(state: KernelState, family: 4 | 6): string[] {
  return state.routes.flatMap(({ family: of, destination, table, device }) => {
    const main = of === family && destination === 'default' && table === MAIN_TABLE && device !== null;
    // A nic that nobody uses hears routers as well.
    return main && readAlias(linkOf(state, device).alias)?.table != null ? [device] : [];
  });
}

/** Global addresses of a device, as CIDR. */
export function addressesOf(state: KernelState, device: string, family: 4 | 6): string[] {
  return linkOf(state, device).addresses.flatMap(({ family: of, scope, address, prefix }) =>
    of === family && scope === 'global' ? [`${address}/${prefix}`] : [],
  );
}

/** Our rules, as `from subnet` and `to subnet`. */
export function rules(state: KernelState): string[] {
  const ours = state.rules.filter(({ protocol }) => protocol === OUR_PROTOCOL);
  return ours.map(({ from, to }) => (from === null ? `to ${to}` : `from ${from}`)).sort();
}

/** The rules of source routing for these subnets. */
export function both(...subnets: string[]): string[] {
  return subnets.flatMap((subnet) => [`from ${subnet}`, `to ${subnet}`]).sort();
}

/** Routes of ours outside the main table, as `destination gateway device`; of one device when it is named. */
export function tableRoutes(state: KernelState, device?: string): string[] {
  return state.routes
    .filter((route) => route.protocol === OUR_PROTOCOL && route.table !== MAIN_TABLE)
    .filter((route) => device === undefined || route.device === device)
    .map((route) => `${route.destination} ${route.gateway ?? '-'} ${route.device}`)
    .sort();
}

/** What a device holds by lease, as `family address`. */
export function leased({ dhcp }: KernelState, device: string): string[] {
  return dhcp.flatMap((client) => (client.device === device ? [`${client.family} ${client.address}`] : [])).sort();
}

/** Processes that ask for leases on a device. */
export function clientPids(device: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const words = contentOf(`/proc/${name}/cmdline`).split('\0');
    const asks4 = words.includes('udhcpc') && words[words.indexOf('-i') + 1] === device;
    const asks6 = contentOf(`/proc/${name}/environ`).includes(`PATCHBAY_DHCP6={"device":"${device}"`);
    return asks4 || asks6 ? [Number(name)] : [];
  });
}

/** Has the DHCPv4 client of a device renew its lease now. */
export function renew(device: string): void {
  const [pid] = clientPids(device).filter((one) => contentOf(`/proc/${one}/cmdline`).includes('udhcpc'));
  assert.ok(pid, `no client on ${device}`);
  process.kill(pid, 'SIGUSR1');
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
