/** Power cuts at every file operation: what is read afterwards is the old document or the new one, whole. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { HostConfig } from '@patchbay/protocol';
import { documented, type Offers } from '../observe/offers.ts';
import { takeClaim } from './claim.ts';
import { Counters } from './counters.ts';
import { appendEntry, claimFile, type Disk, lastEntry, realDisk } from './disk.ts';
import { ScarceDisk } from './disk-for-tests.ts';
import { Documents, stableText } from './documents.ts';
import { KnownOffers } from './offers.ts';
import { Outcomes } from './outcomes.ts';
import { ownProcess, processOf } from './process-id.ts';

const PowerCut = class extends Error {};

/**
 * A disk that loses its power at the n-th operation. Content counts from its fsync on, a name from the fsync of its folder
 * on; what was not synced by then may be there or not, which `lucky` says.
 */
class MortalDisk implements Disk {
  readonly files = new Map<string, string>();
  #durable = new Map<string, string>();
  #left = Number.POSITIVE_INFINITY;

  cutAfter(operations: number): void {
    this.#left = operations;
  }

  get cut(): boolean {
    return this.#left < 0;
  }

  afterPowerCut(lucky: boolean): MortalDisk {
    const disk = new MortalDisk();
    for (const [path, text] of lucky ? this.files : this.#durable) {
      disk.files.set(path, text);
      disk.#durable.set(path, text);
    }
    return disk;
  }

