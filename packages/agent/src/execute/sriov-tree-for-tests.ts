/**
 * A file system that tells of nics with SR-IOV as sysfs does, with a driver behind it that makes functions when their number is
 * written, and udev, which gives them their names a little later. No kernel that tests run on has such a nic.
 */
import {
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import { addSriov, namesIn } from '../observe/sriov.ts';
import { dropLink } from '../plan/apply-link.ts';
import { applyOp } from '../plan/apply-op.ts';
import { TestHost } from '../plan/host-for-tests.ts';
import { setNumvfs } from './sriov.ts';

export interface TreeOptions {
  /** Nic to the most functions that it can have. */
  nics: Record<string, number>;
  /**
   * What takes a new function: a driver that makes a nic of it, one that keeps it for VMs, one that hangs, none that the host has
   * (`absent`), or none because none is looked for (null).
   */
  driver?: 'nic' | 'vfio-pci' | 'stuck' | 'absent' | null;
  /** Whether udev runs. */
  udev?: boolean;
  /** What makes real nics of functions; without it they are names alone. */
  nicMaker?: NicMaker;
}

export interface NicMaker {
  /** @returns its number */
  add(name: string): number;
  rename(name: string, to: string): void;
  remove(name: string): void;
}

/** Milliseconds that each step of driver and udev takes. */
const STEP = 15;

export class SriovTree {
  readonly root = mkdtempSync(join(tmpdir(), 'patchbay-sriov-'));
  /** Numbers that were written, by nic: `eth5 2`. */
  readonly written: string[] = [];
  /** What a real driver would have refused. */
  readonly refused: string[] = [];
  readonly #options: TreeOptions;
  readonly #watchers: FSWatcher[] = [];
  readonly #current = new Map<string, number>();
  #index = 100;

  constructor(options: TreeOptions) {
    this.#options = options;
    mkdirSync(join(this.root, 'sys/class/net'), { recursive: true });
    mkdirSync(join(this.root, 'run/udev/data'), { recursive: true });
    if (options.udev !== false) writeFileSync(join(this.root, 'run/udev/control'), '');
    for (const [nic, total] of Object.entries(options.nics)) this.#plug(nic, total);
  }

  /** Names of the functions of a nic, as far as they have one. */
  functions(nic: string): string[] {
    const device = this.device(nic);
    return Array.from({ length: this.#current.get(nic) ?? 0 }, (_, at) => namesIn(`${device}/virtfn${at}/net`)).flat();
  }

  device(nic: string): string {
    return join(this.root, `sys/devices/${nic}`);
  }

  /** Another hand gives the nic of a function to somebody else. */
  takeAway(name: string): void {
    const link = join(this.root, `sys/class/net/${name}`);
    rmSync(realpathSync(link), { recursive: true });
    rmSync(link);
  }

  /** As after a boot: no functions, and nothing was written. */
  reboot(): void {
    for (const nic of Object.keys(this.#options.nics)) {
      this.#remove(nic);
      writeFileSync(`${this.device(nic)}/sriov_numvfs`, '0\n');
      this.#current.set(nic, 0);
    }
    this.written.length = 0;
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  #plug(nic: string, total: number): void {
    const device = this.device(nic);
    this.#nic(device, nic);
    writeFileSync(`${device}/sriov_totalvfs`, `${total}\n`);
    writeFileSync(`${device}/sriov_drivers_autoprobe`, this.#options.driver === null ? '0\n' : '1\n');
    const numbers = `${device}/sriov_numvfs`;
    writeFileSync(numbers, '0\n');
    this.#current.set(nic, 0);
    this.#watchers.push(watch(numbers, () => void this.#told(nic, readFileSync(numbers, 'utf8'))));
  }

  async #told(nic: string, text: string): Promise<void> {
    const [count, current] = [Number(text), this.#current.get(nic) ?? 0];
    // One write may be heard of twice, and a file is empty for a moment.
    if (text === '' || count === current) return;
    this.written.push(`${nic} ${count}`);
    if (count > 0 && current > 0) this.refused.push(`${nic} had ${current} when it was told ${count}`);
    this.#current.set(nic, count);
    if (count === 0) this.#remove(nic);
    for (let at = 0; at < count; at += 1) await this.#make(nic, at);
  }

  async #make(nic: string, at: number): Promise<void> {
    const { driver = 'nic', udev = true } = this.#options;
    const device = join(this.root, `sys/devices/${nic}-${at}`);
    await pause();
    mkdirSync(device, { recursive: true });
    symlinkSync(`../${nic}`, `${device}/physfn`);
    symlinkSync(`../${nic}-${at}`, `${this.device(nic)}/virtfn${at}`);
    if (driver === null || driver === 'absent') return;
    symlinkSync(`../../bus/pci/drivers/${driver}`, `${device}/driver`);
    if (driver !== 'nic') return;
    await pause();
    const [first, name] = [`tmp${this.#index}`, `${nic}v${at}`];
    const index = this.#nic(device, udev ? first : name, this.#options.nicMaker?.add(udev ? first : name));
    if (!udev) return;
    const known = join(this.root, `run/udev/data/n${index}`);
    await pause();
    writeFileSync(known, 'E:ID_RENAMING=1\n');
    await pause();
    this.#options.nicMaker?.rename(first, name);
    renameSync(`${device}/net/${first}`, `${device}/net/${name}`);
    rmSync(join(this.root, `sys/class/net/${first}`));
    symlinkSync(`../../devices/${nic}-${at}/net/${name}`, join(this.root, `sys/class/net/${name}`));
    await pause();
    writeFileSync(known, 'E:ID_NET_NAME=x\n');
  }

  #nic(device: string, name: string, index = this.#index + 1): number {
    this.#index += 1;
    mkdirSync(`${device}/net/${name}`, { recursive: true });
    writeFileSync(`${device}/net/${name}/ifindex`, `${index}\n`);
    symlinkSync('../..', `${device}/net/${name}/device`);
    const folder = device.slice(join(this.root, 'sys/devices/').length);
    symlinkSync(`../../devices/${folder}/net/${name}`, join(this.root, `sys/class/net/${name}`));
    return index;
  }

  #remove(nic: string): void {
    const device = this.device(nic);
    for (const entry of namesIn(device).filter((name) => name.startsWith('virtfn'))) {
      for (const name of namesIn(`${device}/${entry}/net`)) {
        this.#options.nicMaker?.remove(name);
        rmSync(join(this.root, `sys/class/net/${name}`));
      }
      rmSync(join(this.root, `sys/devices/${nic}-${entry.slice('virtfn'.length)}`), { recursive: true });
      rmSync(`${device}/${entry}`);
    }
  }
}

/** A kernel in memory whose virtual functions are those of a tree: what is told to the tree goes by the agent's own code. */
export class TreeKernel implements Kernel {
  readonly host = TestHost.managed();
  readonly #tree: SriovTree;
  readonly #patience: number;

  /** @param patience milliseconds with the driver */
  constructor(tree: SriovTree, patience = 2000) {
    this.#tree = tree;
    this.#patience = patience;
  }

  async observe(): Promise<KernelState> {
    this.#lookAtFunctions();
    const state = this.host.state;
    addSriov(state.links, this.#tree.root);
    return { ...state, links: state.links.map((link) => ({ ...link, carrier: link.adminUp })) };
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    for (const op of ops) {
      await betweenRuns?.();
      try {
        const refusal = op.kind === 'sriov.numvfs' ? await this.#number(op) : applyOp(this.host.world, op);
        if (refusal !== null) return { ok: false, failed: op, message: refusal };
      } catch (error) {
        return { ok: false, failed: op, message: String(error) };
      }
    }
    return { ok: true };
  }

  async #number(op: Extract<KernelOp, { kind: 'sriov.numvfs' }>): Promise<null> {
    await setNumvfs(op, this.#tree.root, this.#patience);
    this.#lookAtFunctions();
    return null;
  }

  /** Nics come and go with their functions. */
  #lookAtFunctions(): void {
    const { world } = this.host;
    const there = namesIn(join(this.#tree.root, 'sys/class/net'));
    for (const link of [...world.links.values()]) {
      if (made.has(link) && !there.includes(link.name)) dropLink(world, link);
    }
    for (const name of there.filter((one) => !world.links.has(one))) made.add(world.insert(functionNamed(name)));
  }
}

/** Links that came with a function. */
const made = new WeakSet<LinkReport>();

function functionNamed(name: string): Omit<LinkReport, 'index'> {
  const { index: _, ...plain } = new TestHost().link('eth0');
  const mac = `06:00:00:00:00:0${Number(name.at(-1)) || 0}`;
  return { ...plain, name, mac, permanentMac: mac, adminUp: false };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, STEP));
}
