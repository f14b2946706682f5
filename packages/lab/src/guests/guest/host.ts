import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostName, managementAddress, nicName, switchAddress } from './addresses.ts';
import { eachLine } from './lines.ts';
import { ended } from './run.ts';
import type { Switch } from './switch.ts';

/** What a host is made of: its place in the lab, its cables' other end, and the folders it sees of the outside. */
export interface HostParts {
  readonly number: number;
  readonly nics: number;
  readonly windows: readonly string[];
  readonly switch: Switch;
  /** Folder with `host.sh`. */
  readonly scripts: string;
  readonly log: (line: string) => void;
}

/**
 * One host: a process tree in its own network, mount, host name and process namespaces, on its own disk. The disk is
 * the upper layer of an overlay on the machine's files, so it outlives a reboot and is empty after a reset.
 */
export class Host {
  readonly name: string;
  readonly #parts: HostParts;
  readonly #folder: string;
  #keeper: ChildProcess | undefined;
  /** Pid of the host's first process, as labd sees it. */
  #pid = 0;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.name = hostName(parts.number);
    this.#folder = join('/run/lab', this.name);
  }

  /** Words before a command that make it run in this host. */
  get inside(): readonly string[] {
    return ['nsenter', '-t', `${this.#pid}`, '-n', '-m', '-u', '-p', '--'];
  }

  /** The path, as labd sees it, of a file of this host. */
  path(path: string): string {
    return join(`/proc/${this.#pid}/root`, path);
  }

  /** Boots the host from its disk, which is made when there is none. */
  async boot(): Promise<void> {
    await this.#makeDisk();
    const keeper = spawn(
      'unshare',
      [
        ...['--net', '--mount', '--uts', '--pid', '--fork', '--kill-child'],
        ...['sh', join(this.#parts.scripts, 'host.sh'), this.name, this.#folder],
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    this.#keeper = keeper;
    eachLine(keeper.stderr, (line) => {
      // What it says about the end of its first process is no news once that was asked for.
      if (this.#keeper === keeper) this.#parts.log(line);
    });
    // The script may end early; then it has said why.
    keeper.stdin.on('error', () => {});
    const said = words(keeper);
    this.#pid = Number(await said('mounted'));
    await this.#parts.switch.connect(this.#parts.number, this.#pid);
    keeper.stdin.end(`${this.#network().join('\n')}\n`);
    await said('up');
  }

  /** Cuts the power: every process of the host is gone when this resolves, and so are its network devices. */
  async halt(): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === undefined) return;
    this.#keeper = undefined;
    // A host can have switched itself off.
    if (keeper.exitCode === null && keeper.signalCode === null) {
      const gone = ended(keeper);
      // The kernel kills all of a process namespace with its first process and reaps that one last.
      process.kill(this.#pid, 'SIGKILL');
      await gone;
    }
    await this.#parts.switch.disconnect(this.#parts.number);
  }

  async wipe(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #network(): string[] {
    const nics = Array.from({ length: this.#parts.nics }, (_, nic) => nicName(nic));
    return [
      'link set lo up',
      ...nics.map((nic) => `link set ${nic} up`),
      `addr add ${managementAddress(this.#parts.number)}/24 dev eth0`,
      `route add default via ${switchAddress}`,
    ];
  }

  async #makeDisk(): Promise<void> {
    const at = (...path: string[]): string => join(this.#folder, ...path);
    const firstBoot = (await mkdir(at('upper/etc'), { recursive: true })) !== undefined;
    if (firstBoot) {
      for (const folder of ['work', 'root', 'upper/var/lib/patchbay']) await mkdir(at(folder), { recursive: true });
      await writeFile(at('upper/etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
      await writeFile(at('upper/etc/hostname'), `${this.name}\n`);
      await writeFile(at('upper/etc/hosts'), `127.0.0.1 localhost\n127.0.1.1 ${this.name}\n`);
      await writeFile(at('upper/etc/resolv.conf'), `nameserver ${switchAddress}\n`);
    }
    await writeFile(at('boot-id'), `${randomUUID()}\n`);
    await writeFile(at('fstab'), `${this.#mounts().join('\n')}\n`);
  }

  #mounts(): string[] {
    const layers = `lowerdir=/,upperdir=${this.#folder}/upper,workdir=${this.#folder}/work`;
    const root = join(this.#folder, 'root');
    return [
      `overlay ${root} overlay ${layers}`,
      `proc ${root}/proc proc defaults`,
      `${this.#folder}/boot-id ${root}/proc/sys/kernel/random/boot_id none bind`,
      `sysfs ${root}/sys sysfs defaults`,
      `/dev ${root}/dev none rbind`,
      `tmpfs ${root}/dev/shm tmpfs X-mount.mkdir`,
      `tmpfs ${root}/run tmpfs mode=755`,
      `tmpfs ${root}/tmp tmpfs mode=1777`,
      ...this.#parts.windows.map((window) => `${window} ${root}${window} none bind,ro,X-mount.mkdir`),
    ];
  }
}

/** Waits for lines `WORD VALUE` of a process's stdout, in order; throws when it ends instead. */
function words(child: ChildProcess): (word: string) => Promise<string> {
  const waiting = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();
  child.once('exit', (status) => {
    for (const [word, { reject }] of waiting) reject(new Error(`no '${word}': status ${status}`));
  });
  if (child.stdout !== null) {
    eachLine(child.stdout, (line) => {
      const [word = '', value = ''] = line.split(' ');
      waiting.get(word)?.resolve(value);
      waiting.delete(word);
    });
  }
  return (word) => new Promise((resolve, reject) => waiting.set(word, { resolve, reject }));
}
