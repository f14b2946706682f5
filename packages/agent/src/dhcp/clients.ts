/**
 * DHCPv4 clients, one udhcpc process per device. They live on their own: an agent that is restarted, or the guard, finds
 * them by their files. Identity belongs to the network, so a network that moves to another device keeps its address.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import type { DhcpReport } from '@patchbay/protocol';
import { type Disk, readDocument, replaceFile, writeDocument } from '../persist/disk.ts';
import { isAlive, kill, type ProcessId, processOf, readBootId } from '../persist/process-id.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import { type Lease, leaseScript, parseLease } from './lease.ts';

/** Between network and device in file names; neither may hold it. */
const SEPARATOR = '~';
/** Milliseconds for a client to go by itself. */
const LEAVE_TIMEOUT = 2_000;

interface Client {
  network: string;
  device: string;
  process: ProcessId;
}

interface NetworkIdentity {
  /** Option 61, hex. */
  clientId: string;
  /** Last leased address, asked for again. */
  address: string | null;
}

export class Udhcpc {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #bootId = readBootId();

  constructor(disk: Disk, stateDirectory: string) {
    this.#disk = disk;
    this.#folder = `${stateDirectory}/dhcp`;
    for (const part of ['clients', 'leases', 'networks']) {
      mkdirSync(`${this.#folder}/${part}`, { recursive: true, mode: 0o700 });
    }
  }

  /** Where leases appear and change; one file per client. */
  get leaseFolder(): string {
    return `${this.#folder}/leases`;
  }

  /** Starts the client of a network on a device; one that runs is left alone. @throws for IPv6, which the kernel or a later version does */
  async start(device: string, network: string, family: 4 | 6): Promise<void> {
    if (family === 6) throw new Error(`DHCPv6 on ${device} is not supported yet.`);
    const name = `${network}${SEPARATOR}${device}`;
    const running = await this.#client(name);
    if (running !== null && isAlive(running.process)) return;
    const script = `${this.#folder}/script`;
    await replaceFile(this.#disk, script, leaseScript);
    await chmod(script, 0o700);
    const { clientId, address } = await this.#identity(network, device);
    const request = address === null ? [] : ['-r', address];
    const child = spawn(
      'busybox',
      [
        'udhcpc',
        '-f',
        '-C',
        '-x',
        `0x3d:${clientId}`,
        '-i',
        device,
        '-s',
        script,
        '-t',
        '4',
        '-T',
        '2',
        '-A',
        '5',
        ...request,
      ],
      {
        detached: true,
        stdio: 'ignore',
        cwd: '/',
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          PATCHBAY_LEASE: `${this.leaseFolder}/${name}`,
          PATCHBAY_BOOT: this.#bootId,
        },
      },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.on('error', () => {});
    child.unref();
    const process = child.pid === undefined ? null : processOf(child.pid);
    if (process === null) throw new Error(`The DHCP client on ${device} ended at once.`);
    await writeDocument(this.#disk, `${this.#folder}/clients/${name}.json`, { network, device, process });
  }

  /** Ends the client and forgets its lease. @param release tells the server that the address is free */
  async stop(device: string, network: string, family: 4 | 6, release: boolean): Promise<void> {
    if (family === 6) return;
    const name = `${network}${SEPARATOR}${device}`;
    const client = await this.#client(name);
    if (client !== null) {
      // udhcpc takes its signals in this order.
      if (release) kill(client.process, 'SIGUSR2');
      kill(client.process, 'SIGTERM');
      const end = bootTime() + LEAVE_TIMEOUT;
      while (isAlive(client.process)) {
        if (bootTime() > end) kill(client.process);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    const lease = this.#lease(name);
    if (release) await this.#disk.remove(this.#networkPath(network));
    else if (lease !== null) await this.#remember(network, lease.address);
    await this.#disk.remove(`${this.#folder}/clients/${name}.json`);
    await this.#disk.remove(`${this.leaseFolder}/${name}`);
  }

  /** Every client of this boot and what it holds. */
  current(): DhcpReport[] {
    return this.#clients().map(({ network, device }) => {
      const lease = this.#lease(`${network}${SEPARATOR}${device}`);
      return {
        device,
        network,
        family: 4,
        state: lease === null ? 'acquiring' : 'bound',
        address: lease === null ? null : `${lease.address}/${lease.prefix}`,
        gateway: lease?.gateway ?? null,
        nameservers: lease?.nameservers ?? [],
        ...(lease === null ? {} : { validFor: Math.max(1, Math.round((lease.until - bootTime()) / 1000)) }),
      };
    });
  }

  /** Leases that have not ended. */
  leases(): Lease[] {
    return this.#clients().flatMap(({ network, device }) => this.#lease(`${network}${SEPARATOR}${device}`) ?? []);
  }

  /** Starts again what has died. @returns the devices whose client had to be started */
  async revive(): Promise<string[]> {
    const dead = this.#clients().filter(({ process }) => !isAlive(process));
    for (const { device, network } of dead) {
      const lease = this.#lease(`${network}${SEPARATOR}${device}`);
      if (lease !== null) await this.#remember(network, lease.address);
      await this.start(device, network, 4);
    }
    return dead.map(({ device }) => device);
  }

  #clients(): Client[] {
    return readdirSync(`${this.#folder}/clients`).flatMap((file) => {
      if (!file.endsWith('.json')) return [];
      const text = readOrNull(`${this.#folder}/clients/${file}`);
      if (text === null) return [];
      const client = JSON.parse(text) as Client;
      return client.process.bootId === this.#bootId ? [client] : [];
    });
  }

  async #client(name: string): Promise<Client | null> {
    const client = await readDocument<Client>(this.#disk, `${this.#folder}/clients/${name}.json`);
    return client?.process.bootId === this.#bootId ? client : null;
  }

  #lease(name: string): Lease | null {
    const path = `${this.leaseFolder}/${name}`;
    const record = readOrNull(path);
    if (record === null) return null;
    const [network = '', device = ''] = name.split(SEPARATOR);
    const lease = parseLease(network, device, record);
    if (lease === null || lease.bootId !== this.#bootId || lease.until <= bootTime()) {
      rmSync(path, { force: true });
      return null;
    }
    return lease;
  }

  /** Drawn once per network, from the address of the first device it used: the identity that most other clients use there. */
  async #identity(network: string, device: string): Promise<NetworkIdentity> {
    const known = await readDocument<NetworkIdentity>(this.#disk, this.#networkPath(network));
    if (known !== null) return known;
    const mac = (await readFile(`/sys/class/net/${device}/address`, 'utf8')).trim().replaceAll(':', '');
    const identity = { clientId: `01${mac}`, address: null };
    await writeDocument(this.#disk, this.#networkPath(network), identity);
    return identity;
  }

  async #remember(network: string, address: string): Promise<void> {
    const known = await readDocument<NetworkIdentity>(this.#disk, this.#networkPath(network));
    if (known !== null) await writeDocument(this.#disk, this.#networkPath(network), { ...known, address });
  }

  #networkPath(network: string): string {
    return `${this.#folder}/networks/${network}.json`;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
