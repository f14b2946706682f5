/** A host of a scenario: what can be asked of it, what it then shows, and what its kernel shows. */
import assert from 'node:assert/strict';
import { type ApiObject, decodeAnswer, type TypeName } from '@patchbay/wire';
import type { Client, Reply } from '../client.ts';
import { asXml } from './as-xml.ts';
import { type Ask, ask, type Ids, type NetworkRef } from './asks.ts';
import type { KernelView } from './kernel-view.ts';

export interface Host {
  readonly id: string;
  readonly name: string;
  readonly kernel: KernelView;
  /** Sends, and expects success. */
  accepts(ask: Ask): Promise<Reply>;
  /**
   * Sends, and expects a refusal: that status, a fault that names the rule and every word, and nothing changed, neither
   * in what the engine knows nor in any kernel. @param rule empty where an answer has no rule, as 404
   */
  refuses(ask: Ask, status: number, rule: string, ...words: string[]): Promise<Reply>;
  /** Sends, and leaves the answer to the test. */
  send(ask: Ask): Promise<Reply>;
  /** @param path below the host */
  get(path: string): Promise<Reply>;
  /** All but the management network's, by network id. */
  attachments(): Promise<ApiObject<'network_attachment'>[]>;
  /** @throws unless there is exactly one */
  attachment(network: NetworkRef): Promise<ApiObject<'network_attachment'>>;
  /** Name of the nic that carries the network; null when none does. */
  carrier(network: NetworkRef): Promise<string | null>;
  /** Names of networks on the nic, sorted. */
  networksOn(nic: string): Promise<string[]>;
  nics(): Promise<ApiObject<'host_nic'>[]>;
  /** @throws when there is none */
  nic(name: string): Promise<ApiObject<'host_nic'>>;
  /** Looks at the kernel again, as after another hand. */
  refresh(): Promise<void>;
}

export interface HostParts {
  id: string;
  name: string;
  api: Client;
  kernel: KernelView;
  /** Name of a network by id. */
  networkName(id: string): Promise<string>;
  /** Everything that a refused request must leave as it is. */
  state(): Promise<string>;
  speak: 'xml' | 'json';
}

export function actingHost({ id, name, api, kernel, networkName, state, speak }: HostParts): Host {
  const below = `/hosts/${id}`;
  const all = () => list(api, `${below}/networkattachments`, 'network_attachment');
  const host: Host = {
    id,
    name,
    kernel,
    async send(wanted) {
      const ids = await idsOf(host, await all());
      const path = below + wanted.path(ids);
      const { body } = wanted;
      if (body === undefined) return api.request(wanted.method, path);
      const content = body.content(ids);
      return api.request(wanted.method, path, speak === 'xml' ? asXml(body.root, content) : content);
    },
    async accepts(wanted) {
      const reply = await host.send(wanted);
      assert.equal(reply.status, wanted.success, reply.text);
      return reply;
    },
    async refuses(wanted, status, rule, ...words) {
      const before = await state();
      const reply = await host.send(wanted);
      assertRefusal(reply, status, rule, ...words);
      assert.equal(await state(), before, 'a refused request changes nothing');
      return reply;
    },
    get: (path) => api.request('GET', below + path),
    async attachments() {
      const management = await managementId(api);
      return (await all()).filter((a) => a.network?.id !== management);
    },
    async attachment(network) {
      const found = (await all()).filter((a) => a.network?.id === network.id);
      assert.equal(found.length, 1, `${network.name} has ${found.length} attachments on ${name}`);
      return found[0] as ApiObject<'network_attachment'>;
    },
    async carrier(network) {
      const found = (await all()).filter((a) => a.network?.id === network.id);
      assert.ok(found.length < 2, `${network.name} is attached ${found.length} times on ${name}`);
      const nicId = found[0]?.host_nic?.id;
      return (await host.nics()).find((nic) => nic.id === nicId && nicId !== undefined)?.name ?? null;
    },
    async networksOn(nic) {
      const { id: nicId } = await host.nic(nic);
      const here = (await all()).filter((a) => a.host_nic?.id === nicId);
      return (await Promise.all(here.map((a) => networkName(a.network?.id ?? '')))).sort();
    },
    nics: () => list(api, `${below}/nics`, 'host_nic'),
    async nic(nic) {
      const nics = await host.nics();
      const found = nics.find((one) => one.name === nic);
      assert.ok(found, `${name} has no nic ${nic}, only ${nics.map((one) => one.name).join(', ')}`);
      return found;
    },
    async refresh() {
      await host.accepts(ask('POST', '/refresh', 'action'));
    },
  };
  return host;
}

/** Asserts that the answer is a fault with that status, which names the rule and every word. */
export function assertRefusal(reply: Reply, status: number, rule: string, ...words: string[]): void {
  assert.equal(reply.status, status, reply.text);
  const { reason, detail } = faultOf(reply);
  assert.ok(reason && detail, `a fault has reason and detail: ${reply.text}`);
  for (const word of [rule, ...words]) assert.ok(detail.includes(word), `the fault should name ${word}: ${detail}`);
}

async function idsOf(host: Host, attachments: ApiObject<'network_attachment'>[]): Promise<Ids> {
  const nics = await host.nics();
  return {
    nic(name) {
      const id = nics.find((nic) => nic.name === name)?.id;
      if (id === undefined) throw new Error(`Host ${host.name} has no nic ${name}.`);
      return id;
    },
    attachment(network) {
      const id = attachments.find((a) => a.network?.id === network.id)?.id;
      if (id === undefined) throw new Error(`Host ${host.name} does not have network ${network.name}.`);
      return id;
    },
  };
}

/** A collection, read by the type's table. */
export async function list<T extends TypeName>(api: Client, path: string, type: T): Promise<ApiObject<T>[]> {
  const reply = await api.request('GET', path, undefined, { accept: 'application/json' });
  assert.equal(reply.status, 200, `GET ${path}: ${reply.text}`);
  return reply.items(type);
}

/** A refused action carries its fault inside; JSON has it there too, whatever was refused (see wire's `encodeFault`). */
export function faultOf({ text }: Reply): { reason?: string; detail?: string } {
  if (text.startsWith('{')) return (JSON.parse(text) as { fault?: { reason?: string; detail?: string } }).fault ?? {};
  const [fault = ''] = /<fault>.*<\/fault>/s.exec(text) ?? [];
  const decoded = decodeAnswer('xml', Buffer.from(fault), 'fault');
  return decoded.ok ? { reason: decoded.value.reason ?? '', detail: decoded.value.detail ?? '' } : {};
}

const managementIds = new WeakMap<Client, string>();

/** Of the default data centre. */
async function managementId(api: Client): Promise<string> {
  const known = managementIds.get(api);
  if (known !== undefined) return known;
  const id = (await list(api, '/networks?search=name%3Dovirtmgmt', 'network'))[0]?.id ?? '';
  managementIds.set(api, id);
  return id;
}
