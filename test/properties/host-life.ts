/** A host from the engine's rules down to a kernel in memory, without the wire between: fast enough for random lives. */
import assert from 'node:assert/strict';
import { type KernelState, planFor, summarise } from '@patchbay/agent';
import { MemoryKernel } from '@patchbay/lab';
import {
  type Attachment,
  type ChangeSet,
  changeSetTo,
  complete,
  emptyChangeSet,
  type HostState,
  type HostWish,
  isInSync,
  type Nic,
  toHostConfig,
  toStored,
  type Violation,
  validate,
  wishOf,
} from '@patchbay/model';
import { hostState, ipv4Static, type Scene } from '@patchbay/model/testing';
import { emptyHostConfig, type HostConfig, type KernelOp, type PlanSummary } from '@patchbay/protocol';
import { observedFromReport } from '../../packages/engine/src/mapping/observed.ts';
import { nicsFromReport } from '../../packages/engine/src/operations/record-report.ts';

export const nicNames = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4', 'eth5'];
const management = '192.0.2.10';

const scene: Scene = {
  nics: nicNames,
  networks: {
    mgmt: { roles: ['management', 'defaultRoute'], nameservers: ['192.0.2.53'] },
    red: {},
    blue: { vm: false, mtu: 1400 },
    green: { stp: true },
    v5: { vlan: 5, label: 'lab' },
    v6: { vlan: 6, vm: false, label: 'lab' },
    v7: { vlan: 7, mtu: 9000 },
  },
};
export const networkNames = Object.keys(scene.networks ?? {});

/** What a host looks like at one moment, as far as a revert has to bring it back. */
export interface Moment {
  kernel: unknown;
  wish: HostWish;
  config: HostConfig;
  ids: ReadonlyMap<string, string>;
}

export class HostLife {
  readonly kernel = new MemoryKernel({
    hostName: 'host',
    nics: nicNames.map((name, at) => ({
      name,
      mac: `02:00:00:01:00:0${at}`,
      addresses: at === 0 ? [`${management}/24`] : [],
    })),
    defaultRoute: { device: 'eth0', gateway: '192.0.2.1' },
    nameservers: ['192.0.2.53'],
  });
  state: HostState = { ...hostState(scene), nics: [], observed: null };
  #running: HostConfig = emptyHostConfig;
  #ids = 0;

  /** A host with its management network, as an installation leaves it. */
  static async installed(): Promise<HostLife> {
    const life = new HostLife();
    await life.#look();
    const ip = { ipv4: [ipv4Static(management, '24', '192.0.2.1')], ipv6: [] };
    const refused = await life.change({
      ...emptyChangeSet(),
      attachments: [
        {
          id: null,
          network: { id: null, name: 'mgmt' },
          nic: { id: null, name: 'eth0' },
          ip,
          override: false,
          path: 'mgmt',
        },
      ],
    });
    assert.deepEqual(refused, []);
    return life;
  }

