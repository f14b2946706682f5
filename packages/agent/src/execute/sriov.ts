/** The number of virtual functions of a nic: told to its driver, and waited for until each has the name that it will go by. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type KernelOp, VIRTUAL_FUNCTIONS_PATIENCE } from '@patchbay/protocol';
import { deviceFolder, driverOf, isKept, namesIn } from '../observe/sriov.ts';
import { NAME } from './files.ts';

type Op = Extract<KernelOp, { kind: 'sriov.numvfs' }>;

/** Milliseconds between two looks at what the driver and udev have done so far. */
const LOOK_AGAIN = 20;

/**
 * @param root of the file system
 * @param patience milliseconds
 * @throws with the kernel's words when it refuses; or when a function that has a driver has no settled name in time. One without a
 *   driver is not waited for as long: a host may keep them for VMs alone
 */
export async function setNumvfs(
  { device, count }: Op,
  root = '',
  patience = VIRTUAL_FUNCTIONS_PATIENCE,
): Promise<void> {
  if (!NAME.test(device)) throw new Error(`${JSON.stringify(device)} is not a device.`);
  const folder = deviceFolder(device, root);
  await write(`${folder}/sriov_numvfs`, String(count));
  const start = performance.now();
  for (;;) {
    const passed = performance.now() - start;
    const lacking = firstLacking(folder, count, root, passed > patience / 10);
    if (lacking === null) return;
    if (passed > patience) throw new Error(`After ${patience / 1000} s ${lacking}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

/** Drivers take their time for it, so others may work meanwhile. Into the file that is there: the kernel makes none, and neither do we. */
async function write(path: string, value: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(value, 0);
  } finally {
    await file.close();
  }
}

/** @param late whether a driver would have come by now @returns what is not yet as it will be; null when nothing is */
function firstLacking(folder: string, count: number, root: string, late: boolean): string | null {
  const made = readdirSync(folder).filter((name) => /^virtfn\d+$/.test(name)).length;
  if (made !== count) return `there are ${made} of ${count} virtual functions.`;
  for (let index = 0; index < count; index += 1) {
    const at = `${folder}/virtfn${index}`;
    const names = namesIn(`${at}/net`);
    const unsettled = names.find((name) => !isSettled(name, root));
    if (unsettled !== undefined) return `${unsettled}, virtual function ${index}, still waits for its name.`;
    if (names.length > 0) continue;
    const driver = driverOf(at);
    const nameless = driver === null ? late || !isProbed(folder) : isKept(driver);
    if (!nameless) return `virtual function ${index} has no nic${driver === null ? '' : ` (driver ${driver})`}.`;
  }
  return null;
}

/** Where udev runs, a nic is known to it once its rules have been through, and is renamed by one of them. */
function isSettled(name: string, root: string): boolean {
  if (!existsSync(`${root}/run/udev/control`)) return true;
  try {
    const index = readFileSync(`${root}/sys/class/net/${name}/ifindex`, 'latin1').trim();
    return !/^E:ID_RENAMING=1$/m.test(readFileSync(`${root}/run/udev/data/n${index}`, 'latin1'));
  } catch {
    return false;
  }
}

/** Whether the kernel looks for a driver for new functions. */
function isProbed(folder: string): boolean {
  try {
    return readFileSync(`${folder}/sriov_drivers_autoprobe`, 'latin1').trim() !== '0';
  } catch {
    return true;
  }
}
