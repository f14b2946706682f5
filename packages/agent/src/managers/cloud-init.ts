/** cloud-init, which writes the network configuration of other managers at boot, from what the cloud or an installer says. */
import { existsSync } from 'node:fs';
import type { LinkReport, ManagerClaim, ManagerReport } from '@patchbay/protocol';
import { dropFile, namesIn, putFile, readOrNull } from './files.ts';
import type { Machine } from './machine.ts';
import type { Manager } from './manager.ts';

const PROGRAM = '/usr/bin/cloud-init';
/** There when cloud-init is switched off as a whole. */
const OFF = '/etc/cloud/cloud-init.disabled';
const FOLDER = '/etc/cloud/cloud.cfg.d';
const KEPT = `${FOLDER}/99-patchbay-network.cfg`;
/** What is claimed until the next boot. */
const NOW = '/run/patchbay/cloud-init';
const EVERYTHING: ManagerClaim = { device: '*', mac: null };

export class CloudInit implements Manager {
  readonly name = 'cloud-init';
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  look(_links: readonly LinkReport[]): ManagerReport | null {
    if (!existsSync(this.#path(PROGRAM)) || existsSync(this.#path(OFF)) || this.#isOffAnyway()) return null;
    const claims = this.kept().length > 0 || existsSync(this.#path(NOW)) ? [EVERYTHING] : [];
    return { name: this.name, running: false, devices: [], claims };
  }

  async ask(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async claim(): Promise<void> {
    await putFile(this.#path(NOW), '');
  }

  async letGo(): Promise<void> {}

  async release(): Promise<void> {
    await dropFile(this.#path(NOW));
  }

  async keep(claims: readonly ManagerClaim[]): Promise<string[]> {
    const had = this.kept().length > 0;
    if (claims.length > 0 && !had) await putFile(this.#path(KEPT), text);
    if (claims.length === 0) await dropFile(this.#path(KEPT));
    await dropFile(this.#path(NOW));
    return claims.length > 0 && !had ? ['cloud-init sets up no networks any more from the next boot on.'] : [];
  }

  kept(): ManagerClaim[] {
    return existsSync(this.#path(KEPT)) ? [EVERYTHING] : [];
  }

  /** Has no configuration of its own that anything could be handed to. */
  async handBack(): Promise<void> {
    await this.keep([]);
  }

  async lacks(): Promise<string[]> {
    return [];
  }

  async withdraw(): Promise<void> {}

  #isOffAnyway(): boolean {
    return namesIn(this.#path(FOLDER)).some((name) => {
      const path = `${FOLDER}/${name}`;
      return path !== KEPT && name.endsWith('.cfg') && switchesNetworksOff(readOrNull(this.#path(path)) ?? '');
    });
  }

  #path(path: string): string {
    return `${this.#machine.root}${path}`;
  }
}

/** Whether a file of cloud-init's says `network: {config: disabled}`, in either of YAML's spellings. */
export function switchesNetworksOff(yaml: string): boolean {
  const plain = yaml.replaceAll(/#.*$/gm, '');
  return (
    /^network:\s*\{\s*["']?config["']?:\s*["']?disabled["']?\s*\}\s*$/m.test(plain) ||
    /^network:\s*\n(?:[ \t]+.*\n)*?[ \t]+config:\s*["']?disabled["']?\s*$/m.test(`${plain}\n`)
  );
}

const text = `# Written by Patchbay, which sets up the networks of this host.
network: {config: disabled}
`;