  /** Carries a change out, and shows that the kernel is as it was asked for. @returns why not, empty when done */
  async change(changeSet: ChangeSet): Promise<Violation[]> {
    const completed = complete(this.state, changeSet);
    const { violations } = validate(completed);
    if (violations.length > 0) return violations;
    const stored = toStored(completed, { newId: () => this.#newId() });
    const config = toHostConfig(completed, this.#running.networks);
    const shown = await this.#plan(config);
    const done = this.kernel.executed.length;
    const executed = await this.kernel.execute((await this.#planned(config)).ops);
    assert.ok(executed.ok, JSON.stringify(executed));
    const steps = summarise({ ...noPlan, ops: this.kernel.executed.slice(done) }).steps;
    assert.deepEqual(steps, shown.steps, 'what a preview shows is what is done');
    this.#running = config;
    this.state = {
      ...this.state,
      nics: kept<Nic>(this.state.nics, stored.nics),
      attachments: kept<Attachment>(this.state.attachments, stored.attachments),
    };
    await this.#look();
    for (const attachment of this.state.attachments) {
      assert.equal(isInSync(this.state, attachment), true, `${attachment.networkId} is in sync`);
    }
    assert.deepEqual((await this.#planned(config)).ops, [], 'nothing is left to do');
    return [];
  }

  async moment(): Promise<Moment> {
    return {
      kernel: essence(await this.kernel.observe()),
      wish: this.#wish(),
      config: this.#running,
      ids: new Map(this.state.attachments.map(({ networkId, id }) => [networkId, id])),
    };
  }

  async revertTo(moment: Moment): Promise<void> {
    assert.deepEqual(await this.change(changeSetTo(this.state, moment.wish)), [], 'a revert is accepted');
  }

  #wish(): HostWish {
    const wish = wishOf(this.state.nics, this.state.attachments, (id) => id.replace('net-', ''));
    const by =
      <T>(key: (one: T) => string) =>
      (a: T, b: T) =>
        key(a) < key(b) ? -1 : 1;
    return {
      attachments: wish.attachments.sort(by((one) => one.network.id ?? '')),
      bonds: wish.bonds.sort(by((one) => one.name)),
      labels: wish.labels.sort(by((one) => one.label)),
    };
  }

  async #planned(config: HostConfig): Promise<{ ops: KernelOp[] }> {
    const planned = planFor(await this.kernel.observe(), config, management);
    assert.ok(planned.ok, JSON.stringify(planned));
    return planned.value;
  }

  async #plan(config: HostConfig): Promise<PlanSummary> {
    return summarise({ ...noPlan, ...(await this.#planned(config)) });
  }

  /** The host reports, and the engine takes note. */
  async #look(): Promise<void> {
    const report = { ...(await this.kernel.observe()), running: this.#running, committed: true, stateVersion: 0 };
    const observed = observedFromReport(report);
    const wanted = new Set(this.state.attachments.map((one) => one.nicId));
    const { put, remove } = nicsFromReport('host', this.state.nics, observed, {}, wanted, () => this.#newId());
    const fresh = new Map(put.map((nic) => [nic.id, nic]));
    const nics = this.state.nics.filter((nic) => !remove.includes(nic.id)).map((nic) => fresh.get(nic.id) ?? nic);
    const added = put.filter((nic) => !nics.some((known) => known.id === nic.id));
    this.state = { ...this.state, nics: [...nics, ...added], observed };
  }

  #newId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }
}

const noPlan = { risks: [], touchesManagement: false, expectedOutage: 0 };

function kept<T extends { id: string }>(all: T[], change: { inserted: T[]; updated: T[]; deleted: string[] }): T[] {
  const updated = new Map(change.updated.map((one) => [one.id, one]));
  return [
    ...all.filter((one) => !change.deleted.includes(one.id)).map((one) => updated.get(one.id) ?? one),
    ...change.inserted,
  ];
}

/**
 * The kernel without what depends on the past alone: its own numbers, those of the tables that networks route their answers
 * by, and the MACs of bonds and of what stands on them, because a bond keeps the one that it has.
 */
function essence(state: KernelState): unknown {
  const nics = new Set(
    state.links.filter((link) => link.kind === 'nic' && link.master === null).map((link) => link.name),
  );
  const bonds = new Set(state.links.filter((link) => link.kind === 'bond').map((link) => link.name));
  const standsOnBond = (name: string | null): boolean => {
    const link = state.links.find((one) => one.name === name);
    if (link === undefined) return false;
    if (bonds.has(link.name) || bonds.has(link.master ?? '')) return true;
    if (link.kind === 'vlan') return standsOnBond(link.base);
    return link.kind === 'bridge' && state.links.some((port) => port.master === name && standsOnBond(port.name));
  };
  const own = new Map(state.routes.flatMap(({ table, device }) => (table > 0xffff ? [[table, device] as const] : [])));
  const tabled = <T extends { table: number }>(all: readonly T[]) =>
    all.map((one) => ({ ...one, table: own.get(one.table) ?? one.table }));
  const sorted = (all: readonly object[]) => all.map((one) => JSON.stringify(Object.entries(one).sort())).sort();
  return {
    links: state.links
      .map(({ index: _, sysctls: __, slave: ___, ...link }) => ({
        ...link,
        alias: link.alias?.replace(/,table=\d+/, ',table=any'),
        mac: nics.has(link.name) || !standsOnBond(link.name) ? link.mac : 'any',
        bond: link.bond === null ? null : { options: link.bond.options, slaves: [...link.bond.slaves].sort() },
        addresses: link.addresses.map(({ address, prefix }) => `${address}/${prefix}`).sort(),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    routes: sorted(tabled(state.routes)),
    rules: sorted(tabled(state.rules)),
    dhcp: sorted(state.dhcp.map(({ device, network, family }) => ({ device, network, family }))),
    nameservers: state.nameservers,
  };
}
