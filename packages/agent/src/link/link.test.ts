/** The link against a real TLS listener with a real authority. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HostReport, TransactionResult } from '@patchbay/protocol';
import { type Disk, realDisk } from '../persist/disk.ts';
import { Outcomes } from '../persist/outcomes.ts';
import { overTheWire } from './arrival.ts';
import type { AgentHandlers } from './dial.ts';
import { Link, type LinkParts } from './link.ts';
import { type EngineHandlers, makePair, openTestAuthority, startTestEngine, type TestAuthority } from './testing.ts';
import { webSockets } from './web-socket.ts';

const report: HostReport = {
  bootId: 'boot',
  hostName: 'h1',
  kernel: 'test',
  links: [],
  routes: [],
  rules: [],
  nameservers: [],
  dhcp: [],
  running: { bonds: {}, networks: {} },
  committed: true,
  stateVersion: 1,
};
const agent: AgentHandlers = {
  apply: async () => ({ accepted: true, problem: null }),
  commit: async () => ({ report }),
  report: async () => ({ report }),
  plan: async () => ({ plan: { steps: [], risks: [], touchesManagement: false, expectedOutage: 0 } }),
  statistics: async () => ({ links: {}, memory: null, cpu: null, load: null, bootTime: null, hugePages: [] }),
  lldp: async () => ({ nics: {} }),
  outcome: async () => ({ state: 'unknown', result: null }),
};
const nonceHash = createHash('sha256').update('nonce').digest('hex');
const question = { transaction: 't1', nonceHash, northbound: null };

/** Says what an engine heard, in order, and lets a test wait for it. */
class Ear {
  readonly heard: string[] = [];
  #wake: () => void = () => {};

  hear(what: string): void {
    this.heard.push(what);
    this.#wake();
  }

  async until(what: string): Promise<void> {
    while (!this.heard.includes(what)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function engineOf(ear: Ear, part: Partial<EngineHandlers> = {}): (connection: number) => EngineHandlers {
  return (connection) => ({
    hello: async ({ awaiting }) => {
      ear.hear(`hello ${connection} ${awaiting}`);
      return { engine: 'test', protocol: 1 };
    },
    confirm: async ({ transaction }) => {
      ear.hear(`confirm ${connection} ${transaction}`);
      return { nonce: 'nonce' };
    },
    ended: async ({ transaction }: TransactionResult) => {
      ear.hear(`ended ${connection} ${transaction}`);
      return {};
    },
    changed: async () => {
      ear.hear(`changed ${connection}`);
      return {};
    },
    renew: async ({ publicKey }) => ({ certificate: `for ${publicKey}` }),
    ...part,
  });
}

async function newLink(authority: TestAuthority, engines: string[], part: Partial<LinkParts> = {}): Promise<Link> {
  const { key, cert } = await makePair(authority, 'host');
  const state = mkdtempSync(join(tmpdir(), 'patchbay-'));
  return new Link({
    engines,
    open: webSockets({ key, certificate: cert, ca: authority.ca.toString('pem') }),
    agentVersion: 'test',
    bootId: 'boot',
    handlers: agent,
    outcomes: await Outcomes.open(realDisk, state),
    awaiting: () => null,
    epoch: async () => 7,
    report: async () => report,
    welcomed: () => {},
    reported: () => {},
    pause: { least: 10, most: 50 },
    log: () => {},
    ...part,
  });
}

test('says hello first, serves calls, and comes back after a cut', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const engine = await startTestEngine(authority, engineOf(ear));
  // The first candidate is dead: the next one is tried.
  const link = await newLink(authority, ['wss://127.0.0.1:1', engine.url]);
  const run = link.run();
  await ear.until('hello 1 null');
  assert.deepEqual(await engine.peers[0]?.call('report', {}, 1000), { report });
  assert.deepEqual(link.ends(), { local: '127.0.0.1', remote: '127.0.0.1' });
  await link.tellChanged(report, []);
  engine.cut();
  await ear.until('hello 2 null');
  assert.deepEqual(ear.heard, ['hello 1 null', 'changed 1', 'hello 2 null']);
  link.stop();
  await run;
  await engine.close();
});

test('every address of the engines is tried before a pause', { timeout: 10_000 }, async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const engine = await startTestEngine(authority, engineOf(ear));
  const [dead, other] = ['wss://127.0.0.1:1', 'wss://127.0.0.1:2'];
  const dialled: string[] = [];
  const hour = 3_600_000;
  const link = await newLink(authority, [dead, other, engine.url], {
    pause: { least: hour, most: hour },
    log: (_level, message, facts) => message === 'no link to an engine' && dialled.push(String(facts?.['engine'])),
  });
  const run = link.run();
  await ear.until('hello 1 null');
  assert.deepEqual(dialled, [dead, other]);
  link.stop();
  await run;
  await engine.close();
});

test('a link that is taken away at once is not made again at once', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const times: number[] = [];
  const engine = await startTestEngine(
    authority,
    engineOf(ear, {
      hello: async () => {
        times.push(performance.now());
        // As when another machine with the same identity greets.
        setImmediate(() => engine.cut());
        if (times.length === 4) ear.hear('four');
        return { engine: 'test', protocol: 1 };
      },
    }),
  );
  const least = 100;
  const link = await newLink(authority, [engine.url], { pause: { least, most: 2 * least } });
  const run = link.run();
  await ear.until('four');
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  assert.ok(
    gaps.every((gap) => gap >= least - 1),
    gaps.join(),
  );
  link.stop();
  await run;
  await engine.close();
});

