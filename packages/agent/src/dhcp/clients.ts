/**
 * DHCP clients, one process per network, device and family. They live on their own: an agent that is restarted, or the guard, finds
 * them by their files. Identity belongs to the network, so a network that moves to another device keeps its leases.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import type { DhcpReport } from '@patchbay/protocol';
import type { DhcpClients } from '../execute/linux-kernel.ts';
import { PROGRAM_PATH } from '../execute/spawn.ts';
import { type Disk, readSpare, replaceFile, type Unread, writeDocument } from '../persist/disk.ts';
import { hasCode, isShortage } from '../persist/has-code.ts';
import { isAlive, kill, type ProcessId, processOf, readBootId } from '../persist/process-id.ts';
import { bootTime } from '../transaction/boot-clock.ts';
import { fileName, networkOf, SEPARATOR } from './file-name.ts';
import { Identities, type Identity } from './identity.ts';
import { type Lease, leaseScript, parseLease } from './lease.ts';
import { udhcpc, udhcpcArguments } from './udhcpc.ts';
import { type Kept, ORDER, type Order, parseLease6 } from './v6/lease.ts';

/** Which client: of a network, on a device, for a family. */
export interface ClientKey {
  network: string;
  device: string;
  family: 4 | 6;
}

interface Client extends ClientKey {
  process: ProcessId;
}

/** A lease that a stopped client has left, not yet given back: its change may still be taken back. */
export interface LeftLease {
  lease: Lease;
  identity: Identity;
}

export class HostDhcpClients implements DhcpClients {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #client6: readonly [string, string];
  readonly #bootId = readBootId();
  readonly #identities: Identities;
  /** By name, what could not be written of clients that this process has started. */
  readonly #unwritten = new Map<string, Client>();
  /** Told why something of a client could not be written, which keeps none from running. */
  unwritten: (error: unknown) => void = () => {};
  /** Told of a file that could not be read, and counts as absent: its network asks anew. */
  unread: Unread = () => {};
  /** Called when a client that this process has started ends. */
  onDeath: () => void = () => {};

  /** @param client6 program and script of the DHCPv6 client */
  constructor(disk: Disk, stateDirectory: string, client6?: readonly [string, string]) {
    this.#disk = disk;
    this.#folder = `${stateDirectory}/dhcp`;
    this.#client6 = client6 ?? [process.execPath, `${stateDirectory}/dhcp6.mjs`];
    this.#identities = new Identities(disk, `${this.#folder}/networks`, (...why) => this.unread(...why));
    for (const part of ['clients', 'leases', 'left', 'networks']) {
      mkdirSync(`${this.#folder}/${part}`, { recursive: true, mode: 0o700 });
    }
  }

  /** Where leases appear and change; one file per client. */
  get leaseFolder(): string {
    return `${this.#folder}/leases`;
  }

