/**
 * NetworkManager. Facts seen with 1.42: told by a reload that a device is no longer its own, it takes the addresses away, sets the
 * link down and lets the members of a bond go; started anew with the same words, it does not touch the device. What an
 * administrator asks of a device in `unmanaged-devices` (`nmcli connection up`, `nmcli device set … managed yes`) is refused.
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { HandedDevice, LinkReport, ManagerClaim, ManagerFile, ManagerReport } from '@patchbay/protocol';
import { type Disk, makeFolder, readDocument, writeDocument } from '../persist/disk.ts';
import { isClaimed } from '../plan/claims.ts';
import { dropFile, namesIn, putFile, readOrNull } from './files.ts';
import type { Machine } from './machine.ts';
import { type Manager, ManagerConflict } from './manager.ts';

const UNIT = 'NetworkManager.service';
const ENABLED = '/etc/systemd/system/multi-user.target.wants/NetworkManager.service';
/** One file for each device, named by the kernel's index of it. */
const DEVICES = '/run/NetworkManager/devices';
/** Gone with the next boot. */
const NOW = '/run/NetworkManager/conf.d/zz-patchbay-now.conf';
/** The last in its folder: a file after it that sets the list anew would take ours away. */
const KEPT = '/etc/NetworkManager/conf.d/zz-patchbay.conf';
/** States of the devices as they were when they were taken. */
const TAKEN = '/run/patchbay/NetworkManager';
/** There while it is stopped so that it can be started with other states: whoever finds it later starts it. */
const STOPPED = '/run/patchbay/NetworkManager.stopped';
const PROFILES = '/etc/NetworkManager/system-connections';
/** Begins the name of every profile that a hand-back makes. */
export const PROFILE_PREFIX = 'patchbay-';

interface Profile {
  uuid: string;
  name: string;
}

export class NetworkManager implements Manager {
  readonly name = 'NetworkManager';
  readonly #machine: Machine;
  readonly #disk: Disk;
  readonly #folder: string;

  /** @param folder where it is remembered which profiles were switched off */
  constructor(machine: Machine, disk: Disk, folder: string) {
    this.#machine = machine;
    this.#disk = disk;
    this.#folder = folder;
  }