test('hosts that lose a link which has lasted do not all come back at the same moment', async (context) => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const engine = await startTestEngine(authority, engineOf(ear));
  const least = 20;
  const link = await newLink(authority, [engine.url], { pause: { least, most: 1000 } });
  const run = link.run();
  await link.greeted();
  const begun = performance.now();
  const now = performance.now.bind(performance);
  context.mock.method(performance, 'now', () => now() + 60_000);
  context.mock.method(Math, 'random', () => 0.5);
  engine.cut();
  await ear.until('hello 2 null');
  assert.ok(now() - begun >= 4 * least, `${now() - begun} ms`);
  link.stop();
  await run;
  await engine.close();
});

test('however long the pause has become, a change that waits for its confirm ends it, and its end is told at once', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const confirm = async () => {
    ear.hear('asked');
    return { nonce: null };
  };
  const hello = () => Promise.reject(new Error('Not yet.'));
  const engine = await startTestEngine(authority, (connection) =>
    engineOf(ear, connection === 1 ? { hello, confirm } : { confirm })(connection),
  );
  let rests = (): void => {};
  const resting = new Promise<void>((resolve) => {
    rests = resolve;
  });
  const minute = 60_000;
  const link = await newLink(authority, ['wss://127.0.0.1:1', engine.url], {
    pause: { least: minute, most: minute },
    log: (_level, message, facts) => message === 'no link to an engine' && facts?.['engine'] === engine.url && rests(),
  });
  const run = link.run();
  await resting;
  const deadline = new AbortController();
  const confirmed = link.confirm(question, deadline.signal);
  await ear.until('asked');
  engine.cut();
  deadline.abort();
  assert.equal(await confirmed, false);
  await ear.until('hello 3 null');
  link.stop();
  await run;
  await engine.close();
});

test('a confirm is asked for over a new connection, which becomes the link', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const engine = await startTestEngine(authority, engineOf(ear));
  let awaiting: string | null = null;
  const link = await newLink(authority, [engine.url], { awaiting: () => awaiting });
  const run = link.run();
  await ear.until('hello 1 null');
  awaiting = 't1';
  assert.equal(await link.confirm(question, AbortSignal.timeout(10_000)), true);
  assert.deepEqual(ear.heard, ['hello 1 null', 'hello 2 t1', 'confirm 2 t1']);
  await assert.rejects(engine.peers[0]?.call('report', {}, 1000) ?? Promise.resolve(), /closed/);
  await engine.peers[1]?.call('report', {}, 1000);
  link.stop();
  await run;
  await engine.close();
});

