/** For tests: an engine whose store is in memory, and hosts that it may know. */
import type { Host } from '@patchbay/model';
import type { AddressReport, HostReport } from '@patchbay/protocol';
import { pino } from 'pino';
import { Store } from '../store/index.ts';
import type { Engine } from './engine.ts';
import { DarkNics } from './host-health.ts';
import { HostLocks } from './host-lock.ts';
import { Outcomes } from './outcomes.ts';
import { Rollouts } from './propagation/rollouts.ts';
import { noWorkloads } from './workloads.ts';

/** Nobody is connected to it, and its clock stands still, unless `parts` say otherwise. */
export async function anEngine(parts: Partial<Engine> = {}): Promise<Engine> {
  let ids = 0;
  const engine: Engine = {
    store: await Store.open(':memory:'),
    hosts: { connected: () => false, call: () => Promise.reject(new Error('nobody is there')), drop() {} },
    locks: new HostLocks(),
    lockPatience: 1000,
    outcomes: new Outcomes(),
    installations: new Map(),
    rollouts: new Rollouts(() => engine),
    waveWidth: 2,
    workloads: noWorkloads,
    darkNics: new DarkNics(),
    now: () => 1_000_000,
    newId: () => `id${++ids}`,
    newSecret: () => 'secret',
    log: pino({ level: 'silent' }),
    ...parts,
  };
  return engine;
}

export function aHost(id: string, name: string, clusterId = 'cluster'): Host {
  return {
    ...{ id, clusterId, name, address: name, comment: '', status: 'up' },
    ...{ kernel: '', netConfigDirty: false, nameservers: [] },
  };
}

export function aReport(links: HostReport['links'] = []): HostReport {
  return {
    ...{ bootId: 'b', hostName: 'h1', kernel: 'k', links, routes: [], rules: [], nameservers: [], dhcp: [] },
    ...{ running: { bonds: {}, networks: {} }, committed: true, stateVersion: 1 },
  };
}

/** @param text with its prefix, `192.0.2.5/24` */
export function anAddress(text: string, part: Partial<AddressReport> = {}): AddressReport {
  const [address = '', prefix] = text.split('/');
  const always = { scope: 'global', origin: 'static', tentative: false, dadFailed: false, validFor: null } as const;
  return { family: address.includes(':') ? 6 : 4, address, prefix: Number(prefix), ...always, ...part };
}
