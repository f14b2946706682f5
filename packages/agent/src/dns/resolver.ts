/** Name resolution of this host: whoever owns `/etc/resolv.conf` is told in the way that it takes. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ResolverFile, ResolverReport } from '@patchbay/protocol';
import { findProgram } from '../execute/find-program.ts';
import type { Resolver } from '../execute/linux-kernel.ts';
import type { KernelState } from '../kernel.ts';
import { type Disk, readSpare, type Unread, writeDocument } from '../persist/disk.ts';
import { ownerOf } from '../plan/apply-resolver.ts';
import { sameFile } from '../plan/phase-resolver.ts';
import { parseNameservers, withNameservers } from './resolv-conf-text.ts';
import { readResolvconf, tellResolvconf } from './resolvconf.ts';
import { RESOLVED_FOLDER, RESOLVED_SERVERS, readResolved, tellResolved } from './resolved.ts';
import { putResolverFile, readResolverFile } from './resolver-file.ts';

/** An address; where a program takes servers by device, with a port, a device and the name of its certificate as resolved shows them. */
const SERVER =
  /^(\[[0-9A-Fa-f:.]{2,45}\]:\d{1,5}|[0-9A-Fa-f:.]{2,45})(%[A-Za-z0-9_.-]{1,15})?(#[A-Za-z0-9.-]{1,253})?$/;
const DEVICE = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/;

/** What stands in the state directory. */
type Memory = Pick<ResolverReport, 'original' | 'told'>;

export class HostResolver implements Resolver {
  readonly #disk: Disk;
  readonly #memory: string;
  readonly #path: string;
  /** Told when the memory could not be read, and counts as empty. */
  unread: Unread = () => {};

  /** @param stateDirectory keeps what the resolver itself would forget */
  constructor(disk: Disk, stateDirectory: string, path = '/etc/resolv.conf') {
    this.#disk = disk;
    this.#memory = `${stateDirectory}/resolver.json`;
    this.#path = path;
  }

  async read(): Promise<Pick<KernelState, 'nameservers' | 'resolver'>> {
    const file = readResolverFile(this.#path);
    const manager = this.#manager(file);
    const { original, told } = await this.#remembered();
    const servers = manager === 'resolved' ? RESOLVED_SERVERS : this.#path;
    const devices = manager === 'resolved' ? readResolved() : manager === 'resolvconf' ? readResolvconf() : {};
    return {
      nameservers: parseNameservers(textOf(servers)),
      resolver: {
        manager,
        file,
        devices: await devices,
        ...(original === undefined ? {} : { original }),
        ...(told === undefined ? {} : { told }),
      },
    };
  }

  /**
   * In a file, only the `nameserver` lines change; a link to the file of a program that is not there is replaced by a file.
   * @throws when a server or the device is not what it should be, or the program that was told refuses
   */
  async set(nameservers: readonly string[], device?: string): Promise<void> {
    for (const server of nameservers) {
      if (!SERVER.test(server)) throw new Error(`${JSON.stringify(server)} is not the address of a name server.`);
    }
    const file = readResolverFile(this.#path);
    const manager = this.#manager(file);
    if (manager === 'file') return this.#setFile(file, nameservers);
    if (device === undefined || !DEVICE.test(device)) throw new Error(`${JSON.stringify(device)} is not a device.`);
    await (manager === 'resolved' ? tellResolved(device, nameservers) : tellResolvconf(device, nameservers));
    const memory = await this.#remembered();
    const { [device]: _, ...others } = memory.told ?? {};
    const told = nameservers.length === 0 ? others : { ...others, [device]: [...nameservers] };
    await writeDocument(this.#disk, this.#memory, { ...memory, told });
  }

  /** @param file as {@link readResolverFile} once gave it */
  async restore(file: ResolverFile | null): Promise<void> {
    await putResolverFile(this.#path, file);
    const { original, ...memory } = await this.#remembered();
    if (original !== undefined && sameFile(original, file)) await writeDocument(this.#disk, this.#memory, memory);
  }

  async #setFile(file: ResolverFile | null, nameservers: readonly string[]): Promise<void> {
    const before = file === null ? '' : textOf(this.#path);
    const content = withNameservers(before, nameservers);
    if (file?.content === content) return;
    const memory = await this.#remembered();
    if (memory.original === undefined) await writeDocument(this.#disk, this.#memory, { ...memory, original: file });
    await putResolverFile(this.#path, { target: null, content, ...ownerOf(file) });
  }

  async #remembered(): Promise<Memory> {
    return (await readSpare<Memory>(this.#disk, this.#memory, this.unread)) ?? {};
  }

  #manager(file: ResolverFile | null): ResolverReport['manager'] {
    const target = file?.target == null ? null : resolve(dirname(this.#path), file.target);
    const stub = target?.startsWith(`${RESOLVED_FOLDER}/`) || target?.endsWith('/lib/systemd/resolv.conf');
    if (stub === true && findProgram('resolvectl') !== null) return 'resolved';
    const gathered = target?.includes('/resolvconf/') || /^#.*\bgenerated by resolvconf\b/im.test(textOf(this.#path));
    return gathered && hasResolvconf() ? 'resolvconf' : 'file';
  }
}

/** Under that name systemd-resolved offers an imitation, which knows nothing of the file. */
function hasResolvconf(): boolean {
  const program = findProgram('resolvconf');
  return program !== null && !realpathSync(program).endsWith('/resolvectl');
}

/** Nothing when it cannot be read: a link may lead nowhere. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