test('HT-116 a confirm from the loopback, of another identity, over an older connection, or with a wrong nonce does not count', async () => {
  const authority = await openTestAuthority();
  const asks = async (engine: { url: string }, part: Partial<LinkParts> = {}) => {
    const link = await newLink(authority, [engine.url], part);
    const confirmed = await link.confirm(question, AbortSignal.timeout(700));
    link.stop();
    return confirmed;
  };
  const ear = new Ear();
  const local = await startTestEngine(authority, engineOf(ear));
  assert.equal(await asks(local), true, 'it is a good confirm but for the way it comes');
  assert.equal(await asks(local, { arrival: overTheWire() }), false, 'over the loopback');
  assert.equal(ear.heard.filter((what) => what.startsWith('confirm')).length, 1, 'it is not even asked for');
  await local.close();

  const stranger = await startTestEngine(await openTestAuthority(), engineOf(new Ear()));
  assert.equal(await asks(stranger), false, 'of another identity');
  await stranger.close();

  const guessing = await startTestEngine(
    authority,
    engineOf(new Ear(), { confirm: async () => ({ nonce: 'guessed' }) }),
  );
  assert.equal(await asks(guessing), false, 'with a wrong nonce');
  await guessing.close();

  // Only the connection from before answers with the nonce.
  const stale = await startTestEngine(authority, (connection) =>
    engineOf(new Ear(), connection > 1 ? { confirm: async () => ({ nonce: null }) } : {})(connection),
  );
  const link = await newLink(authority, [stale.url]);
  const run = link.run();
  await link.greeted();
  assert.equal(await link.confirm(question, AbortSignal.timeout(700)), false, 'over an older connection');
  link.stop();
  await run;
  await stale.close();
});

test('HT-117 a confirm that is told before it is asked for does not count, and one after the apply does', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  let wanted = false;
  const confirm = async () => {
    ear.hear('asked');
    return { nonce: wanted ? 'nonce' : null };
  };
  const engine = await startTestEngine(authority, engineOf(ear, { confirm }));
  const link = await newLink(authority, [engine.url]);
  const run = link.run();
  await link.greeted();
  // As early as during the apply: no call that an agent takes carries a nonce, and an answer to nothing is no answer.
  const early = engine.peers[0] as unknown as {
    call(method: string, params: object, timeout: number): Promise<unknown>;
  };
  await assert.rejects(early.call('confirm', { transaction: 't1', nonce: 'nonce' }, 1000), /Unknown method/);
  const confirmed = link.confirm(question, AbortSignal.timeout(20_000));
  await ear.until('asked');
  const undecided = await Promise.race([confirmed, new Promise((resolve) => setTimeout(resolve, 100, 'open'))]);
  assert.equal(undecided, 'open');
  wanted = true;
  assert.equal(await confirmed, true);
  link.stop();
  await run;
  await engine.close();
});

test('neither a wrong nonce nor an engine that is silent confirms, and the deadline ends the asking', async () => {
  const authority = await openTestAuthority();
  for (const confirm of [
    async () => ({ nonce: 'guessed' }),
    async () => ({ nonce: null }),
    () => new Promise<never>(() => {}),
  ]) {
    const engine = await startTestEngine(authority, engineOf(new Ear(), { confirm }));
    const link = await newLink(authority, [engine.url]);
    assert.equal(await link.confirm(question, AbortSignal.timeout(400)), false);
    link.stop();
    await engine.close();
  }
});

test('tries on while nobody answers, and takes the engine that comes back in time', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  let wanted = false;
  const engine = await startTestEngine(
    authority,
    engineOf(ear, {
      confirm: async () => {
        ear.hear('asked');
        return { nonce: wanted ? 'nonce' : null };
      },
    }),
  );
  const link = await newLink(authority, ['wss://127.0.0.1:1', engine.url]);
  const confirmed = link.confirm(question, AbortSignal.timeout(20_000));
  await ear.until('asked');
  wanted = true;
  engine.cut();
  assert.equal(await confirmed, true);
  link.stop();
  await engine.close();
});