  #step(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new PowerCut();
  }

  async read(path: string): Promise<string | null> {
    return this.files.get(path) ?? null;
  }
  async write(path: string, text: string): Promise<void> {
    // Half of it may be there when the power goes.
    this.files.set(path, text.slice(0, text.length / 2));
    this.#step();
    this.files.set(path, text);
  }
  async append(path: string, text: string): Promise<void> {
    const before = this.files.get(path) ?? '';
    this.files.set(path, before + text.slice(0, text.length / 2));
    this.#step();
    this.files.set(path, before + text);
    // Where the name is known, so is from now on what is under it.
    if (this.#durable.has(path)) this.#durable.set(path, before + text);
  }
  putOwned(path: string, text: string): Promise<void> {
    return this.write(path, text);
  }
  async rename(from: string, to: string): Promise<void> {
    this.#step();
    this.files.set(to, this.files.get(from) ?? '');
    this.files.delete(from);
  }
  async link(from: string, to: string): Promise<boolean> {
    this.#step();
    if (this.files.has(to)) return false;
    this.files.set(to, this.files.get(from) ?? '');
    return true;
  }
  async syncFolder(path: string): Promise<void> {
    this.#step();
    for (const name of new Set([...this.files.keys(), ...this.#durable.keys()])) {
      if (dirname(name) !== path) continue;
      const text = this.files.get(name);
      if (text === undefined) this.#durable.delete(name);
      else this.#durable.set(name, text);
    }
  }
  async list(path: string): Promise<string[]> {
    const names = [...this.files.keys()].filter((name) => dirname(name) === path);
    return names.map((name) => name.slice(path.length + 1)).sort();
  }
  async makeFolder(): Promise<void> {}
  async remove(path: string): Promise<void> {
    this.#step();
    for (const name of [...this.files.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.files.delete(name);
    }
  }
}

const configOf = (name: string): HostConfig => ({ bonds: { [name]: { slaves: ['eth0'], options: {} } }, networks: {} });

test('HT-110 a crash in the middle of writing leaves the old document or the new one, never an empty one', async () => {
  for (let after = 0; ; after += 1) {
    const disk = new MortalDisk();
    const documents = await Documents.open(disk, '/state');
    for (let n = 1; n <= 12; n += 1) await documents.setCommitted(configOf(`old${n}`));
    await documents.setRunning(configOf('old12'));
    disk.cutAfter(after);
    const write = async (): Promise<void> => {
      await documents.setRunning(configOf('new'));
      await documents.setCommitted(configOf('new'));
    };
    await write().catch((error: unknown) => assert.ok(error instanceof PowerCut));
    for (const lucky of [false, true]) {
      const again = await Documents.open(disk.afterPowerCut(lucky), '/state');
      for (const config of [await again.running(), await again.committed()]) {
        const name = Object.keys(config.bonds)[0];
        assert.ok(name === 'old12' || name === 'new', `cut after ${after}, ${lucky}: ${name}`);
        if (!disk.cut) assert.equal(name, 'new');
      }
    }
    if (!disk.cut) break;
  }
});

test('X2 the running config is there at every moment of its being written anew', async () => {
  const disk = new MortalDisk();
  const documents = await Documents.open(disk, '/state');
  await documents.setRunning(configOf('old'));
  for (const operation of ['write', 'rename', 'syncFolder', 'remove'] as const) {
    const inner = disk[operation].bind(disk) as (...given: string[]) => Promise<void>;
    disk[operation] = async (...given: string[]) => {
      await inner(...given);
      const name = Object.keys((await documents.running()).bonds)[0];
      assert.ok(name === 'old' || name === 'new', `${operation} ${given[0]}: ${name}`);
    };
  }
  await documents.setRunning(configOf('new'));
  assert.deepEqual(await documents.running(), configOf('new'));
});

test('HT-110 a power cut while an entry is added leaves the former one as the last, or the new one', async () => {
  for (let after = 0; ; after += 1) {
    const disk = new MortalDisk();
    await appendEntry(disk, '/state/records', { n: 1 });
    await disk.syncFolder('/state');
    disk.cutAfter(after);
    await appendEntry(disk, '/state/records', { n: 2 }).catch((error: unknown) => assert.ok(error instanceof PowerCut));
    for (const lucky of [false, true]) {
      const again = disk.afterPowerCut(lucky);
      const last = (await lastEntry<{ n: number }>(again, '/state/records'))?.n;
      assert.equal(last, disk.cut ? 1 : 2);
      await appendEntry(again, '/state/records', { n: 3 });
      assert.deepEqual(await lastEntry(again, '/state/records'), { n: 3 }, 'what was cut short is in nobody’s way');
    }
    if (!disk.cut) break;
  }
  assert.equal(await lastEntry(new MortalDisk(), '/state/records'), null);
});

test('ten old generations of the committed config are kept, and the same config is not a new one', async () => {
  const disk = new MortalDisk();
  const documents = await Documents.open(disk, '/state');
  for (let n = 1; n <= 25; n += 1) await documents.setCommitted(configOf(`bond${n}`));
  await documents.setCommitted(configOf('bond25'));
  const kept = await disk.list('/state/committed');
  assert.equal(kept.length, 11);
  assert.equal(kept.at(-1), '000000025.json');
});

test('a name is given once, however many want it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const wins = await Promise.all(
    Array.from({ length: 20 }, (_, n) => claimFile(realDisk, `${folder}/decision`, String(n))),
  );
  assert.equal(wins.filter(Boolean).length, 1);
  assert.equal(await realDisk.read(`${folder}/decision`), String(wins.indexOf(true)));
  assert.deepEqual(await realDisk.list(folder), ['decision']);
});

test('a claim is held by a living process and taken over from a dead one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const living = processOf(process.ppid);
  assert.ok(living !== null);
  const own = ownProcess();
  // The same pid at another time is another process.
  const dead = { ...living, start: living.start - 1 };
  assert.equal(await takeClaim(realDisk, folder, dead), true);
  assert.equal(await takeClaim(realDisk, folder, living), true);
  assert.equal(await takeClaim(realDisk, folder, own), false);
  assert.equal(await takeClaim(realDisk, folder, living), true);
  assert.deepEqual(await realDisk.list(folder), ['claim.2']);
});

test('outcomes are found again, the first word stands, and none is forgotten within thirty days', async () => {
  const disk = new MortalDisk();
  const day = 86_400_000;
  let now = 40 * day;
  const outcomes = await Outcomes.open(disk, '/state', assert.fail, () => now);
  const ended = { outcome: 'committed', problem: null, changed: true, timings: {} } as const;
  for (let n = 1; n <= 1005; n += 1) await outcomes.keep({ ...ended, transaction: `t-${n}` }, 'hash');
  await outcomes.keep({ ...ended, transaction: 't-1005', outcome: 'reverted' }, 'hash');
  await outcomes.acknowledge('t-1004');
  now += 29 * day;
  const again = await Outcomes.open(disk, '/state', assert.fail, () => now);
  assert.equal((await again.of('t-1005'))?.outcome, 'committed');
  assert.equal((await again.of('t-1'))?.request, 'hash');
  assert.equal(again.unacknowledged().length, 1004);
  await again.keep({ ...ended, transaction: 'next' }, 'hash');
  assert.equal((await disk.list('/state/outcomes')).at(-1), '000000001006-next.json');
  assert.equal((await again.of('t-1'))?.transaction, 't-1');

  now += 2 * day;
  await again.keep({ ...ended, transaction: 'last' }, 'hash');
  assert.equal(await again.of('t-7'), null);
  assert.equal((await again.of('t-8'))?.transaction, 't-8', 'the last thousand stay, however old they are');
  assert.equal((await disk.list('/state/outcomes')).length, 1000);
});

