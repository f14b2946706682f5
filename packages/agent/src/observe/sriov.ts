/** SR-IOV, which sysfs alone tells of: how many virtual functions a nic can have and has, and which nics are such functions. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { LinkReport, SriovReport } from '@patchbay/protocol';

/**
 * Completes the reports in place. A virtual function with the MAC of a macvtap belongs to the VM behind that and is no nic of the
 * host's any more; one that was given away whole is not among the links at all.
 * @param root of the file system
 */
export function addSriov(links: readonly LinkReport[], root = ''): void {
  const nics = links.filter(({ kind }) => kind === 'nic');
  const functions = new Map<string, Pick<SriovReport, 'pf' | 'vfIndex'>>();
  for (const link of nics) {
    const device = deviceFolder(link.name, root);
    const total = count(`${device}/sriov_totalvfs`);
    if (total === 0) continue;
    const current = count(`${device}/sriov_numvfs`);
    let held = 0;
    for (let vfIndex = 0; vfIndex < current; vfIndex += 1) {
      const at = `${device}/virtfn${vfIndex}`;
      const names = namesIn(`${at}/net`);
      for (const name of names) functions.set(name, { pf: link.name, vfIndex });
      if (names.length === 0 && isHeld(at)) held += 1;
    }
    link.sriov = { total, current, held, pf: null, vfIndex: null };
  }
  const taps = new Set(links.flatMap(({ type, mac }) => (type === 'macvtap' ? [mac] : [])));
  for (const link of nics) {
    if (link.sriov !== undefined) continue;
    const made = functions.get(link.name);
    if (made === undefined && !existsSync(`${deviceFolder(link.name, root)}/physfn`)) continue;
    link.sriov = { total: 0, current: 0, held: 0, ...(made ?? { pf: null, vfIndex: null }) };
    if (taps.has(link.mac)) link.kind = 'other';
  }
}

/** What the kernel tells of the hardware of a nic. */
export function deviceFolder(nic: string, root: string): string {
  return `${root}/sys/class/net/${nic}/device`;
}

/** Names of the nics of a device: none while it has no driver, or is somebody else's. @param folder `net` of the device */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Drivers that keep a function for a VM or a program: it has no nic. */
const KEEPER = /vfio|pci-stub|pciback|uio/;

/** Name of the driver of a device; null while it has none. */
export function driverOf(device: string): string | null {
  try {
    return basename(readlinkSync(`${device}/driver`));
  } catch {
    return null;
  }
}

export function isKept(driver: string | null): boolean {
  return driver !== null && KEEPER.test(driver);
}

/** Of a function without a nic here: its folder of nics is there, but empty, when the nic is in another network namespace. */
function isHeld(device: string): boolean {
  return isKept(driverOf(device)) || existsSync(`${device}/net`);
}

/** 0 where there is no such file, as on a nic without SR-IOV: asked first, because an error takes ten times as long to make. */
function count(path: string): number {
  if (!existsSync(path)) return 0;
  try {
    return Number(readFileSync(path, 'latin1')) || 0;
  } catch {
    return 0;
  }
}
