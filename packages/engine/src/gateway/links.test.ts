import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import 'reflect-metadata';
import { agentMethods, engineMethods, type HostReport, PROTOCOL_VERSION, RpcError, RpcPeer } from '@patchbay/protocol';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { pino } from 'pino';
import { type ClientOptions, WebSocket } from 'ws';
import { Store } from '../store/index.ts';
import { type Authority, engineName, openAuthority } from './authority.ts';
import { type AgentEvents, AgentLinks } from './links.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hostId = '833ebaeb-0988-4bd5-b860-e00bcc3f576a';
const report: HostReport = {
  ...{ bootId: 'b', hostName: 'h1', kernel: 'k', links: [], routes: [], rules: [], nameservers: [], dhcp: [] },
  ...{ running: { bonds: {}, networks: {} }, committed: true, stateVersion: 1 },
};

const greeting = { protocol: PROTOCOL_VERSION, agentVersion: '', bootId: '', awaiting: null, report };

async function pairOf(authority: Authority): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=x', keys, signingAlgorithm: algorithm });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const { certificate } = await authority.signHost(csr.toString('pem'), hostId);
  return { key: `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`, cert: certificate };
}

/** A listener whose pings are sent when the test says so, and the way to it for one host. */
async function listening(t: TestContext, told: Partial<AgentEvents> = {}) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const authority = await openAuthority(await Store.open(':memory:'), Date.now);
  const links = new AgentLinks(
    authority,
    {
      admit: () => Promise.resolve(true),
      hello: () => Promise.resolve({ repair: [] }),
      confirm: () => Promise.resolve(null),
      ended: () => Promise.resolve(),
      changed: () => Promise.resolve(),
      renew: () => Promise.resolve(''),
      doubled: () => undefined,
      lost: () => undefined,
      ...told,
    },
    pino({ level: 'silent' }),
  );
  t.after(() => links.close());
  const port = await links.listen('127.0.0.1', 0);
  const pair = await pairOf(authority);
  const options: ClientOptions & { servername: string } = { ...pair, ca: authority.ca, servername: engineName };
  const open = async (more: ClientOptions = {}) => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}`, { ...options, ...more });
    await once(socket, 'open');
    const agent = { report: async () => ({ report }) } as never;
    const peer = new RpcPeer(agentMethods, agent, engineMethods, (frame) => socket.send(frame));
    socket.on('message', (data) => void peer.receive(data.toString()));
    return { socket, peer };
  };
  return { links, open, ping: () => t.mock.timers.tick(15_000) };
}

/** The same, and the link of that host. */
async function linked(t: TestContext, more: Partial<AgentEvents> = {}) {
  const told = new EventEmitter();
  const { links, open, ping } = await listening(t, { lost: () => told.emit('lost'), ...more });
  const { socket, peer } = await open();
  await peer.call('hello', greeting, 5000);
  assert.ok(links.connected(hostId));
  return { links, socket, peer, lost: once(told, 'lost'), ping };
}

test('a link that answers outlives a clock that jumps and a process that was held up', {
  timeout: 10_000,
}, async (t) => {
  const { links, socket, ping } = await linked(t);
  let later = 0;
  for (const clock of [Date, performance]) {
    const now = clock.now.bind(clock);
    t.mock.method(clock, 'now', () => now() + later);
  }
  for (let time = 0; time < 5; time++) {
    later += 3_600_000;
    const pinged = once(socket, 'ping');
    ping();
    await pinged;
    // It is answered in the order in which it was asked, so the pong has been heard by then.
    await links.call(hostId, 'report', {}, 5000);
  }
  assert.ok(links.connected(hostId));
});

test('a link that leaves two pings without an answer is dead', { timeout: 10_000 }, async (t) => {
  const { links, socket, lost, ping } = await linked(t);
  socket.pause();
  for (let time = 0; time < 2; time++) {
    ping();
    await setImmediate();
    assert.ok(links.connected(hostId));
  }
  ping();
  await lost;
  assert.equal(links.connected(hostId), false);
});

test('a frame in which half a million things are wrong is refused, and the link goes on', {
  timeout: 20_000,
}, async (t) => {
  const { peer } = await linked(t);
  const links = Array.from({ length: 500_000 }, () => 0) as never[];
  const refused = await peer.call('changed', { report: { ...report, links } }, 15_000).catch((error: unknown) => error);
  assert.ok(refused instanceof RpcError);
  assert.equal(refused.problem?.code, 'ERR_BAD_PARAMS');
  await peer.call('changed', { report }, 5000);
});

test('a connection of which the engine cannot say whose it is costs nothing but itself', {
  timeout: 10_000,
}, async (t) => {
  let known = false;
  const { links, open } = await listening(t, {
    admit: () => (known ? Promise.resolve(true) : Promise.reject(new Error('The database is locked.'))),
  });
  await once((await open()).socket, 'close');
  known = true;
  await (await open()).peer.call('hello', greeting, 5000);
  assert.ok(links.connected(hostId));
});

test('of two connections of a host the one that has greeted last is its link, and ends with all others when it is dropped', {
  timeout: 10_000,
}, async (t) => {
  const { links, open } = await listening(t);
  const [first, second] = [await open(), await open()];
  const confirm = ({ peer }: typeof first) => peer.call('confirm', { transaction: 't' }, 5000);
  await assert.rejects(confirm(first), /has to say hello first/);
  await first.peer.call('hello', greeting, 5000);
  assert.deepEqual(await confirm(first), { nonce: null });
  await assert.rejects(confirm(second), /has to say hello first/);
  const ended = [once(first.socket, 'close'), once(second.socket, 'close')];
  links.drop(hostId);
  assert.equal(links.connected(hostId), false, 'whoever asks next is told so');
  await Promise.all(ended);
});

test('a connection that was dropped while it greeted does not become the link', { timeout: 10_000 }, async (t) => {
  const { links, open } = await listening(t);
  const first = await open({ autoPong: false });
  await first.peer.call('hello', greeting, 5000);
  const second = await open();
  const ended = [once(first.socket, 'close'), once(second.socket, 'close')];
  const asked = once(first.socket, 'ping');
  const greeted = second.peer.call('hello', { ...greeting, bootId: 'other' }, 5000).catch(() => undefined);
  // Whether the former machine is there is asked of it before another one takes its place.
  await asked;
  links.drop(hostId);
  await Promise.all(ended);
  assert.equal(links.connected(hostId), false);
  second.peer.close();
  await greeted;
});

test('a connection of which is not known yet whose it is can be dropped', {
  timeout: 10_000,
}, async (t) => {
  const asked = new EventEmitter();
  const { links, open } = await listening(t, {
    admit: () => new Promise((resolve) => asked.emit('admit', () => resolve(true))),
  });
  const admit = once(asked, 'admit');
  const { socket, peer } = await open();
  const greeted = peer.call('hello', greeting, 5000).catch(() => undefined);
  const [letIn] = await admit;
  const ended = once(socket, 'close');
  links.drop(hostId);
  letIn();
  await ended;
  assert.equal(links.connected(hostId), false);
  peer.close();
  await greeted;
});

test('a host that greets while its certificate is looked up is answered', { timeout: 10_000 }, async (t) => {
  const told = new EventEmitter();
  const sent = once(told, 'sent');
  const { links, open } = await listening(t, {
    admit: async () => {
      await sent;
      // It has arrived, and has been read if anything reads, some turns after it was sent.
      for (let turn = 0; turn < 50; turn++) await setImmediate();
      return true;
    },
  });
  const { socket, peer } = await open();
  const greeted = peer.call('hello', greeting, 5000);
  socket.ping('', true, () => told.emit('sent'));
  assert.equal((await greeted).engine, 'patchbay');
  assert.ok(links.connected(hostId));
});

test('a connection that does not become the link of its host is ended, the link is not', {
  timeout: 10_000,
}, async (t) => {
  const { links, open, ping } = await listening(t);
  const [linked, other] = [await open(), await open()];
  await linked.peer.call('hello', greeting, 5000);
  const ended = once(other.socket, 'close');
  for (let time = 0; time < 8; time++) {
    const pinged = once(other.socket, 'ping');
    ping();
    await pinged;
    // Answered in the order in which it was asked, so the pong has been heard by then.
    for (const { peer } of [linked, other])
      await peer.call('confirm', { transaction: 't' }, 5000).catch(() => undefined);
  }
  ping();
  await ended;
  assert.deepEqual(await linked.peer.call('confirm', { transaction: 't' }, 5000), { nonce: null });
  assert.ok(links.connected(hostId));
});

test('a host that asks for much at once is worked for a little at a time, and gets all its answers', {
  timeout: 20_000,
}, async (t) => {
  let [underWay, most] = [0, 0];
  const changed = async (): Promise<void> => {
    underWay += 1;
    most = Math.max(most, underWay);
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    underWay -= 1;
  };
  const { links, peer } = await linked(t, { changed });
  // Larger than what arrives at once, so that each is heard by itself.
  const large = { ...report, hostName: 'x'.repeat(100_000) };
  await Promise.all(Array.from({ length: 100 }, () => peer.call('changed', { report: large }, 15_000)));
  assert.ok(most >= 8 && most <= 10, `${most} at once`);
  await links.call(hostId, 'report', {}, 5000);
});

test('a host that waits for the engine is not taken for dead', { timeout: 20_000 }, async (t) => {
  const work = new EventEmitter();
  let begun = 0;
  const { peer, ping } = await linked(t, {
    changed: async () => {
      const done = once(work, 'done');
      begun += 1;
      if (begun === 9) work.emit('busy');
      await done;
    },
  });
  const busy = once(work, 'busy');
  const answers = Promise.all(Array.from({ length: 9 }, () => peer.call('changed', { report }, 15_000)));
  await busy;
  for (let time = 0; time < 4; time++) ping();
  work.emit('done');
  await answers;
});

test('a host that waits for the engine keeps its link from a copy of its disk', { timeout: 20_000 }, async (t) => {
  const work = new EventEmitter();
  let begun = 0;
  const { links, open } = await listening(t, {
    changed: async () => {
      const done = once(work, 'done');
      begun += 1;
      if (begun === 9) work.emit('busy');
      await done;
    },
  });
  const [host, copy] = [await open(), await open()];
  await host.peer.call('hello', greeting, 5000);
  const busy = once(work, 'busy');
  const answers = Promise.all(Array.from({ length: 9 }, () => host.peer.call('changed', { report }, 15_000)));
  await busy;
  const refused = copy.peer.call('hello', { ...greeting, bootId: 'other' }, 5000);
  await assert.rejects(refused, /Another machine is connected as this host/);
  work.emit('done');
  await answers;
  assert.ok(links.connected(hostId));
});

test('a host that is heard keeps its link from a copy of its disk, before its pong has had its turn', {
  timeout: 10_000,
}, async (t) => {
  const { open } = await listening(t);
  const [host, copy] = [await open({ autoPong: false }), await open()];
  await host.peer.call('hello', greeting, 5000);
  const asked = once(host.socket, 'ping').then(() => host.peer.call('confirm', { transaction: 't' }, 5000));
  const refused = copy.peer.call('hello', { ...greeting, bootId: 'other' }, 5000);
  await assert.rejects(refused, /Another machine is connected as this host/);
  assert.deepEqual(await asked, { nonce: null });
});

test('a host that does not read what it asks for loses its link', { timeout: 20_000 }, async (t) => {
  const { links, socket, peer, lost } = await linked(t, { renew: () => Promise.resolve('x'.repeat(1024 * 1024)) });
  socket.pause();
  for (let time = 0; time < 40; time++) peer.call('renew', { publicKey: '' }, 15_000).catch(() => undefined);
  await lost;
  assert.equal(links.connected(hostId), false);
  peer.close();
});

test('a host that only pings, and reads no pong, loses its link', { timeout: 20_000 }, async (t) => {
  const { links, socket } = await linked(t);
  socket.pause();
  const payload = Buffer.alloc(125);
  while (links.connected(hostId)) {
    for (let time = 0; time < 1000; time++) socket.ping(payload);
    await new Promise((written) => socket.ping(payload, true, written));
    await setImmediate();
  }
});

test('a host tells only so many events at once', { timeout: 10_000 }, async (t) => {
  let told = 0;
  const { peer } = await linked(t, {
    changed: async (_host, _report, { length }) => {
      told = length;
    },
  });
  const words = { device: 'eth1', network: null, before: null, after: null, stateVersion: 1 };
  const events = (length: number) => Array.from({ length }, () => ({ kind: 'device.missing' as const, ...words }));
  await assert.rejects(peer.call('changed', { report, events: events(1001) }, 5000), /events/);
  assert.equal(told, 0);
  await peer.call('changed', { report, events: events(1000) }, 5000);
  assert.equal(told, 1000);
});
