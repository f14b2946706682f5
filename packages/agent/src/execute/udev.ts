/** udev, where the host has it: it acts on devices that appear, some moments after they do. */
import { existsSync } from 'node:fs';
import { run } from './spawn.ts';

const CONTROL = '/run/udev/control';
/** Seconds for it to come to rest; a storm of other devices is no reason to wait longer. */
const PATIENCE = 10;

/** Milliseconds that {@link udevHasActed} takes at most. */
export const UDEV_PATIENCE = (PATIENCE + 1) * 1000;

/**
 * Waits until udev has done to new devices what its rules say. One of them has `systemd-sysctl` set what `sysctl.d` has for every device
 * (`99-systemd.rules`), as reverse path filters of Red Hat's: what is set before that does not stay.
 */
export async function udevHasActed(environment: Readonly<Record<string, string>>): Promise<void> {
  if (existsSync(CONTROL)) await run('udevadm', ['settle', `--timeout=${PATIENCE}`], UDEV_PATIENCE, environment);
}
