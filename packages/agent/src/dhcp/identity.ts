/**
 * Who a network is towards DHCP servers. Drawn once, and kept with the network: whatever carries it later, servers see the same client
 * and give it the same address.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Disk, readSpare, type Unread, writeDocument } from '../persist/disk.ts';
import { fileName, networkOf } from './file-name.ts';
import type { Binding, Identity6 } from './v6/client.ts';

/** Where a network was when it was given a lease, to find back there when the lease is given back. */
export interface Place {
  /** Nic or bond. */
  base: string;
  vlan: number | null;
  /** Members of the bond, if it is one. */
  members: string[];
}

export interface Identity extends Identity6 {
  /** Option 61 of DHCPv4, hex. */
  clientId: string;
  /** Address of the device that the network first had. */
  mac: string;
  /** Last DHCPv4 address, asked for again. */
  address: string | null;
  /** Last DHCPv6 binding and the boot that its times belong to. */
  binding: { bootId: string; binding: Binding } | null;
  place: Place | null;
}

export class Identities {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #unread: Unread;

  /** @param folder one document per network; one that cannot be read counts as absent */
  constructor(disk: Disk, folder: string, unread: Unread) {
    this.#disk = disk;
    this.#folder = folder;
    this.#unread = unread;
  }

  /**
   * From the address of the network's first device, as most other clients do it and as reservations at servers expect it: client id
   * and DUID are the link-layer address (RFC 2132 §9.14, RFC 8415 §11.4). The association's number is of the network's name, for
   * several networks of one host may use the same device.
   * @param unwritten told why one that was just drawn could not be kept: for now it holds all the same
   */
  async of(network: string, device: string, unwritten: (error: unknown) => void): Promise<Identity> {
    const known = await this.find(network);
    if (known !== null) return known;
    const mac = (await readFile(`/sys/class/net/${device}/address`, 'utf8')).trim();
    const hex = mac.replaceAll(':', '');
    const identity = {
      clientId: `01${hex}`,
      duid: `00030001${hex}`,
      iaid: createHash('sha256').update(network).digest('hex').slice(0, 8),
      mac,
      address: null,
      binding: null,
      place: null,
    };
    await this.#put(network, identity).catch(unwritten);
    return identity;
  }

  find(network: string): Promise<Identity | null> {
    return readSpare<Identity>(this.#disk, this.#path(network), this.#unread);
  }

  /** Changes what a known network remembers. */
  async remember(network: string, part: Partial<Identity>): Promise<void> {
    const known = await this.find(network);
    if (known === null) return;
    const changed = { ...known, ...part };
    if (JSON.stringify(changed) !== JSON.stringify(known)) await this.#put(network, changed);
  }

  forget(network: string): Promise<void> {
    return this.#disk.remove(this.#path(network));
  }

  async networks(): Promise<string[]> {
    const files = await this.#disk.list(this.#folder);
    return files.flatMap((file) =>
      file.endsWith('.json') && !file.startsWith('.') ? [networkOf(file.slice(0, -5))] : [],
    );
  }

  #put(network: string, identity: Identity): Promise<void> {
    return writeDocument(this.#disk, this.#path(network), identity);
  }

  #path(network: string): string {
    return `${this.#folder}/${fileName(network)}.json`;
  }
}