  available(): { dhcp4: boolean; dhcp6: boolean } {
    return { dhcp4: udhcpc() !== null, dhcp6: existsSync(this.#client6[1]) };
  }

  /** Starts the client of a network on a device; one that runs is left alone. @throws when it cannot be started */
  async start(device: string, network: string, family: 4 | 6): Promise<void> {
    const key = { device, network, family };
    const name = nameOf(key);
    const running = await this.#find(name);
    if (running !== null && isAlive(running.process)) return;
    // It asks for what the network has elsewhere, or had here before a boot.
    const elsewhere = this.#clients().filter((one) => one.network === network && one.family === family);
    for (const one of [key, ...elsewhere]) await this.#remember(one);
    const identity = await this.#identities.of(network, device, (error) => this.unwritten(error));
    const process = family === 4 ? await this.#start4(key, identity) : await this.#start6(key, identity);
    await this.#keep(name, { ...key, process });
    // What its predecessor left is asked for again, and so not to be given back.
    await this.#disk.remove(this.#leftPath(network, family)).catch(this.unwritten);
  }

  /** Ends the client, without a word to the server, and puts its lease aside. */
  async stop(device: string, network: string, family: 4 | 6): Promise<void> {
    const name = nameOf({ device, network, family });
    const client = await this.#find(name);
    if (client !== null && client.process.bootId === this.#bootId) kill(client.process);
    await this.#remember({ device, network, family });
    const lease = this.#lease(name);
    const identity = await this.#identities.find(network);
    if (lease !== null && identity !== null) {
      const left: LeftLease = { lease, identity };
      await writeDocument(this.#disk, this.#leftPath(network, family), left).catch(this.unwritten);
    }
    this.#unwritten.delete(name);
    await this.#disk.remove(this.#clientPath(name));
    await this.#disk.remove(`${this.leaseFolder}/${name}`);
  }

  /** The address that a client holds was found to be another machine's: it tells its server and asks for another. */
  decline({ device, network, family }: ClientKey): void {
    const client = this.#clients().find(
      (one) => one.device === device && one.network === network && one.family === family,
    );
    // udhcpc has no word for it; its lease ends, or the other machine does.
    if (client !== undefined && family === 6) kill(client.process, 'SIGUSR1');
  }

  /** Every client of this boot and what it holds. */
  current(): DhcpReport[] {
    return this.#clients().map(({ network, device, family }) => {
      const lease = this.#lease(nameOf({ network, device, family }));
      return {
        device,
        network,
        family,
        state: lease === null ? 'acquiring' : 'bound',
        address: lease === null ? null : `${lease.address}/${lease.prefix}`,
        gateway: lease?.gateway ?? null,
        nameservers: lease?.nameservers ?? [],
        ...(lease === null ? {} : { validFor: Math.max(1, Math.round((lease.until - bootTime()) / 1000)) }),
      };
    });
  }

  /** Starts again what has died. @returns the clients that had to be started */
  async revive(): Promise<ClientKey[]> {
    const dead = this.#clients().filter(({ process }) => !isAlive(process));
    for (const { device, network, family } of dead) {
      await this.#remember({ device, network, family });
      await this.start(device, network, family);
    }
    return dead.map(({ device, network, family }) => ({ device, network, family }));
  }

  /** Notes where a network is, as long as it has a lease there. */
  async note(network: string, place: Identity['place']): Promise<void> {
    await this.#identities.remember(network, { place });
  }

  /** Leases that stopped clients have left, and that have not ended. */
  async left(): Promise<LeftLease[]> {
    const found: LeftLease[] = [];
    for (const file of await this.#disk.list(`${this.#folder}/left`)) {
      if (!file.endsWith('.json') || file.startsWith('.')) continue;
      const one = await readSpare<LeftLease>(this.#disk, `${this.#folder}/left/${file}`, this.unread);
      if (one === null) continue;
      if (one.lease.bootId === this.#bootId && one.lease.until > bootTime()) found.push(one);
      else await this.#disk.remove(`${this.#folder}/left/${file}`);
    }
    return found;
  }

  /** A lease that was left is given back or of no more interest. */
  async forgetLeft({ lease }: LeftLease): Promise<void> {
    await this.#disk.remove(this.#leftPath(lease.network, lease.family));
  }

  /** Forgets who the networks were that no longer ask for leases, so that they are new ones when they come back. */
  async forgetAllBut(networks: ReadonlySet<string>): Promise<void> {
    for (const network of await this.#identities.networks()) {
      if (!networks.has(network)) await this.#identities.forget(network);
    }
  }

  async #start4({ network, device, family }: ClientKey, { clientId, address }: Identity): Promise<ProcessId> {
    const program = udhcpc();
    if (program === null) throw new Error('DHCPv4 needs udhcpc, which busybox has; this host has neither.');
    const script = `${this.#folder}/script`;
    if ((await this.#disk.read(script)) !== leaseScript || !isExecutable(script)) {
      await replaceFile(this.#disk, script, leaseScript);
      await chmod(script, 0o700);
    }
    const [file, ...first] = program;
    const lease = `${this.leaseFolder}/${nameOf({ network, device, family })}`;
    return this.#spawn(device, file, [...first, ...udhcpcArguments(device, script, clientId, address)], {
      PATCHBAY_LEASE: lease,
      PATCHBAY_BOOT: this.#bootId,
    });
  }

  #start6({ network, device, family }: ClientKey, { duid, iaid, binding }: Identity): Promise<ProcessId> {
    const order: Order = {
      device,
      lease: `${this.leaseFolder}/${nameOf({ network, device, family })}`,
      duid,
      iaid,
      known: binding === null ? null : binding.bootId === this.#bootId ? binding.binding : ended(binding),
      bootId: this.#bootId,
    };
    const [program, script] = this.#client6;
    return this.#spawn(device, program, [script], { [ORDER]: JSON.stringify(order) });
  }

  async #spawn(device: string, file: string, args: string[], words: Record<string, string>): Promise<ProcessId> {
    const env = { PATH: PROGRAM_PATH, ...words };
    const child = spawn(file, args, { detached: true, stdio: 'ignore', cwd: '/', env });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.on('error', () => {});
    child.once('exit', () => this.onDeath());
    child.unref();
    const process = child.pid === undefined ? null : processOf(child.pid);
    if (process === null) throw new Error(`The DHCP client on ${device} ended at once.`);
    return process;
  }

