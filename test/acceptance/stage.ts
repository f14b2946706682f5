/**
 * What a scenario plays on: one engine, two hosts with free nics, networks made for it. After each scenario everything
 * it made is taken away again, and the kernels must be as they were: what stays behind fails the scenario.
 */
import assert from 'node:assert/strict';
import type { NetworkUse } from '@patchbay/model';
import type { Client, Reply } from '../client.ts';
import { asXml } from './as-xml.ts';
import type { NetworkRef } from './asks.ts';
import { assertRefusal, type Host, list } from './host.ts';

/** Where scenarios are played: hosts in memory, or in the lab. */
export interface Ground {
  kind: 'memory' | 'lab';
  api: Client;
  speak: 'xml' | 'json';
  /** At least two, all up, with eth1, eth2, … free. */
  hosts: Host[];
  /** Starts another host, which ends with the scenario. Hosts in memory alone. */
  extraHost(options: ExtraHost): Promise<{ host: Host; stop(): Promise<void> }>;
  /** Labels on nics of the host. */
  labels(hostId: string): Promise<string[]>;
  /** Off and on again, until the engine has the host back; the lab alone. */
  reboot(host: Host): Promise<void>;
  /** The switch bonds the ports of these nics by LACP, none unbonds them; the lab alone. */
  lag(host: Host, nics: string[]): Promise<void>;
  cable(host: Host, nic: string, state: 'cut' | 'mend'): Promise<void>;
  /** Until it is stopped; the lab alone. */
  runLldpd(place: Host | 'switch'): Promise<{ stop(): Promise<void> }>;
  /** Everything that a refused request must leave as it is: documents of the engine, and every kernel. */
  state(): Promise<string>;
  /** What an administrator sets for the engine; null is the value from before. Hosts in memory alone. */
  set(name: string, value: string | null): Promise<void>;
  /** What besides hosts uses networks from now on. Hosts in memory alone. */
  use(uses: readonly NetworkUse[]): void;
  stop(): Promise<void>;
}

export interface ExtraHost {
  /** With eth0. */
  nics: number;
  /** SR-IOV: nic to the most virtual functions that it can have; none unless told. */
  virtualFunctions?: Readonly<Record<string, number>>;
}

/** A logical network, and what hosts call it. */
export interface Network extends NetworkRef {
  /** The bridge of a VM network on hosts. */
  vdsmName: string;
  vlan: number | null;
}

export interface NetworkWish {
  /** One is found unless told. */
  name?: string;
  vlan?: number;
  /** true unless told. */
  vm?: boolean;
  mtu?: number;
  label?: string;
  /** Whether the cluster requires it; false unless told. */
  required?: boolean;
  /** False leaves it in the data centre alone. */
  assigned?: boolean;
  /** Any other member, as JSON has it. */
  more?: object;
}

export interface Stage {
  readonly ground: Ground;
  readonly host: Host;
  /** A second host of the same cluster. */
  readonly other: Host;
  readonly api: Client;
  /** The default cluster and data centre. */
  readonly clusterId: string;
  readonly dataCentreId: string;
  network(wish?: NetworkWish): Promise<Network>;
  /** A request beside a host's, with success expected. @param root name of the body's element */
  accepts(method: string, path: string, root?: string, content?: object): Promise<Reply>;
  /** The same with a refusal expected, and nothing changed. */
  refuses(
    request: [string, string, string?, object?],
    status: number,
    rule: string,
    ...words: string[]
  ): Promise<Reply>;
  extraHost(options?: Partial<ExtraHost>): Promise<Host>;
  /** Runs when the scenario has ended, last one first, before hosts are cleared. */
  afterwards(undo: () => Promise<unknown>): void;
}

/** What each kernel looked like before the first scenario. */
const asFound = new WeakMap<Host, string>();

