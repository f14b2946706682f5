/** The few facts about a device that netlink's JSON lacks: settings under `/proc/sys`, and the speed. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import type { LinkReport } from '@patchbay/protocol';
import { IPV4_SETTINGS, IPV6_SETTINGS, isMade, readAlias } from './ownership.ts';

/** `addr_gen_mode` of link-local addresses that are made of a secret. */
const STABLE_PRIVACY = '2';

/** Whether this kernel has IPv6 at all: it may be built without, or started with `ipv6.disable=1`. */
export function hasIpv6(root = ''): boolean {
  return existsSync(`${root}/proc/sys/net/ipv6`);
}

/** Completes the reports in place. Small files of the kernel's own, read at once: a thousand links cost some tens of milliseconds. */
export function addDeviceSettings(links: readonly LinkReport[], root = ''): void {
  for (const link of links) {
    const conf = (family: string, name: string) => `${root}/proc/sys/net/${family}/conf/${link.name}/${name}`;
    link.ipv6Disabled =
      isIpv6Disabled(link) ??
      // A link that is too small for IPv6 has no such file.
      (read(conf('ipv6', 'disable_ipv6')) ?? '1') !== '0';
    const sysctls: Record<string, string> = {};
    const add = (family: 'ipv4' | 'ipv6', names: readonly string[]) => {
      for (const name of names) {
        const value = read(conf(family, name));
        // By a secret that stays in the kernel, without which the kernel does not take the word back.
        const secret = name === 'addr_gen_mode' && value === STABLE_PRIVACY;
        if (value !== null && !secret) sysctls[`${family}/${name}`] = value;
      }
    };
    // A nic, or a bond of others, gets back one day what it has now; elsewhere they mean something where there are addresses, or will be.
    const lasting = link.kind === 'nic' || link.kind === 'bond';
    // What another hand made may yet be taken over with them.
    const foreign = (link.kind === 'vlan' || link.kind === 'bridge') && !isMade(link);
    if (lasting || foreign || (!link.ipv6Disabled && link.name !== 'lo')) add('ipv6', IPV6_SETTINGS);
    if (lasting || (link.name !== 'lo' && hasAddresses(link))) add('ipv4', IPV4_SETTINGS);
    if (Object.keys(sysctls).length > 0) link.sysctls = sysctls;
    if (link.kind === 'nic' || link.kind === 'bond')
      link.speed = speedOf(read(`${root}/sys/class/net/${link.name}/speed`));
  }
}

function hasAddresses({ addresses, alias }: LinkReport): boolean {
  return addresses.some(({ family }) => family === 4) || readAlias(alias)?.table != null;
}

/**
 * What the addresses tell: a link of ours that is on has one that the kernel made, from the moment it works. Null when they tell
 * nothing. Most links of a host with many are bridges and VLAN devices of ours, and asking for each is dear. Another manager may have
 * told the kernel to make no address, so what it made is asked.
 */
function isIpv6Disabled(link: LinkReport): boolean | null {
  if (link.addresses.some(({ family }) => family === 6)) return false;
  return isMade(link) && link.adminUp && link.operState === 'UP' ? true : null;
}

/** Mbit/s; a link that is down has none, and says so with an error or a number that is none: -1 in any width. */
function speedOf(text: string | null): number | null {
  const speed = Number(text);
  const known = speed > 0 && speed !== 0xffff && speed < 0xffffffff;
  return text !== null && Number.isInteger(speed) && known ? speed : null;
}

const buffer = Buffer.alloc(64);

/** Three calls per file; the comfortable way to read a file takes twice as many, which shows with a thousand of them. */
function read(path: string): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    return buffer.toString('latin1', 0, readSync(file, buffer)).trim();
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
