/**
 * Forward only; all that are due, and the note that they were done, are one transaction. A released migration is never edited;
 * the next one is appended.
 */
import { ipv4Mask } from '@patchbay/model';
import { type Kysely, type Migration, type MigrationProvider, sql } from 'kysely';

const unique = ['data_centre', 'cluster', 'network', 'cluster_network', 'host', 'nic', 'attachment', 'app_user'];
const plain = ['report', 'host_identity', 'token', 'join_token', 'job', 'secret'];

const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of [...unique, ...plain]) await createDocuments(db, table, unique.includes(table));
    await db.schema
      .createTable('event')
      .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
      .addColumn('code', 'integer', (c) => c.notNull())
      .addColumn('severity', 'text', (c) => c.notNull())
      .addColumn('time', 'integer', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('correlation_id', 'text')
      .addColumn('origin', 'text', (c) => c.notNull())
      .addColumn('custom_id', 'integer')
      .addColumn('host_id', 'text')
      .addColumn('cluster_id', 'text')
      .addColumn('data_centre_id', 'text')
      .addColumn('user_id', 'text')
      .execute();
    await db.schema
      .createTable('task')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('host_id', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('epoch', 'integer', (c) => c.notNull())
      .addColumn('nonce', 'text', (c) => c.notNull())
      .addColumn('pending', 'text', (c) => c.notNull())
      .addColumn('created', 'integer', (c) => c.notNull())
      .execute();
    await db.schema
      .createIndex('task_one_running_per_host')
      .on('task')
      .column('host_id')
      .unique()
      .where(sql.ref('state'), '=', sql.lit('running'))
      .execute();
  },
};

const qos: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of ['qos', 'setting']) await createDocuments(db, table, true);
  },
};

const dismissal: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('event')
      .addColumn('deleted', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
  },
};

const revision: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('revision')
      .addColumn('host_id', 'text', (c) => c.notNull())
      .addColumn('number', 'integer', (c) => c.notNull())
      .addColumn('time', 'integer', (c) => c.notNull())
      .addColumn('description', 'text', (c) => c.notNull())
      .addColumn('correlation_id', 'text', (c) => c.notNull())
      .addColumn('user_id', 'text')
      .addColumn('details', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('revision_of_host', ['host_id', 'number'])
      .execute();
  },
};

/** @param unique whether no two may have the same name below the same parent */
async function createDocuments(db: Kysely<unknown>, table: string, unique: boolean): Promise<void> {
  await db.schema
    .createTable(table)
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('parent', 'text')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('doc', 'text', (c) => c.notNull())
    .execute();
  const index = db.schema.createIndex(`${table}_by_name`).on(table);
  // Two rows with a null parent would not clash, so names are made unique under an empty text instead.
  const keyed = index.expression(sql`coalesce(parent, ''), name`);
  await (unique ? keyed.unique() : keyed).execute();
}

const steps: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of ['step', 'errand']) {
      await createDocuments(db, table, false);
      await db.schema.createIndex(`${table}_by_parent`).on(table).column('parent').execute();
    }
  },
};

const kept: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createDocuments(db, 'kept', true);
    await db
      .insertInto('kept' as never)
      .values(defaultPool as never)
      .execute();
  },
};

const addresses: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const family of ['ipv4', 'ipv6'])
      await db.schema
        .createIndex(`attachment_static_${family}`)
        .on('attachment')
        .expression(sql`json_extract(doc, ${sql.lit(`$.${family}.address`)})`)
        .where(sql`json_extract(doc, ${sql.lit(`$.${family}.method`)})`, '=', sql.lit('static'))
        .execute();
  },
};

const eventIndexes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.createIndex('event_by_host').on('event').column('host_id').execute();
    await db.schema.createIndex('event_by_time').on('event').column('time').execute();
  },
};

/** Former engines wrote the mask of an address that they took over as a bare prefix length, where clients expect it dotted. */
const dottedMasks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (let prefix = 0; prefix <= 32; prefix++)
      await sql`update attachment set doc = json_set(doc, '$.ipv4.netmask', ${ipv4Mask(prefix)})
        where json_extract(doc, '$.ipv4.netmask') = ${String(prefix)}`.execute(db);
  },
};

const reportedEvents: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('event')
      .addColumn('flood_rate', 'integer', (c) => c.notNull().defaultTo(30))
      .execute();
    await db.schema.alterTable('event').addColumn('custom_data', 'text').execute();
  },
};

const furtherAddresses: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const further = sql`json_extract(doc, '$.properties.ipv4_addrs')`;
    await db.schema
      .createIndex('attachment_further_ipv4')
      .on('attachment')
      .expression(further)
      .where(further, 'is not', null)
      .execute();
  },
};

const upHosts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createIndex('host_up')
      .on('host')
      .expression(sql`coalesce(parent, ''), id`)
      .where(sql`json_extract(doc, '$.status')`, '=', sql.lit('up'))
      .execute();
  },
};

/** What clusters without a pool of their own are told to use. */
const defaultPool = {
  id: '58ca604b-017d-0374-0220-00000000014e',
  parent: 'mac_pool',
  name: 'Default',
  revision: 1,
  doc: JSON.stringify({
    id: '58ca604b-017d-0374-0220-00000000014e',
    type: 'mac_pool',
    owner: null,
    name: 'Default',
    given: {
      allow_duplicates: false,
      default_pool: true,
      description: 'Default MAC pool',
      ranges: [{ from: '56:6f:00:00:00:00', to: '56:6f:00:00:ff:ff' }],
    },
  }),
};

/** The MAC pool that every engine begins with. */
export const defaultMacPoolId = defaultPool.id;

export const migrations: MigrationProvider = {
  getMigrations: () =>
    Promise.resolve({
      '0001-first': first,
      '0002-qos': qos,
      '0003-steps': steps,
      '0004-dismissal': dismissal,
      '0005-revision': revision,
      '0006-kept': kept,
      '0007-addresses': addresses,
      '0008-event-indexes': eventIndexes,
      '0009-dotted-masks': dottedMasks,
      '0010-reported-events': reportedEvents,
      '0011-further-addresses': furtherAddresses,
      '0012-up-hosts': upHosts,
    }),
};
