/**
 * A hardware watchdog while a change is under way: a host whose kernel hangs is reset by it, and its boot restores
 * what was committed. Kernel documentation, watchdog/watchdog-api: any byte puts the reset off, a `V` before the end calls it off.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';

/** Milliseconds between two signs of life; the shortest time that drivers usually have is ten seconds. */
const SIGN_OF_LIFE = 3_000;

export interface Watchdog {
  /** No more signs of life: it resets the host in its own time, unless it is closed before. */
  starve(): void;
  /** There is nothing to watch over any more. */
  close(): void;
}

/**
 * What keeps a watchdog from being used; null for nothing. Who is shown no devices, as the agent by its unit, goes by the name that the
 * kernel has for it.
 * @param device for example `/dev/watchdog`
 * @param root of the host
 */
export function watchdogFault(device: string, root = ''): string | null {
  const name = basename(device);
  // The first one goes by a second name, which is no member of the class.
  const places = [device, `/sys/class/watchdog/${name}`, `/sys/class/misc/${name}`];
  if (!places.some((path) => existsSync(`${root}${path}`))) return `There is no watchdog ${device} on this host.`;
  const setting = `${root}/sys/class/watchdog/${name === 'watchdog' ? 'watchdog0' : name}/nowayout`;
  const callsOff = !existsSync(setting) || readFileSync(setting, 'latin1').trim() !== '1';
  return callsOff ? null : `${device} cannot be called off (nowayout), so it would reset the host after every change.`;
}

/**
 * From now on the host is reset when this process no longer comes round.
 * @param device for example `/dev/watchdog`
 * @throws when there is no such device, or somebody else has it
 */
export function watchHost(device: string): Watchdog {
  const file = openSync(device, 'w');
  const timer = setInterval(() => writeSync(file, '.'), SIGN_OF_LIFE);
  timer.unref();
  return {
    starve: () => clearInterval(timer),
    close() {
      clearInterval(timer);
      writeSync(file, 'V');
      closeSync(file);
    },
  };
}