  look(links: readonly LinkReport[]): ManagerReport | null {
    const pid = this.#pid();
    const claims = [...this.kept(), ...this.#now()];
    const isHere = pid !== null || [ENABLED, STOPPED].some((path) => existsSync(this.#path(path)));
    if (!isHere && claims.length === 0) return null;
    const devices = pid === null ? [] : links.flatMap((link) => (this.#manages(link) ? [link.name] : []));
    return { name: this.name, running: pid !== null, devices, claims };
  }

  async ask(): Promise<ReadonlySet<string> | null> {
    const said = this.#pid() === null ? null : await this.#machine.ask('nmcli', ['-t', '-f', 'DEVICE,STATE', 'device']);
    return said === null ? null : managedIn(said);
  }

  async claim(claims: readonly ManagerClaim[], taken: readonly string[], links: readonly LinkReport[]): Promise<void> {
    for (const { name, index } of links) {
      const state = taken.includes(name) ? readOrNull(this.#path(`${DEVICES}/${index}`)) : null;
      if (state !== null) await putFile(this.#path(`${TAKEN}/${name}`), state, 0o600);
    }
    const kept = this.kept();
    await this.#write(
      NOW,
      claims.filter(({ device }) => !kept.some((claim) => claim.device === device)),
    );
    if (this.#pid() === null) return;
    if (taken.length > 0 && (await this.#machine.runs(UNIT))) await this.#machine.service('restart', UNIT);
    else await this.#reload();
  }

  /** A NetworkManager that was started anew has left the files of what it no longer manages as they were. */
  async letGo(claims: readonly ManagerClaim[], links: readonly LinkReport[]): Promise<void> {
    for (const link of links) {
      if (isClaimed(claims, link.name) && this.#manages(link)) await dropFile(this.#path(`${DEVICES}/${link.index}`));
    }
  }

  async release(
    claims: readonly ManagerClaim[],
    released: readonly string[],
    links: readonly LinkReport[],
  ): Promise<void> {
    const kept = this.kept();
    await this.#write(
      NOW,
      claims.filter(({ device }) => !kept.some((claim) => claim.device === device)),
    );
    const states = links.flatMap(({ name, index }) => {
      const state = released.includes(name) ? readOrNull(this.#path(`${TAKEN}/${name}`)) : null;
      return state === null ? [] : [{ index, state }];
    });
    if (this.#pid() !== null) await this.#startWith(states);
    for (const name of released) await dropFile(this.#path(`${TAKEN}/${name}`));
  }

  async keep(claims: readonly ManagerClaim[]): Promise<string[]> {
    const text = claimText(claims);
    const same = (readOrNull(this.#path(KEPT)) ?? '') === (claims.length === 0 ? '' : text);
    const isKept = same && !existsSync(this.#path(NOW));
    const due = !isKept || existsSync(this.#due);
    if (!isKept) {
      // Where that cannot be written, only a kill leaves them as they are.
      await this.#noteDue(claims).catch(() => {});
      await this.#write(KEPT, claims);
      await dropFile(this.#path(NOW));
      await rm(this.#path(TAKEN), { recursive: true, force: true });
    }
    // Whoever had stopped it was killed.
    if (existsSync(this.#path(STOPPED))) await this.#start();
    return due ? this.#switchOff(claims) : [];
  }

  kept(): ManagerClaim[] {
    return claimsIn(readOrNull(this.#path(KEPT)) ?? '');
  }

  async handBack(
    files: readonly ManagerFile[],
    devices: readonly HandedDevice[],
    links: readonly LinkReport[],
  ): Promise<void> {
    const running = this.#pid() !== null;
    if (running && !(await this.#machine.runs(UNIT))) {
      throw new ManagerConflict(
        'NetworkManager takes devices over without a gap only when it is started anew, and no systemd runs it here.',
      );
    }
    // First what keeps the host reachable, then what keeps NetworkManager away from it.
    for (const { path, text, mode } of files) await putFile(this.#path(path), text, mode);
    for (const path of [KEPT, NOW]) await dropFile(this.#path(path));
    if (!running) return;
    const byName = new Map(links.map(({ name, index }) => [name, index]));
    await this.#startWith(
      devices.flatMap(({ name, profile, made }) => {
        const index = byName.get(name);
        if (index === undefined || profile === null) return [];
        return [{ index, state: `[device]\nmanaged=true\nconnection-uuid=${profile}\nnm-owned=${made}\n` }];
      }),
    );
  }

  /** One that came up without its profile is none that it goes on with. */
  async lacks(devices: readonly HandedDevice[]): Promise<string[] | null> {
    const words = ['-t', '-f', 'DEVICE,STATE,CONNECTION', 'device'];
    const said = this.#pid() === null ? null : await this.#machine.ask('nmcli', words);
    if (said === null) return null;
    const lines = new Set(said.split('\n'));
    return devices.flatMap(({ name }) => (lines.has(`${name}:connected:${PROFILE_PREFIX}${name}`) ? [] : [name]));
  }

  async withdraw(claims: readonly ManagerClaim[]): Promise<void> {
    const folder = this.#path(PROFILES);
    const dropped = namesIn(folder).filter((name) => {
      const device = /^patchbay-(.+)\.nmconnection$/.exec(name)?.[1];
      return device !== undefined && isClaimed(claims, device);
    });
    for (const name of dropped) await dropFile(`${folder}/${name}`);
    if (dropped.length > 0 && this.#pid() !== null) await this.#machine.ask('nmcli', ['connection', 'reload']);
  }

  /** What it finds there when it starts is what it goes on with: the devices are not set up again. */
  async #startWith(states: readonly { index: number; state: string }[]): Promise<void> {
    if (states.length === 0 || !(await this.#machine.runs(UNIT))) return this.#reload();
    await putFile(this.#path(STOPPED), '');
    try {
      await this.#machine.service('stop', UNIT);
      for (const { index, state } of states) await putFile(this.#path(`${DEVICES}/${index}`), state);
    } finally {
      await this.#start();
    }
  }

  async #start(): Promise<void> {
    await this.#machine.service('start', UNIT);
    await dropFile(this.#path(STOPPED));
  }

  async #reload(): Promise<void> {
    const pid = this.#pid();
    if (pid === null) return;
    // Its own program waits until it is done; the signal is for hosts without it.
    if ((await this.#machine.ask('nmcli', ['general', 'reload'])) === null) this.#machine.signal(pid, 'SIGHUP');
  }

  /**
   * Profiles of claimed devices no longer come up by themselves: those of bonds and VLANs would make devices. That is done once for what is
   * kept, whoever was killed over it: an administrator may switch one on again.
   */
  async #switchOff(claims: readonly ManagerClaim[]): Promise<string[]> {
    const profiles = await this.#profilesFor(claims);
    if (profiles === null) return [];
    if (profiles.length > 0) {
      await makeFolder(this.#disk, this.#folder);
      const path = `${this.#folder}/NetworkManager.json`;
      const known = (await readDocument<Profile[]>(this.#disk, path)) ?? [];
      await writeDocument(this.#disk, path, [...known, ...profiles]);
    }
    const failed: string[] = [];
    for (const { uuid, name } of profiles) {
      const done = await this.#machine.ask('nmcli', ['connection', 'modify', uuid, 'connection.autoconnect', 'no']);
      if (done === null) failed.push(name);
    }
    // Where that cannot be written it is only done again.
    if (failed.length === 0) await this.#disk.remove(this.#due).catch(() => {});
    const off = profiles.map(({ name }) => name).filter((name) => !failed.includes(name));
    return [
      ...(off.length === 0 ? [] : [`Profiles of NetworkManager no longer come up by themselves: ${off.join(', ')}.`]),
      ...(failed.length === 0 ? [] : [`Profiles of NetworkManager could not be switched off: ${failed.join(', ')}.`]),
    ];
  }

  async #noteDue(claims: readonly ManagerClaim[]): Promise<void> {
    await makeFolder(this.#disk, this.#folder);
    await writeDocument(this.#disk, this.#due, claims);
  }

  /** Null when it does not say. */
  async #profilesFor(claims: readonly ManagerClaim[]): Promise<Profile[] | null> {
    if (claims.length === 0) return [];
    if (this.#pid() === null) return null;
    const list = await this.#machine.ask('nmcli', ['-t', '-f', 'UUID', 'connection', 'show']);
    if (list === null) return null;
    const uuids = list.split('\n').filter((line) => /^[0-9a-f-]{36}$/.test(line));
    if (uuids.length === 0) return [];
    const fields = ['uuid', 'id', 'interface-name', 'autoconnect'].map((field) => `connection.${field}`);
    const shown = await this.#machine.ask('nmcli', [
      ...['-t', '-e', 'no', '-f', [...fields, '802-3-ethernet.mac-address'].join(',')],
      ...['connection', 'show', ...uuids.flatMap((uuid) => ['uuid', uuid])],
    ]);
    return shown === null ? null : profilesFor(shown, claims);
  }

  async #write(path: string, claims: readonly ManagerClaim[]): Promise<void> {
    if (claims.length === 0) await dropFile(this.#path(path));
    else await putFile(this.#path(path), claimText(claims));
  }

  #now(): ManagerClaim[] {
    const kept = this.kept();
    const now = claimsIn(readOrNull(this.#path(NOW)) ?? '');
    return now.filter(({ device }) => !kept.some((claim) => claim.device === device));
  }

  #manages({ index, name }: Pick<LinkReport, 'index' | 'name'>): boolean {
    return name !== 'lo' && /^managed=true$/m.test(readOrNull(this.#path(`${DEVICES}/${index}`)) ?? '');
  }

  #pid(): number | null {
    return existsSync(this.#path(DEVICES)) ? this.#machine.process('NetworkManager') : null;
  }

  /** There from before something is kept until the profiles of it have been switched off: what an older agent kept is done with. */
  get #due(): string {
    return `${this.#folder}/NetworkManager.due.json`;
  }

  #path(path: string): string {
    return `${this.#machine.root}${path}`;
  }
}

/**
 * Words for NetworkManager.conf(5). The list is strict: nobody can have NetworkManager manage what is on it. The section says it once
 * more, since a file of the administrator's that sets the list anew is read after those in `/run`.
 */
export function claimText(claims: readonly ManagerClaim[]): string {
  const list = claims
    .flatMap(({ device, mac }) => [`interface-name:${device}`, ...(mac === null ? [] : [`mac:${mac}`])])
    .join(';');
  return `# Written by Patchbay, to which these devices belong.
[keyfile]
unmanaged-devices+=${list}

[device-patchbay]
match-device=${list}
managed=0
`;
}

export function claimsIn(text: string): ManagerClaim[] {
  const list = /^unmanaged-devices\+=(.*)$/m.exec(text)?.[1] ?? '';
  const claims: ManagerClaim[] = [];
  for (const word of list.split(';')) {
    const [, kind, value = ''] = /^(interface-name|mac):(.+)$/.exec(word) ?? [];
    if (kind === 'interface-name') claims.push({ device: value, mac: null });
    const last = claims.at(-1);
    if (kind === 'mac' && last !== undefined) last.mac = value;
  }
  return claims;
}

/** @param said by `nmcli -t -f DEVICE,STATE device` */
export function managedIn(said: string): Set<string> {
  const managed = new Set<string>();
  for (const line of said.split('\n')) {
    const at = line.lastIndexOf(':');
    if (at > 0 && line.slice(at + 1) !== 'unmanaged') managed.add(line.slice(0, at).replaceAll('\\', ''));
  }
  return managed;
}

/** @param said by `nmcli -t connection show`: one line for each field, an empty one between profiles */
export function profilesFor(said: string, claims: readonly ManagerClaim[]): Profile[] {
  return said.split(/\n\s*\n/).flatMap((block) => {
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(block)?.[1] ?? '';
    const [uuid, name, device] = ['uuid', 'id', 'interface-name'].map((one) => field(`connection.${one}`));
    if (uuid === undefined || uuid === '' || name === undefined || field('connection.autoconnect') !== 'yes') return [];
    if (name.startsWith(PROFILE_PREFIX)) return [];
    const mac = field('802-3-ethernet.mac-address').toLowerCase();
    const meant = device === '' || device === undefined ? false : isClaimed(claims, device);
    return meant || (mac !== '' && claims.some((claim) => claim.mac === mac)) ? [{ uuid, name }] : [];
  });
}