test('a file that cannot be read counts as absent and is told, and the next best config holds', async () => {
  const disk = new MortalDisk();
  const told: string[] = [];
  const unread = (path: string) => told.push(path);
  const documents = await Documents.open(disk, '/state', unread);
  for (const name of ['bond1', 'bond2', 'bond3']) await documents.setCommitted(configOf(name));
  await documents.setRunning(configOf('bond3'));
  await documents.setLateNics(['eth0']);
  await documents.setMacs({ bond3: { mac: '02:00:00:00:00:01', nics: ['02:00:00:00:00:01'] } });
  const counters = new Counters(disk, '/state', unread);
  await counters.setEpoch(7);
  await counters.setRestored('boot1');
  const ended = { outcome: 'committed', problem: null, changed: true, timings: {} } as const;
  const outcomes = await Outcomes.open(disk, '/state', unread);
  for (const transaction of ['t-1', 't-2']) await outcomes.keep({ ...ended, transaction }, 'hash');
  assert.equal(told.length, 0);

  const generations = ['/state/committed/000000003.json', '/state/committed/000000002.json'];
  const small = ['running', 'late-nics', 'macs', 'epoch', 'starts', 'offers'].map((name) => `/state/${name}.json`);
  const outcome = '/state/outcomes/000000000001-t-1.json';
  for (const path of [...generations, ...small, outcome, '/state/agent/claim.3']) disk.files.set(path, '\0\0\0');
  const again = await Documents.open(disk, '/state', unread);
  assert.deepEqual(await again.committed(), configOf('bond1'));
  assert.deepEqual(told, generations);
  assert.deepEqual(
    await again.running(),
    configOf('bond1'),
    'nothing that stands is taken for something that is to go',
  );
  assert.deepEqual(await again.lateNics(), []);
  assert.deepEqual(await again.macs(), {});
  assert.equal(await counters.epoch(), 0);
  assert.deepEqual(await counters.countStart('boot1', assert.ifError), { starts: 1, firstOfBoot: true });
  assert.equal((await KnownOffers.open(disk, '/state', '6.1', unread)).known, null);
  const known = await Outcomes.open(disk, '/state', unread);
  assert.deepEqual(known.unacknowledged(), ['t-2']);
  assert.equal(await known.of('t-1'), null);
  for (const path of [...small, outcome]) assert.ok(told.includes(path), path);
  assert.equal(await takeClaim(disk, '/state/agent', ownProcess()), true);

  await again.setCommitted(configOf('bond4'));
  assert.deepEqual(await again.committed(), configOf('bond4'));
  for (const name of await disk.list('/state/committed')) disk.files.set(`/state/committed/${name}`, '');
  assert.equal(await again.hasCommitted(), false, 'a host that lost all of it keeps what stands');
});

test('what cannot be read for a moment is followed by the config that is committed then, though it was committed before', async () => {
  const disk = new MortalDisk();
  const documents = await Documents.open(disk, '/state');
  for (const name of ['bond1', 'bond2']) await documents.setCommitted(configOf(name));
  const newest = '/state/committed/000000002.json';
  const text = disk.files.get(newest) ?? assert.fail();
  disk.files.set(newest, '\0\0\0');
  assert.deepEqual(await documents.committed(), configOf('bond1'));
  await documents.setCommitted(configOf('bond1'));
  disk.files.set(newest, text);
  assert.deepEqual(await documents.committed(), configOf('bond1'));
});

test('while the host is short of files or memory nothing counts as absent, and nothing is followed by the next best', async () => {
  const disk = new ScarceDisk();
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const open = () => Documents.open(disk, folder, assert.fail);
  const documents = await open();
  for (const name of ['bond1', 'bond2']) await documents.setCommitted(configOf(name));
  await documents.setRunning(configOf('bond2'));
  const counters = new Counters(disk, folder, assert.fail);
  await counters.setEpoch(7);
  const living = processOf(process.ppid) ?? assert.fail();
  assert.equal(await takeClaim(disk, folder, living), true);
  for (const code of ['EMFILE', 'ENFILE', 'ENOMEM']) {
    disk.breakDown(code);
    for (const read of [
      () => documents.committed(),
      () => documents.running(),
      () => documents.setCommitted(configOf('bond1')),
      () => counters.epoch(),
      () => takeClaim(disk, folder, ownProcess(), assert.ifError),
    ]) {
      await assert.rejects(read(), { code });
    }
    disk.mend();
    const other = await open();
    disk.breakDown(code);
    await assert.rejects(other.setLateNics(['eth0']), { code });
    assert.deepEqual(await other.lateNics(), ['eth0'], 'for this process it holds');
    disk.mend();
  }
  assert.deepEqual(await documents.committed(), configOf('bond2'));
  assert.equal(await counters.epoch(), 7);
  assert.equal(await takeClaim(disk, folder, ownProcess()), false);
});

