/** The kernel of this machine. */
import type { KernelOp } from '@patchbay/protocol';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import { type DhcpTable, Observer } from '../observe/observe.ts';
import { isDone } from './already-done.ts';
import { announce } from './announce.ts';
import { setEthtool } from './ethtool.ts';
import { writeSetting } from './files.ts';
import { IpBatch } from './ip-batch.ts';
import { ipLine } from './ip-line.ts';
import { type Run, runsOf } from './runs.ts';
import { tcBatch } from './tc-batch.ts';
import { tcLine } from './tc-line.ts';

export interface DhcpClients extends DhcpTable {
  start(device: string, network: string, family: 4 | 6): Promise<void>;
  stop(device: string, network: string, family: 4 | 6, release: boolean): Promise<void>;
}

export interface Resolver {
  set(nameservers: readonly string[]): Promise<void>;
}

export interface LinuxKernelParts {
  dhcp: DhcpClients;
  resolver: Resolver;
  resolvConf?: string;
  /** Added to the environment of every program that is started. */
  environment?: Record<string, string>;
}

/** Milliseconds that a batch may take: a little to start, and what a removal costs at worst for each link and line. */
const START_LIMIT = 20_000;
const LINE_LIMIT = 250;

export class LinuxKernel implements Kernel {
  readonly #parts: LinuxKernelParts;
  readonly #environment: Record<string, string>;
  readonly #observer: Observer;

  constructor(parts: LinuxKernelParts) {
    this.#parts = parts;
    this.#environment = parts.environment ?? {};
    this.#observer = new Observer(parts.dhcp, parts.resolvConf ?? '/etc/resolv.conf', this.#environment);
  }

  observe(also?: CloserLook): Promise<KernelState> {
    return this.#observer.observe(also);
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    const batches = new Batches(ops, this.#environment);
    try {
      for (const run of runsOf(ops)) {
        await betweenRuns?.();
        const execution = await this.#run(run, batches);
        if (!execution.ok) return execution;
      }
      return { ok: true };
    } finally {
      await batches.end();
    }
  }

  async #run(run: Run, batches: Batches): Promise<Execution> {
    if (run.executor === 'ip' || run.executor === 'ip6' || run.executor === 'tc') {
      return batches.run(run.executor, run.ops);
    }
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
        return writeSetting(op);
      case 'ethtool.set':
        return setEthtool(op, this.#environment);
      case 'dhcp.start':
        return this.#parts.dhcp.start(op.device, op.network, op.family);
      case 'dhcp.stop':
        return this.#parts.dhcp.stop(op.device, op.network, op.family, op.release);
      case 'dns.set':
        return this.#parts.resolver.set(op.nameservers);
      case 'neighbour.announce':
        return announce(op.device, op.family, op.address, this.#environment);
      default:
        throw new Error(`${op.kind} cannot be done by itself.`);
    }
  }
}

/** The batches of one execution, started when first needed and after a refusal that does not matter. */
class Batches {
  readonly #running = new Map<'ip' | 'ip6', IpBatch>();
  readonly #limit: number;
  readonly #environment: Record<string, string>;

  constructor(ops: readonly KernelOp[], environment: Record<string, string>) {
    const links = ops.reduce((sum, op) => sum + (op.kind === 'link.del-group' ? op.names.length : 1), 0);
    this.#limit = START_LIMIT + LINE_LIMIT * links;
    this.#environment = environment;
  }

  async run(executor: 'ip' | 'ip6' | 'tc', ops: readonly KernelOp[]): Promise<Execution> {
    const lines: string[] = [];
    for (const op of ops) {
      try {
        lines.push(executor === 'tc' ? tcLine(op) : ipLine(op));
      } catch (error) {
        return { ok: false, failed: op, message: error instanceof Error ? error.message : String(error) };
      }
    }
    for (let done = 0; done < lines.length; ) {
      const rest = lines.slice(done);
      const result = executor === 'tc' ? await tcBatch(rest, this.#environment) : await this.#batch(executor).run(rest);
      if (result.ok) return { ok: true };
      if (executor !== 'tc') this.#running.delete(executor);
      const failed = ops[done + result.line];
      if (failed === undefined)
        throw new Error(`${executor} failed at a line that it was not given: ${result.message}`);
      if (!isDone(failed, result.message)) return { ok: false, failed, message: result.message };
      done += result.line + 1;
    }
    return { ok: true };
  }

  async end(): Promise<void> {
    for (const batch of this.#running.values()) await batch.end();
  }

  #batch(executor: 'ip' | 'ip6'): IpBatch {
    const running = this.#running.get(executor);
    if (running !== undefined) return running;
    const batch = new IpBatch(executor === 'ip6' ? ['-6'] : [], this.#environment, this.#limit);
    this.#running.set(executor, batch);
    return batch;
  }
}