  async #find(name: string): Promise<Client | null> {
    return this.#unwritten.get(name) ?? readSpare<Client>(this.#disk, this.#clientPath(name), this.unread);
  }

  async #keep(name: string, client: Client): Promise<void> {
    this.#unwritten.set(name, client);
    await writeDocument(this.#disk, this.#clientPath(name), client).then(
      () => this.#unwritten.delete(name),
      (error: unknown) => this.unwritten(error),
    );
  }

  #clients(): Client[] {
    const written = readdirSync(`${this.#folder}/clients`).flatMap((file) => {
      if (!file.endsWith('.json')) return [];
      const client = this.#written(`${this.#folder}/clients/${file}`);
      return client?.process.bootId === this.#bootId ? [client] : [];
    });
    return [...written.filter((client) => !this.#unwritten.has(nameOf(client))), ...this.#unwritten.values()];
  }

  /** Like {@link readSpare}, for those who cannot wait. */
  #written(path: string): Client | null {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Client;
    } catch (error) {
      if (isShortage(error)) throw error;
      if (!hasCode(error, 'ENOENT')) this.unread(path, error);
      return null;
    }
  }

  #lease(name: string): Lease | null {
    const path = `${this.leaseFolder}/${name}`;
    const record = readOrNull(path);
    if (record === null) return null;
    const lease = leaseOf(name, record);
    if (lease === null || lease.bootId !== this.#bootId) return null;
    if (lease.until > bootTime()) return lease;
    rmSync(path, { force: true });
    return null;
  }

  /** What a client holds becomes what its successor asks for. */
  async #remember(key: ClientKey): Promise<void> {
    const record = readOrNull(`${this.leaseFolder}/${nameOf(key)}`);
    const lease = record === null ? null : leaseOf(nameOf(key), record);
    if (record === null || lease === null) return;
    const part = key.family === 4 ? { address: lease.address } : { binding: JSON.parse(record) as Kept };
    await this.#identities.remember(key.network, part).catch(this.unwritten);
  }

  #clientPath(name: string): string {
    return `${this.#folder}/clients/${name}.json`;
  }

  #leftPath(network: string, family: 4 | 6): string {
    return `${this.#folder}/left/${fileName(network)}${SEPARATOR}${family}.json`;
  }
}

function nameOf({ network, device, family }: ClientKey): string {
  return [fileName(network), device, family].join(SEPARATOR);
}

function leaseOf(name: string, record: string): Lease | null {
  const [encoded = '', device = '', family] = name.split(SEPARATOR);
  const network = networkOf(encoded);
  return family === '6' ? parseLease6(network, device, record) : parseLease(network, device, record);
}

/** A binding of an earlier boot: its address is worth a wish, its times mean nothing. */
function ended({ binding }: Kept): Kept['binding'] {
  return { ...binding, renewAt: 0, rebindAt: 0, until: 0 };
}

function isExecutable(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o100) !== 0;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
