/**
 * systemd-networkd. Facts seen with 252: a reload takes the addresses and routes of a device that is no longer its own, and does not
 * read `networkd.conf`, so foreign rules go with it; started anew, it leaves all that alone.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { HandedDevice, LinkReport, ManagerClaim, ManagerFile, ManagerReport } from '@patchbay/protocol';
import { isClaimed } from '../plan/claims.ts';
import { dropFile, namesIn, putFile, readOrNull } from './files.ts';
import type { Machine } from './machine.ts';
import { type Manager, ManagerConflict } from './manager.ts';

const UNIT = 'systemd-networkd.service';
/** As the kernel keeps it. */
const PROCESS = 'systemd-network';
const ENABLED = '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service';
const STATE = '/run/systemd/netif';
/** The first file that matches a device counts, by name and not by folder; netplan's begin with 10. */
const NOW = '/run/systemd/network/00-patchbay-now.network';
const KEPT = '/etc/systemd/network/00-patchbay.network';
const CONF = 'networkd.conf.d/00-patchbay.conf';
const CONF_NOW = `/run/systemd/${CONF}`;
const CONF_KEPT = `/etc/systemd/${CONF}`;
/** Waits at boot for a network that networkd brings up, for two minutes when it brings up none. */
const WAIT = '/etc/systemd/system/systemd-networkd-wait-online.service.d/patchbay.conf';
const UNITS = '/etc/systemd/network';
/** Begins the name of every file that a hand-back makes. */
export const UNIT_PREFIX = '05-patchbay-';
/** What a nic that was handed back in a bond is told beside its file until the next boot. @returns the folder */
export const KEEPS_MASTER = (nic: string): string => `/run/systemd/network/${UNIT_PREFIX}${nic}.network.d`;