test('a start is the first of its boot until the committed config was restored', async () => {
  const counters = new Counters(new MortalDisk(), '/state');
  const start = (boot: string) => counters.countStart(boot, assert.ifError);
  assert.deepEqual(await start('boot1'), { starts: 1, firstOfBoot: true });
  assert.deepEqual(await start('boot1'), { starts: 2, firstOfBoot: true });
  await counters.setRestored('boot1');
  assert.deepEqual(await start('boot1'), { starts: 3, firstOfBoot: false });
  assert.deepEqual(await start('boot2'), { starts: 4, firstOfBoot: true });
});

test('where nothing can be written, a start begins, has the claim unless a living process has it, and is told why', async () => {
  for (const refuse of ['fill', 'makeReadOnly'] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
    const disk = new ScarceDisk();
    const living = processOf(process.ppid);
    assert.ok(living !== null);
    const own = ownProcess();
    const told: unknown[] = [];
    const unwritten = (error: unknown) => told.push(error);
    disk[refuse]();
    assert.equal(await takeClaim(disk, folder, own, unwritten), true);
    assert.equal(told.length, 1);
    await assert.rejects(takeClaim(disk, folder, own), /refused/);
    assert.deepEqual(await new Counters(disk, folder).countStart('boot1', unwritten), { starts: 1, firstOfBoot: true });
    assert.equal(told.length, 2);
    disk.mend();
    assert.equal(await takeClaim(disk, folder, living), true);
    disk[refuse]();
    assert.equal(await takeClaim(disk, folder, own, unwritten), false);
  }
});

test('the same content has the same text, in whatever order it was said', () => {
  const text = '{"__proto__":{"z":[{"x":null,"y":1}]},"a":{"c":"d","e":[2,1]},"b":true}';
  assert.equal(stableText(JSON.parse('{"b":true,"a":{"e":[2,1],"c":"d"},"__proto__":{"z":[{"y":1,"x":null}]}}')), text);
  assert.equal(stableText(JSON.parse(text)), text);
  assert.equal(stableText({ a: undefined, b: [undefined] }), '{"b":[null]}');
});

test('a kernel is asked once per release what it offers, and again while something is missing', async () => {
  const disk = new MortalDisk();
  let asked = 0;
  const ask = (offers: Offers) => async () => {
    asked += 1;
    return offers;
  };
  const bare: Offers = { ...documented, bond: null };
  const open = (release: string) => KnownOffers.open(disk, '/state', release);
  assert.equal((await open('6.1')).known, null);
  await (await open('6.1')).find(ask(bare));
  assert.deepEqual((await open('6.1')).known, bare, 'a guard knows it as well');
  const failing = await open('6.1');
  await assert.rejects(failing.find(() => Promise.reject(new Error('no namespace'))));
  assert.equal(failing.known, null, 'what was missing may be there now');
  await (await open('6.1')).find(ask(documented));
  await (await open('6.1')).find(ask(bare));
  assert.equal(asked, 2);
  assert.deepEqual((await open('6.1')).known, documented);
  assert.equal((await open('6.12')).known, null, 'another kernel');
  await disk.write('/state/offers.json', JSON.stringify({ release: '6.1', offers: documented }));
  assert.equal((await open('6.1')).known, null, 'by an agent that asked less');
});

test('what holds for this process alone is written the next time that it is said', async () => {
  const disk = new ScarceDisk();
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-'));
  const documents = await Documents.open(disk, folder);
  await documents.setLateNics(['eth1']);
  disk.makeReadOnly();
  await assert.rejects(documents.setLateNics([]), /EROFS/);
  assert.deepEqual(await documents.lateNics(), []);
  disk.mend();
  await documents.setLateNics([]);
  assert.deepEqual(await (await Documents.open(disk, folder)).lateNics(), []);
  assert.deepEqual(await disk.list(folder), ['committed'], 'what says nothing is not kept');
});