/** The stage, and how to clear it. */
export async function openStage(ground: Ground): Promise<Stage & { clear(): Promise<void> }> {
  const { api, hosts } = ground;
  const [host, other] = hosts;
  if (host === undefined || other === undefined) throw new Error('Scenarios need two hosts.');
  const undo: (() => Promise<unknown>)[] = [];
  const last: (() => Promise<unknown>)[] = [];
  for (const one of hosts) if (!asFound.has(one)) asFound.set(one, await one.kernel.everything());
  const send = (method: string, path: string, root?: string, content?: object) =>
    root === undefined
      ? api.request(method, path)
      : api.request(method, path, ground.speak === 'xml' ? asXml(root, content ?? {}) : (content ?? {}));
  const [cluster] = await list(api, '/clusters?search=name%3DDefault', 'cluster');
  const clusterId = cluster?.id ?? '';
  const stage: Stage = {
    ...{ ground, host, other, api, clusterId },
    dataCentreId: cluster?.data_center?.id ?? '',
    async network(wish = {}) {
      const { name = freeName(), vlan, vm = true, mtu, label, required = false, assigned = true, more = {} } = wish;
      const made = await stage.accepts('POST', '/networks', 'network', {
        name,
        data_center: { id: stage.dataCentreId },
        usages: { usage: vm ? ['vm'] : [] },
        ...(vlan !== undefined && { vlan: { id: vlan } }),
        ...(mtu !== undefined && { mtu }),
        ...more,
      });
      const { id = '', vdsm_name: vdsmName = '' } = made.as('network');
      last.push(() => removed(api, `/networks/${id}`));
      if (label !== undefined)
        await stage.accepts('POST', `/networks/${id}/networklabels`, 'network_label', { id: label });
      if (assigned) await stage.accepts('POST', `/clusters/${clusterId}/networks`, 'network', { id, required });
      return { id, name, vdsmName, vlan: vlan ?? null };
    },
    async accepts(...request) {
      const reply = await send(...request);
      assert.ok([200, 201].includes(reply.status), `${request[0]} ${request[1]}: ${reply.status} ${reply.text}`);
      return reply;
    },
    async refuses(request, status, rule, ...words) {
      const state = await ground.state();
      const reply = await send(...request);
      assertRefusal(reply, status, rule, ...words);
      assert.equal(await ground.state(), state, 'a refused request changes nothing');
      return reply;
    },
    async extraHost({ nics = 10, ...options } = {}) {
      const extra = await ground.extraHost({ nics, ...options });
      undo.push(extra.stop);
      return extra.host;
    },
    afterwards: (step) => void undo.push(step),
  };
  return {
    ...stage,
    async clear() {
      for (const step of undo.reverse()) await step();
      for (const one of hosts) await clearHost(one, ground);
      for (const step of last.reverse()) await step();
      for (const one of hosts) {
        const now = await one.kernel.everything();
        assert.equal(now, asFound.get(one), `${one.name}: the kernel is as before the scenario`);
      }
    },
  };
}

/** Nothing but management stays on the host: no attachment, bond, label or unmanaged network. */
async function clearHost(host: Host, { api, labels: labelsOf }: Ground): Promise<void> {
  const below = `/hosts/${host.id}`;
  const labels = await labelsOf(host.id);
  const attachments = await host.attachments();
  const unmanaged = await list(api, `${below}/unmanagednetworks`, 'unmanaged_network');
  for (const { id } of unmanaged) await removed(api, `${below}/unmanagednetworks/${id}`);
  const bonds = (await host.nics()).filter((nic) => nic.bonding !== undefined);
  if (attachments.length + bonds.length + labels.length === 0) return;
  const reply = await api.request('POST', `${below}/setupnetworks`, {
    removed_network_attachments: { network_attachment: attachments.map(({ id }) => ({ id })) },
    removed_bonds: { host_nic: bonds.map(({ id }) => ({ id })) },
    removed_labels: { network_label: labels.map((id) => ({ id })) },
  });
  assert.equal(reply.status, 200, `${host.name} cannot be cleared: ${reply.text}`);
}

async function removed(api: Client, path: string): Promise<void> {
  const reply = await api.request('DELETE', path);
  assert.ok([200, 404].includes(reply.status), `DELETE ${path}: ${reply.status} ${reply.text}`);
}

let names = 0;

/** Short enough to be the bridge's name as it is. */
function freeName(): string {
  names += 1;
  return `net${names}`;
}