export class Networkd implements Manager {
  readonly name = 'systemd-networkd';
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  look(links: readonly LinkReport[]): ManagerReport | null {
    const pid = this.#pid();
    const claims = [...this.kept(), ...this.#now()];
    if (pid === null && claims.length === 0 && !existsSync(this.#path(ENABLED))) return null;
    const devices = pid === null ? [] : links.flatMap((link) => (this.#manages(link) ? [link.name] : []));
    return { name: this.name, running: pid !== null, devices, claims };
  }

  async ask(): Promise<ReadonlySet<string> | null> {
    const words = ['list', '--no-legend', '--no-pager'];
    const said = this.#pid() === null ? null : await this.#machine.ask('networkctl', words);
    return said === null ? null : managedIn(said);
  }

  async claim(claims: readonly ManagerClaim[], taken: readonly string[]): Promise<void> {
    const first = ![CONF_NOW, CONF_KEPT].some((path) => existsSync(this.#path(path)));
    if (first) await putFile(this.#path(CONF_NOW), confText);
    const kept = this.kept();
    await this.#write(
      NOW,
      claims.filter(({ device }) => !kept.some((claim) => claim.device === device)),
    );
    if (this.#pid() === null) return;
    if (!first && taken.length === 0) return this.#reload();
    if (!(await this.#machine.runs(UNIT))) {
      throw new ManagerConflict(
        'systemd-networkd lets go of devices without harm only when it is started anew, and no systemd runs it here.',
      );
    }
    await this.#machine.service('restart', UNIT);
  }

  async letGo(): Promise<void> {}

  async release(claims: readonly ManagerClaim[]): Promise<void> {
    const kept = this.kept();
    await this.#write(
      NOW,
      claims.filter(({ device }) => !kept.some((claim) => claim.device === device)),
    );
    if (claims.length === 0) await dropFile(this.#path(CONF_NOW));
    if (this.#pid() === null) return;
    if (await this.#machine.runs(UNIT)) await this.#machine.service('restart', UNIT);
    else await this.#reload();
  }

  async keep(claims: readonly ManagerClaim[], managesOthers: boolean): Promise<string[]> {
    await this.#write(KEPT, claims);
    if (claims.length === 0) await dropFile(this.#path(CONF_KEPT));
    else if (readOrNull(this.#path(CONF_KEPT)) !== confText) await putFile(this.#path(CONF_KEPT), confText);
    const running = this.#pid() !== null;
    if (claims.length === 0 || (running && managesOthers)) await rm(this.#path(WAIT), { force: true });
    // A boot is restored before networkd runs: what it will set up shows only then, and what was decided stands.
    else if (running) await this.#put(WAIT, waitText);
    for (const path of [NOW, CONF_NOW]) await dropFile(this.#path(path));
    return [];
  }

  kept(): ManagerClaim[] {
    return claimsIn(readOrNull(this.#path(KEPT)) ?? '');
  }

  async handBack(files: readonly ManagerFile[], _devices: readonly HandedDevice[]): Promise<void> {
    const running = this.#pid() !== null;
    if (running && !(await this.#machine.runs(UNIT))) {
      throw new ManagerConflict(
        'systemd-networkd takes devices over without a gap only when it is started anew, and no systemd runs it here.',
      );
    }
    // First what keeps the host reachable, then what keeps networkd away from it.
    for (const { path, text, mode } of files) await putFile(this.#path(path), text, mode);
    for (const path of [KEPT, NOW, CONF_KEPT, CONF_NOW, WAIT]) await dropFile(this.#path(path));
    if (running) await this.#machine.service('restart', UNIT);
  }

  async lacks(devices: readonly HandedDevice[]): Promise<string[] | null> {
    const managed = await this.ask();
    return managed === null ? null : devices.flatMap(({ name }) => (managed.has(name) ? [] : [name]));
  }

  async withdraw(claims: readonly ManagerClaim[]): Promise<void> {
    const folder = this.#path(UNITS);
    for (const name of namesIn(folder)) {
      const device = /^05-patchbay-(.+)\.(netdev|network)$/.exec(name)?.[1];
      if (device === undefined || !isClaimed(claims, device)) continue;
      await dropFile(`${folder}/${name}`);
      await rm(this.#path(KEEPS_MASTER(device)), { recursive: true, force: true });
    }
  }

  async #reload(): Promise<void> {
    await this.#machine.ask('networkctl', ['reload']);
  }

  async #write(path: string, claims: readonly ManagerClaim[]): Promise<void> {
    if (claims.length === 0) await dropFile(this.#path(path));
    else await this.#put(path, claimText(claims));
  }

  async #put(path: string, text: string): Promise<void> {
    if (readOrNull(this.#path(path)) !== text) await putFile(this.#path(path), text);
  }

  #now(): ManagerClaim[] {
    const kept = this.kept();
    const now = claimsIn(readOrNull(this.#path(NOW)) ?? '');
    return now.filter(({ device }) => !kept.some((claim) => claim.device === device));
  }

  #manages({ index }: Pick<LinkReport, 'index'>): boolean {
    const state = readOrNull(this.#path(`${STATE}/links/${index}`)) ?? '';
    return /^ADMIN_STATE=(configuring|configured|linger|failed)$/m.test(state);
  }

  #pid(): number | null {
    return existsSync(this.#path(`${STATE}/state`)) ? this.#machine.process(PROCESS) : null;
  }

  #path(path: string): string {
    return `${this.#machine.root}${path}`;
  }
}

/** systemd.network(5). The address of a nic does not count here: a name is what networkd goes by. */
export function claimText(claims: readonly ManagerClaim[]): string {
  return `# Written by Patchbay, to which these devices belong.
[Match]
Name=${claims.map(({ device }) => device).join(' ')}

[Link]
Unmanaged=yes
`;
}

export function claimsIn(text: string): ManagerClaim[] {
  const names = /^Name=(.*)$/m.exec(text)?.[1]?.split(' ') ?? [];
  return names.filter((name) => name !== '').map((device) => ({ device, mac: null }));
}

/** networkd.conf(5). Read when networkd starts, and only then. What a version does not know it passes over. */
const confText = `# Written by Patchbay, whose routes and rules these are.
[Network]
ManageForeignRoutes=no
ManageForeignRoutingPolicyRules=no
ManageForeignNextHops=no
`;

const waitText = `# Written by Patchbay: networkd sets up nothing on this host, so there is nothing of its to wait for.
[Unit]
ConditionPathExists=!${KEPT}
`;

/** @param said by `networkctl list --no-legend`: index, name, type, operational state, setup */
export function managedIn(said: string): Set<string> {
  const managed = new Set<string>();
  for (const line of said.split('\n')) {
    const [, name, , , setup] = line.trim().split(/\s+/);
    if (name !== undefined && setup !== undefined && setup !== 'unmanaged' && setup !== 'n/a') managed.add(name);
  }
  return managed;
}
