/** By which way a connection has to come for a confirm over it to prove that the host can be reached. */
import { BlockList, isIP } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Ends } from '../transaction/parts.ts';

export interface Arrival {
  /**
   * Address of this host to ask from, so that what answers comes back by the device.
   * @param northbound device on which the answer has to arrive, null when any will do
   * @param engine `wss://address:port`
   * @returns undefined when the kernel may choose
   */
  addressFor(northbound: string | null, engine: string): string | undefined;
  /** Why a confirm over this connection proves nothing; null when it does. */
  objection(northbound: string | null, ends: Ends): string | null;
}

/** Where engine and host share a machine and its loopback, as hosts in memory do. */
export const anywhere: Arrival = { addressFor: () => undefined, objection: () => null };

type Interfaces = NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal' | 'scopeid'>[]>;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** @param interfaces what this host has at the moment */
export function overTheWire(interfaces: () => Interfaces = networkInterfaces): Arrival {
  const addressesOf = (device: string): string[] =>
    (interfaces()[device] ?? []).flatMap(({ address, scopeid }) => (scopeid ? [] : [address]));
  return {
    addressFor(northbound, engine) {
      if (northbound === null) return undefined;
      const family = isIP(new URL(engine).hostname.replace(/^\[|\]$/g, ''));
      return addressesOf(northbound).find((address) => family === 0 || isIP(address) === family);
    },
    objection(northbound, { local, remote }) {
      const own = Object.values(interfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));
      if (isLoopback(local) || isLoopback(remote) || own.includes(remote)) {
        return `The engine at ${remote} was reached without leaving this host, which proves nothing.`;
      }
      if (northbound === null || addressesOf(northbound).includes(local)) return null;
      return `The engine was reached from ${local}, which is not an address of ${northbound}, by which it is to be reached from now on.`;
    },
  };
}

function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
