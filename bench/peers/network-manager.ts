/**
 * NetworkManager by keyfiles and nmcli, in as few calls as there can be: new profiles are loaded a hundred at a time, which is
 * what it manages before nmcli gives up waiting, and come up by themselves; and a nic that another profile holds is told of its
 * new one, because nothing else would take it from there while that profile stands. Those that are no longer wanted are deleted
 * by one call. A call for each profile would take several times as long, and so would loading all profiles anew for the sake of
 * a few.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { installManagers, sh, standInForSystemd } from '../../packages/agent/src/managers/lab-for-tests.ts';
import { timed } from '../measured.ts';
import { type Contender, Outstanding } from './contender.ts';
import { type Profile, profilesOf } from './keyfiles.ts';
import type { Step } from './steps.ts';

/** Profiles in one call: W3 has four hundred, for which D-Bus's 25 seconds are too few. */
const AT_ONCE = 100;

const FOLDER = '/etc/NetworkManager/system-connections';

export async function networkManager(): Promise<Contender> {
  await installManagers();
  standInForSystemd();
  // Without udev, which it takes a read-only /sys for; it sets options of bonds below /sys/devices.
  await sh('mount --bind /sys/devices /sys/devices; mount -o remount,bind,ro /sys');
  mkdirSync('/etc/NetworkManager/conf.d', { recursive: true });
  writeFileSync('/etc/NetworkManager/conf.d/bench.conf', '[main]\nno-auto-default=*\n');
  await sh('systemctl start NetworkManager.service');
  return new NetworkManager();
}

class NetworkManager implements Contender {
  #profiles: Profile[] = [];

  take(step: Step): Promise<number> {
    const before = this.#profiles;
    const after = profilesOf(step.config);
    this.#profiles = after;
    const come = without(after, before);
    const gone = without(before, after);
    const outstanding = new Outstanding(
      before.map(({ device }) => device),
      step,
    );
    return timed(async () => {
      for (const profile of come) writeFileSync(pathOf(profile), profile.text, { mode: 0o600 });
      for (let from = 0; from < come.length; from += AT_ONCE) {
        const some = come.slice(from, from + AT_ONCE);
        await sh(`nmcli connection load ${some.map(pathOf).join(' ')}`);
      }
      for (const { uuid, device } of come) {
        const held = gone.some((old) => old.device.name === device.name);
        if (held && device.kind === 'nic') await sh(`nmcli connection up ${uuid}`);
      }
      if (gone.length > 0) await sh(`nmcli --wait 600 connection delete ${gone.map(({ uuid }) => uuid).join(' ')}`);
      await outstanding.none();
    });
  }
}

const pathOf = ({ uuid }: Profile): string => `${FOLDER}/${uuid}.nmconnection`;

const without = (profiles: readonly Profile[], others: readonly Profile[]): Profile[] =>
  profiles.filter(({ uuid }) => !others.some((other) => other.uuid === uuid));
