/**
 * ifupdown and ifupdown2, which read `/etc/network/interfaces` at boot and otherwise do nothing by themselves, except for the DHCP
 * clients that they have started. So there is nothing to wait for, and nothing in their file changes before a change is committed.
 */
import { existsSync } from 'node:fs';
import type { LinkReport, ManagerClaim, ManagerFile, ManagerReport } from '@patchbay/protocol';
import { isClaimed } from '../plan/claims.ts';
import { dropFile, namesIn, putFile, readOrNull } from './files.ts';
import {
  broughtUp,
  reinstated,
  restored,
  sources,
  switchedOff,
  withoutDevices,
  withoutStanzas,
} from './interfaces-file.ts';
import type { Machine } from './machine.ts';
import type { Manager } from './manager.ts';
import { endClients, haltClients, resumeClients } from './started-clients.ts';

const FILE = '/etc/network/interfaces';
const PROGRAMS = ['/usr/sbin/ifup', '/sbin/ifup'];
/** What is claimed until the next boot. */
const NOW = '/run/patchbay/ifupdown.json';
/** Added to the name of a file as it was before it was changed for the first time. */
const BACKUP = '.before-patchbay';
/** What a hand-back makes; read because {@link FILE} says so. */
export const HANDED_BACK = '/etc/network/interfaces.d/patchbay';

interface File {
  path: string;
  text: string;
}

export class Ifupdown implements Manager {
  readonly name = 'ifupdown';
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  look(_links: readonly LinkReport[]): ManagerReport | null {
    if (!PROGRAMS.some((path) => existsSync(this.#path(path))) || !existsSync(this.#path(FILE))) return null;
    const claims = [...this.kept(), ...this.#now()];
    const off = new Set(claims.map(({ device }) => device));
    const devices = this.#files().flatMap(({ text }) => broughtUp(text));
    return {
      name: this.name,
      running: false,
      devices: [...new Set(devices)].filter((name) => name !== 'lo' && !off.has(name)),
      claims,
    };
  }

  async ask(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async claim(claims: readonly ManagerClaim[], _taken: readonly string[], links: readonly LinkReport[]): Promise<void> {
    await this.#remember(claims);
    haltClients(
      this.#machine,
      claims,
      links.map(({ name }) => name),
    );
  }

  async letGo(): Promise<void> {}

  async release(claims: readonly ManagerClaim[], released: readonly string[]): Promise<void> {
    await this.#remember(claims);
    resumeClients(this.#machine, released);
  }

  async keep(claims: readonly ManagerClaim[]): Promise<string[]> {
    const names = claims.map(({ device }) => device);
    const changed = await this.#rewrite(this.#files(), (text) => withoutDevices(text, names));
    await dropFile(this.#path(NOW));
    endClients(this.#machine, claims);
    return changed.length === 0 ? [] : [`Devices of Patchbay no longer come up by ${changed.join(', ')}.`];
  }

  kept(): ManagerClaim[] {
    const names = this.#files().flatMap(({ text }) => switchedOff(text));
    return [...new Set(names)].map((device) => ({ device, mac: null }));
  }

  async handBack(files: readonly ManagerFile[], devices: readonly { name: string }[]): Promise<void> {
    for (const { path, text, mode } of files) await putFile(this.#path(path), text, mode);
    const names = devices.map(({ name }) => name);
    const others = this.#files().filter(({ path }) => path !== HANDED_BACK);
    await this.#rewrite(others, (text) => withoutStanzas(text, names));
    const main = readOrNull(this.#path(FILE)) ?? '';
    if (!this.#files().some(({ path }) => path === HANDED_BACK)) {
      await putFile(this.#path(FILE), `${main}${main === '' || main.endsWith('\n') ? '' : '\n'}${SOURCE}\n`);
    }
    await dropFile(this.#path(NOW));
    resumeClients(this.#machine, names);
  }

  async lacks(): Promise<string[]> {
    return [];
  }

  async withdraw(claims: readonly ManagerClaim[]): Promise<void> {
    if (!existsSync(this.#path(HANDED_BACK))) return;
    const described = broughtUp(restored(readOrNull(this.#path(HANDED_BACK)) ?? ''));
    if (!described.every((name) => isClaimed(claims, name))) return;
    await dropFile(this.#path(HANDED_BACK));
    await this.#rewrite(this.#files(), (text) => reinstated(text).replace(`${SOURCE}\n`, ''));
  }

  /** @returns the paths of the files that were changed */
  async #rewrite(files: readonly File[], change: (text: string) => string): Promise<string[]> {
    const rewritten: string[] = [];
    for (const { path, text } of files) {
      const now = change(text);
      if (now === text) continue;
      const backup = this.#path(`${path}${BACKUP}`);
      if (!existsSync(backup)) await putFile(backup, text);
      await putFile(this.#path(path), now);
      rewritten.push(path);
    }
    return rewritten;
  }

  /** The file and all that it has read, each once. */
  #files(): File[] {
    const found = new Map<string, string>();
    const visit = (path: string): void => {
      const text = found.has(path) ? null : readOrNull(this.#path(path));
      if (text === null) return;
      found.set(path, text);
      for (const { pattern, folder } of sources(text)) {
        for (const other of this.#matching(path, folder ? `${pattern}/*` : pattern)) visit(other);
      }
    };
    visit(FILE);
    return [...found].map(([path, text]) => ({ path, text }));
  }

  /** Patterns in the last part of a path alone, as they are used; a folder gives only names without a dot (interfaces(5)). */
  #matching(from: string, pattern: string): string[] {
    const absolute = pattern.startsWith('/') ? pattern : `${from.slice(0, from.lastIndexOf('/'))}/${pattern}`;
    const at = absolute.lastIndexOf('/');
    const [folder, last] = [absolute.slice(0, at), absolute.slice(at + 1)];
    if (!last.includes('*')) return [absolute];
    const shape = new RegExp(`^${last.split('*').map(quoted).join('.*')}$`);
    const names = namesIn(this.#path(folder)).filter((name) => shape.test(name) && !name.startsWith('.'));
    return names.filter((name) => !name.endsWith(BACKUP)).map((name) => `${folder}/${name}`);
  }

  #now(): ManagerClaim[] {
    const kept = this.kept();
    const text = readOrNull(this.#path(NOW));
    const now = text === null ? [] : (JSON.parse(text) as ManagerClaim[]);
    return now.filter(({ device }) => !kept.some((claim) => claim.device === device));
  }

  async #remember(claims: readonly ManagerClaim[]): Promise<void> {
    const kept = this.kept();
    const now = claims.filter(({ device }) => !kept.some((claim) => claim.device === device));
    if (now.length === 0) await dropFile(this.#path(NOW));
    else await putFile(this.#path(NOW), JSON.stringify(now));
  }

  #path(path: string): string {
    return `${this.#machine.root}${path}`;
  }
}

const SOURCE = `source ${HANDED_BACK}`;

const quoted = (text: string): string => text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
