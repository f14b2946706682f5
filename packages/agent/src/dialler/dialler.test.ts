/** The process that speaks with the network, as it is delivered: bundled, and without privileges where it could have some. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { buildAgent } from '../bundle.ts';
import type { Channel, OpenChannel } from '../link/channel.ts';
import { EnrolRefused } from '../link/enrol-refused.ts';
import {
  makePair,
  openTestAuthority,
  startTestEngine,
  startTestEnrolment,
  type TestAuthority,
  type TestEngine,
} from '../link/testing.ts';
import { Dialler } from './dialler.ts';

describe('the dialler', { timeout: 60_000 }, () => {
  let folder = '';
  let authority: TestAuthority;
  let engine: TestEngine;
  let dialler: Dialler;
  let open: OpenChannel;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-dialler-'));
    chmodSync(folder, 0o755);
    await buildAgent(folder);
    authority = await openTestAuthority();
    engine = await startTestEngine(authority, () => ({
      hello: async () => ({ engine: 'test', protocol: 1 }),
      confirm: async () => ({ nonce: 'n' }),
      ended: async () => ({}),
      changed: async () => ({}),
      renew: async () => ({ certificate: '' }),
    }));
    dialler = new Dialler([process.execPath, join(folder, 'dialler.mjs')]);
    const { key, cert } = await makePair(authority, 'host');
    open = dialler.channels(() => ({ key, certificate: cert, ca: authority.ca.toString('pem') }));
  });
  after(async () => {
    dialler.close();
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a channel and asks the engine something over it. */
  async function ask(): Promise<{ channel: Channel; answer: unknown }> {
    let hear = (_frame: string): void => {};
    const heard = new Promise<string>((resolve) => {
      hear = resolve;
    });
    const channel = await open(engine.url, (frame) => hear(frame), 5000);
    channel.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'confirm', params: { transaction: 't' } }));
    return { channel, answer: JSON.parse(await heard) };
  }

  test('carries frames both ways, and tells when a channel is over', async () => {
    const { channel, answer } = await ask();
    assert.deepEqual(answer, { jsonrpc: '2.0', id: 1, result: { nonce: 'n' } });
    assert.deepEqual(channel.ends, { local: '127.0.0.1', remote: '127.0.0.1' });
    assert.ok(channel.isOpen());
    engine.cut();
    await channel.closed;
    assert.ok(!channel.isOpen());
    const { channel: another } = await ask();
    another.close();
    await another.closed;
  });

  test('an engine that is not ours is told apart, and a wait can be given up', async () => {
    const stranger = await startTestEngine(await openTestAuthority(), () => {
      throw new Error('nobody comes this far');
    });
    await assert.rejects(
      open(stranger.url, () => {}, 5000),
      /certificate/,
    );
    await stranger.close();
    const giveUp = new AbortController();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const waiting = open(`wss://127.0.0.1:${port}`, () => {}, 60_000, { signal: giveUp.signal });
    giveUp.abort();
    await assert.rejects(waiting, /closed before/);
    silent.close();
  });

  test('has no privileges', { skip: process.getuid?.() === 0 ? false : 'only root has some to give up' }, async () => {
    await ask();
    const status = readFileSync(`/proc/${pidOf(folder)}/status`, 'utf8');
    assert.doesNotMatch(status, /^Uid:.*\b0\b/m);
    assert.doesNotMatch(status, /^Gid:.*\b0\b/m);
    assert.match(status, /^Groups:\s*$/m);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      assert.match(status, new RegExp(`^${set}:\\s*0+$`, 'm'));
  });

  test('is started again when it is killed, and its channels are over', async () => {
    const { channel } = await ask();
    process.kill(pidOf(folder), 'SIGKILL');
    await channel.closed;
    const { answer } = await ask();
    assert.deepEqual(answer, { jsonrpc: '2.0', id: 1, result: { nonce: 'n' } });
  });

  test('asks for an identity', async () => {
    const server = await startTestEnrolment(
      authority,
      ({ token, csr }) => {
        if (token.startsWith('used')) return 401;
        const request = new x509.Pkcs10CertificateRequest(csr);
        const ca = authority.ca.toString('pem');
        return authority
          .sign(request.publicKey, 'host')
          .then((certificate) => ({ hostId: 'h', certificate, ca, engines: [engine.url] }));
      },
      true,
    );
    const asked = (secret: string) => ({ url: server.url, token: `${secret}.${authority.fingerprint}`, name: 'h1' });
    const identity = await dialler.enrol(asked('good'), 'machine');
    assert.deepEqual([identity.hostId, identity.name, identity.engines], ['h', 'h1', [engine.url]]);
    const { key, certificate, ca } = identity;
    const channel = await dialler.channels(() => ({ key, certificate, ca }))(engine.url, () => {}, 5000);
    channel.close();
    await assert.rejects(dialler.enrol(asked('used'), 'machine'), EnrolRefused);
    server.close();
    await assert.rejects(dialler.enrol(asked('good'), 'machine'), (error) => !(error instanceof EnrolRefused));
  });

  test('ends with the one that started it', async () => {
    const script = `import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ${JSON.stringify([join(folder, 'dialler.mjs')])}, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      console.log(child.pid); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    parent.kill('SIGKILL');
    // Its standard error is this process's own, so nothing else tells of its end.
    for (let left = 200; left > 0 && isThere(pid); left -= 1) await new Promise((done) => setTimeout(done, 25));
    assert.ok(!isThere(pid));
  });
});

function pidOf(folder: string): number {
  const pid = readdirSync('/proc').find(
    (name) => /^\d+$/.test(name) && commandOf(name).includes(`${folder}/dialler.mjs`),
  );
  assert.ok(pid !== undefined, 'no dialler runs');
  return Number(pid);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function isThere(pid: number): boolean {
  return commandOf(String(pid)) !== '';
}
