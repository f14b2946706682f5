/**
 * Through all of an engine, over HTTP, with hosts in memory of the same process. B1: reading, against `node:http` with the
 * ready text. B8: changes, against durable commits of the store. B16: a change that changes nothing, against one round trip
 * over the link.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '@patchbay/engine';
import { startMemoryHost } from '@patchbay/lab';
import { pino } from 'pino';
import { Store } from '../packages/engine/src/store/index.ts';
import { alternating, type Measured, perSecond } from './measured.ts';

const rounds = 9;
const hosts = 16;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const authorization = `Basic ${Buffer.from('admin@internal:secret').toString('base64')}`;

export async function run(): Promise<Measured[]> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'patchbay-bench-'));
  const log = pino({ level: 'silent' });
  const engine = await startEngine({ data: folder, port: 0, agentPort: 0, adminPassword: 'secret', log });
  const enrol = `http://127.0.0.1:${engine.port}/patchbay/enrol`;
  const names = Array.from({ length: hosts }, (_, at) => `host${at + 1}`);
  const running = [];
  for (const [at, name] of names.entries()) {
    const token = await engine.joinToken(name);
    running.push(await startMemoryHost({ name, number: at + 1, enrol, token, log() {} }));
  }
  const { store } = engine.engine;
  while ((await store.list('host')).filter((host) => host.status === 'up').length < hosts) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  try {
    const rig: Rig = { url: engine.url, store, call: engine.engine.hosts.call.bind(engine.engine.hosts) };
    return [...(await reading(rig)), ...(await changing(rig, folder)), ...(await nothing(rig))];
  } finally {
    for (const host of running) await host.stop();
    await engine.close();
    agent.destroy();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Rig {
  url: string;
  store: Store;
  call: Awaited<ReturnType<typeof startEngine>>['engine']['hosts']['call'];
}

async function reading({ url, store }: Rig): Promise<Measured[]> {
  const [host] = await store.list('host');
  const dataCentre = (await store.list('data_centre'))[0]?.id ?? '';
  const small = `/hosts/${host?.id}`;
  await store.write(async (tx) => {
    const [like] = await tx.list('network', dataCentre);
    if (like === undefined) return;
    for (let at = 0; at < 220; at += 1) {
      const name = `bench${at}`;
      await tx.put('network', { ...like, id: `${like.id}-${at}`, name, vdsmName: name, vlan: 1000 + at });
    }
  });
  const found: Measured[] = [];
  for (const [path, target, times] of [
    [small, 0.35, 60],
    ['/networks', 0.5, 6],
  ] as const) {
    for (const accept of ['application/xml', 'application/json']) {
      const text = await send('GET', url + path, undefined, accept);
      const ready = createServer((_, answer) => answer.setHeader('content-type', accept).end(text));
      await new Promise<void>((resolve) => ready.listen(0, '127.0.0.1', resolve));
      const floor = `http://127.0.0.1:${(ready.address() as AddressInfo).port}/`;
      const repeat = (address: string) => async () => {
        for (let at = 0; at < times; at += 1) await send('GET', address, undefined, accept);
      };
      const measured = await alternating(rounds, repeat(url + path), repeat(floor));
      ready.close();
      ready.closeAllConnections();
      found.push({
        id: 'B1',
        name: `GET of ${Math.round(text.length / 1024)} KB as ${accept.slice(12).toUpperCase()}, of node:http with the ready text`,
        ratio: 1 / measured.ratio,
        target: { atLeast: target },
        detail: `${perSecond(times, measured.ours)} against ${perSecond(times, measured.floor)}`,
      });
    }
  }
  await store.write(async (tx) => {
    for (const network of await tx.list('network', dataCentre)) {
      if (network.name.startsWith('bench')) await tx.remove('network', network.id);
    }
  });
  return found;
}

async function changing({ url, store }: Rig, folder: string): Promise<Measured[]> {
  const network = await makeNetwork(url);
  const all = await store.list('host');
  const floor = await Store.open(join(folder, 'floor.db'));
  const commits = 60;
  const commit = async () => {
    for (let at = 0; at < commits; at += 1) {
      await floor.write((tx) => tx.put('secret', { id: `s${at}`, value: 'x'.repeat(300) }));
    }
  };
  /** One network comes and goes on each of the first hosts, all at once: two changes each. */
  const change = (inFlight: number, times: number) => async () => {
    const body = { network: { id: network }, host_nic: { name: 'eth1' } };
    await Promise.all(
      all.slice(0, inFlight).map(async (host) => {
        const path = `${url}/hosts/${host.id}/networkattachments`;
        for (let at = 0; at < times; at += 1) {
          const { id } = JSON.parse(await send('POST', path, body)) as { id: string };
          await send('DELETE', `${path}/${id}`);
        }
      }),
    );
  };
  const found: Measured[] = [];
  for (const [inFlight, times] of [
    [1, 5],
    [hosts, 2],
  ] as const) {
    const changes = 2 * inFlight * times;
    const measured = await alternating(5, change(inFlight, times), commit);
    const [ours, theirs] = [changes / measured.ours, commits / measured.floor];
    found.push({
      id: 'B8',
      name: `whole changes per second, ${inFlight} in flight, of durable commits of the store (SQLite)`,
      ratio: ours / theirs,
      target: null,
      detail: `${perSecond(changes, measured.ours)} against ${perSecond(commits, measured.floor)}`,
    });
  }
  await floor.close();
  return found;
}

async function nothing({ url, store, call }: Rig): Promise<Measured[]> {
  const [host] = await store.list('host');
  const [attachment] = await store.list('attachment', host?.id ?? '');
  if (host === undefined || attachment === undefined) throw new Error('A host with an attachment is missing.');
  const times = 20;
  const ping = async () => {
    for (let at = 0; at < times; at += 1) await call(host.id, 'outcome', { transaction: 'none' }, 5000);
  };
  const setup = (body: object) => async () => {
    for (let at = 0; at < times; at += 1) await send('POST', `${url}/hosts/${host.id}/setupnetworks`, body);
  };
  const same = { network_attachment: [{ id: attachment.id }] };
  const found: Measured[] = [];
  for (const [name, body] of [
    ['setupnetworks that asks for what is stored', { modified_network_attachments: same }],
    ['setupnetworks that synchronises what is in sync', { synchronized_network_attachments: same }],
  ] as const) {
    const { ours, floor, ratio } = await alternating(rounds, setup(body), ping);
    const detail = `${(ours / times).toFixed(2)} ms against ${(floor / times).toFixed(2)} ms`;
    found.push({ id: 'B16', name: `${name}, times one round trip over the link`, ratio, target: null, detail });
  }
  return found;
}

async function makeNetwork(url: string): Promise<string> {
  const body = { name: 'bench', data_center: { name: 'Default' }, usages: { usage: ['vm'] }, vlan: { id: 999 } };
  const { id } = JSON.parse(await send('POST', `${url}/networks`, body)) as { id: string };
  const clusters = JSON.parse(await send('GET', `${url}/clusters`)) as { cluster: { id: string }[] };
  await send('POST', `${url}/clusters/${clusters.cluster[0]?.id}/networks`, { id, required: false });
  return id;
}

/** @throws when it is not answered with 2xx */
function send(method: string, url: string, body?: object, accept = 'application/json'): Promise<string> {
  const bytes = body === undefined ? undefined : JSON.stringify(body);
  const headers = { authorization, accept, ...(bytes === undefined ? {} : { 'content-type': 'application/json' }) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        if ((answer.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${method} ${url}: ${answer.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}