test('when no new connection comes up, the old one is not trusted any more', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const engine = await startTestEngine(authority, engineOf(ear));
  const link = await newLink(authority, [engine.url]);
  const run = link.run();
  await ear.until('hello 1 null');
  await link.greeted();
  engine.refuse();
  assert.equal(await link.confirm(question, AbortSignal.timeout(300)), false);
  await assert.rejects(engine.peers[0]?.call('report', {}, 1000) ?? Promise.resolve(), /closed/);
  link.stop();
  await run;
  await engine.close();
});

test('a link that is stopped leaves the confirm to the next agent, until the deadline', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const confirm = async () => {
    ear.hear('asked');
    return { nonce: null };
  };
  const engine = await startTestEngine(authority, engineOf(ear, { confirm }));
  const link = await newLink(authority, [engine.url]);
  const deadline = new AbortController();
  const run = link.run();
  const asked = link.confirm(question, deadline.signal);
  await ear.until('asked');
  link.stop();
  await run;
  const decided = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 100, 'open'))]);
  assert.equal(decided, 'open');
  deadline.abort();
  assert.equal(await asked, false);
  await engine.close();
});

test('an outcome is told until an engine acknowledges it', async () => {
  const authority = await openTestAuthority();
  const ear = new Ear();
  const engine = await startTestEngine(authority, (connection) =>
    engineOf(
      ear,
      connection > 1
        ? {}
        : {
            ended: async () => {
              ear.hear('ended, and cut before the answer');
              engine.cut();
              return {};
            },
          },
    )(connection),
  );
  const outcomes = await Outcomes.open(realDisk, mkdtempSync(join(tmpdir(), 'patchbay-')));
  await outcomes.keep({ transaction: 't1', outcome: 'committed', problem: null, changed: true, timings: {} }, '');
  const link = await newLink(authority, [engine.url], { outcomes });
  const run = link.run();
  await ear.until('ended 2 t1');
  await ear.until('hello 2 null');
  while (outcomes.unacknowledged().length > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    ear.heard.filter((what) => what.startsWith('ended')),
    ['ended, and cut before the answer', 'ended 2 t1'],
  );
  link.stop();
  await run;
  await engine.close();
});

test('a link that is stopped ends when the acknowledgement that it had is written down', async () => {
  const authority = await openTestAuthority();
  const engine = await startTestEngine(authority, engineOf(new Ear()));
  let mayWrite = (): void => {};
  const allowed = new Promise<void>((resolve) => {
    mayWrite = resolve;
  });
  let begun = (): void => {};
  const writing = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let slow = false;
  const disk: Disk = {
    ...realDisk,
    async rename(from, to) {
      if (slow) {
        begun();
        await allowed;
      }
      await realDisk.rename(from, to);
    },
  };
  const outcomes = await Outcomes.open(disk, mkdtempSync(join(tmpdir(), 'patchbay-')));
  await outcomes.keep({ transaction: 't1', outcome: 'committed', problem: null, changed: true, timings: {} }, '');
  slow = true;
  const link = await newLink(authority, [engine.url], { outcomes });
  const run = link.run();
  await writing;
  link.stop();
  await engine.close();
  const order: string[] = [];
  const ended = run.then(() => order.push('ended'));
  setImmediate(() => {
    order.push('written');
    mayWrite();
  });
  await ended;
  assert.deepEqual(order, ['written', 'ended']);
  assert.deepEqual(outcomes.unacknowledged(), []);
});

test('an engine of another authority, or another name, is not talked to', async () => {
  const authority = await openTestAuthority();
  const stranger = await openTestAuthority();
  for (const engine of [
    await startTestEngine(stranger, engineOf(new Ear())),
    await startTestEngine(authority, engineOf(new Ear()), 'other.example'),
  ]) {
    let refused: (reason: unknown) => void = () => {};
    const refusal = new Promise<unknown>((resolve) => {
      refused = resolve;
    });
    const link = await newLink(authority, [engine.url], {
      log: (_level, _message, facts) => refused(facts?.['reason']),
    });
    const run = link.run();
    assert.match(String(await refusal), /certificate|altnames/i);
    link.stop();
    await run;
    assert.equal(engine.peers.length, 0);
    await engine.close();
  }
});
