/** B7: what a request reads of a host, through the store and by the raw driver with statements prepared once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Store } from '../packages/engine/src/store/index.ts';
import { alternating, type Measured, perSecond } from './measured.ts';

const rounds = 9;
const hosts = 50;
const attachments = 40;
const reads = 300;

const host = (at: number) => ({
  ...{ id: `h${at}`, clusterId: 'c', name: `host${at}`, address: `192.0.2.${at}`, comment: '', status: 'up' as const },
  ...{ kernel: '6.1.0', netConfigDirty: false, nameservers: ['192.0.2.53'] },
});
const none = { method: 'none' as const, address: null, netmask: null, gateway: null };
const attachment = (owner: number, at: number) => ({
  ...{ id: `a${owner}-${at}`, hostId: `h${owner}`, networkId: `n${at}`, nicId: 'nic' },
  ...{ ipv4: none, ipv6: none, properties: {}, qos: null, nameservers: null },
});

export async function run(): Promise<Measured[]> {
  const folder = mkdtempSync(join(process.env['BENCH_DIR'] ?? tmpdir(), 'patchbay-bench-'));
  const store = await Store.open(join(folder, 'store.db'));
  const raw = new DatabaseSync(join(folder, 'raw.db'));
  raw.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
  for (const table of ['host', 'attachment']) {
    raw.exec(`create table ${table} (id text primary key, parent text, name text, doc text)`);
    raw.exec(
      `create index ${table}_by_name on ${table} (coalesce(parent, ''), name); create index ${table}_p on ${table} (parent, name)`,
    );
  }
  const insert = (table: string) => raw.prepare(`insert into ${table} values (?, ?, ?, ?)`);
  const [insertHost, insertAttachment] = [insert('host'), insert('attachment')];
  await store.write(async (tx) => {
    for (let owner = 0; owner < hosts; owner += 1) {
      const one = host(owner);
      await tx.put('host', one);
      insertHost.run(one.id, one.clusterId, one.name, JSON.stringify(one));
      for (let at = 0; at < attachments; at += 1) {
        const a = attachment(owner, at);
        await tx.put('attachment', a);
        insertAttachment.run(a.id, a.hostId, a.networkId, JSON.stringify(a));
      }
    }
  });
  const one = raw.prepare('select doc from host where id = ?');
  const list = raw.prepare('select doc from attachment where parent = ? order by name');
  const parse = (row: unknown): unknown => JSON.parse((row as { doc: string }).doc);
  const id = (at: number) => `h${at % hosts}`;

  const single = await alternating(
    rounds,
    async () => {
      for (let at = 0; at < reads; at += 1) await store.get('host', id(at));
    },
    () => {
      for (let at = 0; at < reads; at += 1) parse(one.get(id(at)));
    },
  );
  const lists = await alternating(
    rounds,
    async () => {
      for (let at = 0; at < reads; at += 1) await store.list('attachment', id(at));
    },
    () => {
      for (let at = 0; at < reads; at += 1) list.all(id(at)).map(parse);
    },
  );
  await store.close();
  raw.close();
  rmSync(folder, { recursive: true, force: true });
  const row = (name: string, { ours, floor, ratio }: typeof single): Measured => ({
    id: 'B7',
    name: `${name} per second, of the raw driver with the same parsing`,
    ratio: 1 / ratio,
    target: { atLeast: 0.5 },
    detail: `${perSecond(reads, ours)} against ${perSecond(reads, floor)}`,
  });
  return [row('reads of one host', single), row(`lists of ${attachments} attachments`, lists)];
}
