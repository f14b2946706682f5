/** What a client plays on: an engine and its hosts, on a real kernel where there is one to be had, in memory elsewhere. */
import { type RunningMemoryHost, startMemoryHost } from '@patchbay/lab';
import type { KernelView } from '../acceptance/kernel-view.ts';
import { labKernelView } from '../acceptance/lab-kernel-view.ts';
import { memoryKernelView } from '../acceptance/memory-kernel-view.ts';
import { hostAt, startSystem as startInMemory } from '../api/system.ts';
import type { Client } from '../client.ts';
import { startSystem as startInLab } from '../lab/system.ts';

/** Hosts that are there from the beginning, and the one that joins when a client has added it. */
const hosts = 2;
const spare = 'host3';

export interface Ground {
  /** What the hosts are, in words. */
  readonly hosts: string;
  /** Whether what happens on a host happens on a wire: DHCP answers there. */
  readonly wired: boolean;
  readonly api: Client;
  /** The kernel of `host1`, as seen from outside. */
  kernel(): KernelView;
  /** The agent of `host3` joins the engine. */
  join(): Promise<void>;
  /** A new engine and new hosts. */
  renew(): Promise<void>;
  /** What engine and agents said lately. */
  said(): readonly string[];
  stop(): Promise<void>;
}

/** @param wired whether on a real kernel */
export function openGround(wired: boolean): Promise<Ground> {
  return wired ? openLab() : openMemory();
}

async function openLab(): Promise<Ground> {
  const system = await startInLab(hosts, 1);
  return {
    hosts: system.lab.kind === 'uml' ? 'a real kernel (User-Mode Linux)' : 'a real kernel (network namespaces)',
    wired: true,
    api: system.api,
    kernel: () => labKernelView(system.lab, 'host1'),
    join: () => system.join(spare),
    renew: () => system.renew(),
    said: () => system.said,
    stop: () => system.stop(),
  };
}

async function openMemory(): Promise<Ground> {
  let system = await startInMemory(hosts);
  let joined: RunningMemoryHost | null = null;
  const stop = async () => {
    await joined?.stop();
    joined = null;
    await system.stop();
  };
  return {
    hosts: 'a kernel in memory',
    wired: false,
    get api() {
      return system.api;
    },
    kernel: () => memoryKernelView(hostAt(system, 0).memory.kernel),
    async join() {
      const enrol = `http://127.0.0.1:${system.engine.port}/patchbay/enrol`;
      const token = await system.engine.joinToken(spare);
      await joined?.stop();
      joined = await startMemoryHost({ name: spare, number: hosts + 1, enrol, token, log() {} });
    },
    async renew() {
      await stop();
      system = await startInMemory(hosts);
    },
    said: () => [],
    stop,
  };
}
