/** B6: a durable commit through the store against the raw driver doing the same, and against fdatasync alone. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Store } from '../packages/engine/src/store/index.ts';
import type { Measured } from './wire.ts';

const rounds = 9;
const commits = 60;

export async function run(): Promise<Measured[]> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'patchbay-bench-'));
  const store = await Store.open(join(folder, 'store.db'));
  const raw = new DatabaseSync(join(folder, 'raw.db'));
  raw.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  raw.exec('create table t (id text primary key, parent text, name text, revision integer, doc text)');
  raw.exec("create unique index t_by_name on t (coalesce(parent, ''), name)");
  const insert = raw.prepare(
    'insert into t values (?, ?, ?, 1, ?) on conflict (id) do update set doc = excluded.doc, revision = revision + 1',
  );
  const file = openSync(join(folder, 'raw.bin'), 'w');
  const document = (i: number) => ({
    id: `n${i % 50}`,
    name: `n${i % 50}`,
    description: 'x'.repeat(200),
    comment: '',
    local: false,
  });
  const ours = async () => {
    for (let i = 0; i < commits; i++) await store.write((tx) => tx.put('data_centre', document(i)));
  };
  const driver = async () => {
    for (let i = 0; i < commits; i++) {
      const d = document(i);
      raw.exec('BEGIN IMMEDIATE');
      insert.run(d.id, null, d.name, JSON.stringify(d));
      raw.exec('COMMIT');
    }
  };
  const sync = async () => {
    for (let i = 0; i < commits; i++) {
      writeSync(file, JSON.stringify(document(i)));
      fdatasyncSync(file);
    }
  };
  const byDriver: number[] = [];
  const bySync: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [o, d, s] = [await timed(ours), await timed(driver), await timed(sync)];
    byDriver.push(d / o);
    bySync.push(s / o);
  }
  closeSync(file);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return [
    { id: 'B6', name: 'commits/s of the raw driver', ratio: median(byDriver), target: 0.7 },
    { id: 'B6', name: 'commits/s of fdatasync alone', ratio: median(bySync), target: 0.3 },
  ];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
