/** The kernel of this machine. */
import type { KernelOp, ResolverFile } from '@patchbay/protocol';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import type { IpQuestions, IpState } from '../observe/ip-questions.ts';
import { type DhcpTable, Observer, type ResolverTable } from '../observe/observe.ts';
import type { Offers } from '../observe/offers.ts';
import { announce } from './announce.ts';
import { Batches, isBatched } from './batches.ts';
import { setEthtool } from './ethtool.ts';
import { writeSetting } from './files.ts';
import { IpBatch } from './ip-batch.ts';
import { type Run, runsOf } from './runs.ts';
import { setNumvfs } from './sriov.ts';
import { udevHasActed } from './udev.ts';

export interface DhcpClients extends DhcpTable {
  start(device: string, network: string, family: 4 | 6): Promise<void>;
  stop(device: string, network: string, family: 4 | 6): Promise<void>;
}

export interface Resolver extends ResolverTable {
  /** @param device that has them, where the host's resolver takes them by device */
  set(nameservers: readonly string[], device?: string): Promise<void>;
  restore(file: ResolverFile | null): Promise<void>;
}

export interface LinuxKernelParts {
  dhcp: DhcpClients;
  resolver: Resolver;
  /** Root of the file system that tells of SR-IOV and is told of it. */
  sriovRoot?: string;
  /** Added to the environment of every program that is started. */
  environment?: Record<string, string>;
  /** How operations are put together; in as few runs as possible when absent. */
  runs?: (ops: readonly KernelOp[]) => Run[];
  /** What is known of what the kernel takes. */
  offers?: () => Offers | null;
  /** Patterns of the names of devices that are nics like those of hardware. */
  fakeNics?: readonly string[];
}

/** Milliseconds for one run of a batch that nobody has given a limit. */
const LIMIT = 20_000;

export class LinuxKernel implements Kernel {
  readonly #parts: LinuxKernelParts;
  /** Of every program that is started. */
  readonly environment: Readonly<Record<string, string>>;
  readonly #observer: Observer;
  #ready: IpBatch | null = null;

  constructor(parts: LinuxKernelParts) {
    this.#parts = parts;
    this.environment = parts.environment ?? {};
    const { dhcp, resolver, offers = () => null, fakeNics = [], sriovRoot } = parts;
    this.#observer = new Observer(dhcp, resolver, this.environment, offers, fakeNics, sriovRoot);
  }

  observe(also?: CloserLook): Promise<KernelState> {
    return this.#observer.observe(also);
  }

  get questions(): IpQuestions {
    return this.#observer.ip;
  }

  /** Adds to what `ip` told what only others know. @param state its reports are completed in place */
  complete(state: IpState, also: CloserLook): Promise<KernelState> {
    return this.#observer.complete(state, also);
  }

  /**
   * Has an `ip` wait for the next execution, and others for the next look: their start takes longer than most changes. Call it
   * again after each execution.
   */
  ready(): void {
    this.#observer.ip.stay();
    if (this.#ready?.isRunning === true) return;
    this.#ready = new IpBatch([], this.environment, LIMIT);
    this.#ready.hold(false);
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    const batches = new Batches(ops, this.environment, [], this.#ready);
    this.#ready = null;
    let made = false;
    try {
      for (const run of (this.#parts.runs ?? runsOf)(ops)) {
        await betweenRuns?.();
        if (made && run.ops.some(({ kind }) => kind === 'sysctl.set')) {
          await udevHasActed(this.environment);
          made = false;
        }
        const execution = await this.#run(run, batches);
        if (!execution.ok) return execution;
        made ||= run.ops.some(({ kind }) => kind === 'link.add');
      }
      return { ok: true };
    } finally {
      void batches.end();
    }
  }

  async #run(run: Run, batches: Batches): Promise<Execution> {
    if (isBatched(run)) return batches.run(run);
    for (const op of run.ops) {
      try {
        await this.#single(op);
      } catch (error) {
        return { ok: false, failed: op, message: error instanceof Error ? error.message : String(error) };
      }
    }
    return { ok: true };
  }

  async #single(op: KernelOp): Promise<void> {
    switch (op.kind) {
      case 'sysctl.set':
      case 'bond.option':
      case 'link.set':
        return writeSetting(op);
      case 'ethtool.set':
        return setEthtool(op, this.environment);
      case 'sriov.numvfs':
        return setNumvfs(op, this.#parts.sriovRoot);
      case 'dhcp.start':
        return this.#parts.dhcp.start(op.device, op.network, op.family);
      case 'dhcp.stop':
        return this.#parts.dhcp.stop(op.device, op.network, op.family);
      case 'dns.set':
        return this.#parts.resolver.set(op.nameservers, op.device);
      case 'dns.restore':
        return this.#parts.resolver.restore(op.file);
      case 'neighbour.announce':
        return announce(op.device, op.family, op.address, this.environment);
      default:
        throw new Error(`${op.kind} cannot be done by itself.`);
    }
  }
}
