/** The store: documents, events and tasks. Everything that must change together changes in one `write`. */
import { type CompiledQuery, type Insertable, Kysely, Migrator, sql, type Transaction } from 'kysely';
import { type EventSelection, type StoredEvent, selectEvents } from './events.ts';
import { migrations } from './migrations.ts';
import {
  type Database,
  type Document,
  type DocumentKind,
  documents,
  type EventRow,
  type RevisionRow,
  type TaskRow,
} from './schema.ts';
import { openSqlite } from './sqlite-database.ts';

export type NewEvent = Omit<Insertable<EventRow>, 'id' | 'deleted'>;
export type RevisionHead = Omit<RevisionRow, 'details'>;

/** Reading is the same inside and outside a write. */
export class Reader {
  protected readonly db: Kysely<Database>;
  protected readonly compiled: Compiled;

  constructor(db: Kysely<Database>, compiled: Compiled) {
    this.db = db;
    this.compiled = compiled;
  }

  async get<K extends DocumentKind>(kind: K, id: string): Promise<Document<K> | undefined> {
    const [document] = await this.#read(kind, 'get', [id], () => this.#select(kind).where('id', '=', ''));
    return document;
  }

  /** The document of that name below `parent` (null: the top). */
  async named<K extends DocumentKind>(kind: K, parent: string | null, name: string): Promise<Document<K> | undefined> {
    const [document] = await this.#read(kind, 'named', [parent ?? '', name], () =>
      this.#below(kind).where('name', '=', ''),
    );
    return document;
  }

  /** Ordered by name. Without `parent` all of the kind. */
  async list<K extends DocumentKind>(kind: K, parent?: string | null): Promise<Document<K>[]> {
    if (parent === undefined) return this.#read(kind, 'all', [], () => this.#select(kind).orderBy('name'));
    return this.#read(kind, 'below', [parent ?? ''], () => this.#below(kind).orderBy('name'));
  }

  /** Attachments with one of these as their static address, and all that have further ones, which their property tells. */
  async attachmentsWithIpv4(addresses: readonly string[]): Promise<Document<'attachment'>[]> {
    const own = this.#withStatic('ipv4').where(inDocument('ipv4.address'), 'in', addresses);
    const further = this.db
      .selectFrom('attachment')
      .select('doc')
      .where(inDocument('properties.ipv4_addrs'), 'is not', null);
    return (await own.union(further).execute()).map(({ doc }) => JSON.parse(doc));
  }

  /** Attachments with any static address of IPv6, which has many spellings. */
  async attachmentsWithStaticIpv6(): Promise<Document<'attachment'>[]> {
    return (await this.#withStatic('ipv6').execute()).map(({ doc }) => JSON.parse(doc));
  }

  /**
   * Whether every host of the cluster that is up has the network attached; false when none is up. The first that lacks it
   * settles that: asked with every report of a host, of clusters of any size.
   * @param besides id of a host that is left out
   */
  async isOnEveryUpHost(networkId: string, clusterId: string, besides = ''): Promise<boolean> {
    const up = this.db
      .selectFrom('host')
      .select('id')
      .where(sql`coalesce(host.parent, '')`, '=', clusterId)
      .where(inDocument('status'), '=', sql.lit('up'))
      .where('id', '!=', besides);
    const lacking = up.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('attachment')
            .select('attachment.id')
            // A column's type would keep SQLite from an index on an expression, which has none; the sign takes it off.
            .where(sql`coalesce(attachment.parent, '')`, '=', sql`+host.id`)
            .where('attachment.name', '=', networkId),
        ),
      ),
    );
    const found = await this.db
      .selectNoFrom(({ exists }) => [exists(up).as('some'), exists(lacking).as('lacking')])
      .executeTakeFirstOrThrow();
    return Boolean(found.some) && !found.lacking;
  }

  async event(id: number): Promise<StoredEvent | undefined> {
    return this.db.selectFrom('event').selectAll().where('id', '=', id).where('deleted', '=', 0).executeTakeFirst();
  }

  /** Newest first, unless the selection says otherwise. */
  async events(selection: EventSelection = {}): Promise<StoredEvent[]> {
    return selectEvents(this.db, selection).execute();
  }

  async task(id: string): Promise<TaskRow | undefined> {
    return this.db.selectFrom('task').selectAll().where('id', '=', id).executeTakeFirst();
  }

  /** Newest first, without their details. @param max at most so many; null for all */
  async revisions(hostId: string, max: number | null): Promise<RevisionHead[]> {
    const query = this.db
      .selectFrom('revision')
      .select(['host_id', 'number', 'time', 'description', 'correlation_id', 'user_id'])
      .where('host_id', '=', hostId)
      .orderBy('number', 'desc');
    return (max === null ? query : query.limit(max)).execute();
  }

  async revision(hostId: string, number: number): Promise<RevisionRow | undefined> {
    return this.db
      .selectFrom('revision')
      .selectAll()
      .where('host_id', '=', hostId)
      .where('number', '=', number)
      .executeTakeFirst();
  }

  async runningTask(hostId: string): Promise<TaskRow | undefined> {
    return this.db
      .selectFrom('task')
      .selectAll()
      .where('host_id', '=', hostId)
      .where('state', '=', 'running')
      .executeTakeFirst();
  }

  async runningTasks(): Promise<TaskRow[]> {
    return this.db.selectFrom('task').selectAll().where('state', '=', 'running').execute();
  }

  #withStatic(family: 'ipv4' | 'ipv6') {
    return this.db
      .selectFrom('attachment')
      .select('doc')
      .where(inDocument(`${family}.method`), '=', sql.lit('static'));
  }

  // Kysely cannot narrow a union of equal tables, so one of them stands for all.
  #select(kind: DocumentKind) {
    return this.db.selectFrom(kind as 'host').select('doc');
  }

  /** Spelt as the index on it is; no parent is the empty one. */
  #below(kind: DocumentKind) {
    return this.#select(kind).where(sql`coalesce(parent, '')`, '=', '');
  }

  async #read<K extends DocumentKind>(
    kind: K,
    what: string,
    parameters: readonly string[],
    query: () => { compile(): CompiledQuery<{ doc: string }> },
  ): Promise<Document<K>[]> {
    const statement = compiledOnce(this.compiled, `${what} ${kind}`, query);
    const { rows } = await this.db.executeQuery({ ...statement, parameters });
    return (rows as { doc: string }[]).map((row) => JSON.parse(row.doc) as Document<K>);
  }
}

/** A value within a document, spelled as in the indexes on it. */
function inDocument(path: string) {
  return sql<string | null>`json_extract(doc, ${sql.lit(`$.${path}`)})`;
}

/** Statements on documents, which are run all the time, compiled once: that costs more than running them. */
type Compiled = Map<string, CompiledQuery>;

function compiledOnce(compiled: Compiled, key: string, query: () => { compile(): CompiledQuery }): CompiledQuery {
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const fresh = query().compile();
  compiled.set(key, fresh);
  return fresh;
}

export class Writer extends Reader {
  readonly #whenKept: (() => void)[] = [];

  /** Has something done as soon as this write is on disk; it must not fail. Nothing is done when the write is undone. */
  afterwards(work: () => void): void {
    this.#whenKept.push(work);
  }

  /** For the store alone: the write is on disk. */
  kept(): void {
    for (const work of this.#whenKept) work();
  }

  /** Inserts or replaces by id. */
  async put<K extends DocumentKind>(kind: K, document: Document<K>): Promise<void> {
    const keys = documents[kind] as unknown as Record<'id' | 'parent' | 'name', (d: Document<K>) => string>;
    const statement = compiledOnce(this.compiled, `put ${kind}`, () => this.#put(kind));
    const row = [keys.id(document), keys.parent(document), keys.name(document), JSON.stringify(document)];
    await this.db.executeQuery({ ...statement, parameters: row });
  }

  #put(kind: DocumentKind) {
    const one = sql.lit(1);
    return this.db
      .insertInto(kind as 'host')
      .values({ id: '', parent: '', name: '', doc: '', revision: one })
      .onConflict((oc) =>
        oc.column('id').doUpdateSet((eb) => ({
          parent: eb.ref('excluded.parent'),
          name: eb.ref('excluded.name'),
          doc: eb.ref('excluded.doc'),
          revision: eb(`${kind as 'host'}.revision`, '+', one),
        })),
      );
  }

  async remove(kind: DocumentKind, id: string): Promise<void> {
    await this.db
      .deleteFrom(kind as 'host')
      .where('id', '=', id)
      .execute();
  }

  async addEvent(event: NewEvent): Promise<number> {
    const row = await this.db.insertInto('event').values(event).returning('id').executeTakeFirstOrThrow();
    return row.id;
  }

  /** Takes the event from sight; it can be brought back. */
  async dismissEvent(id: number): Promise<void> {
    await this.db.updateTable('event').set({ deleted: 1 }).where('id', '=', id).execute();
  }

  async bringBackEvents(): Promise<void> {
    await this.db.updateTable('event').set({ deleted: 0 }).where('deleted', '=', 1).execute();
  }

  /** Forgets the oldest events. @param before epoch milliseconds @param most so many go at once @returns how many went */
  async forgetEvents(before: number, most: number): Promise<number> {
    const old = this.db.selectFrom('event').select('id').where('time', '<', before).orderBy('time').limit(most);
    const { numDeletedRows } = await this.db.deleteFrom('event').where('id', 'in', old).executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  /** Numbers it. @param keep the oldest go until so many are left @returns its number */
  async addRevision(revision: Omit<RevisionRow, 'number'>, keep: number): Promise<number> {
    const [newest] = await this.revisions(revision.host_id, 1);
    const number = (newest?.number ?? 0) + 1;
    await this.db
      .insertInto('revision')
      .values({ ...revision, number })
      .execute();
    await this.db
      .deleteFrom('revision')
      .where('host_id', '=', revision.host_id)
      .where('number', '<=', number - keep)
      .execute();
    return number;
  }

  async removeRevisions(hostId: string): Promise<void> {
    await this.db.deleteFrom('revision').where('host_id', '=', hostId).execute();
  }

  /** Fails on the unique index when the host already has a running task. */
  async addTask(task: TaskRow): Promise<void> {
    await this.db.insertInto('task').values(task).execute();
  }

  /** What it was to bring about is not needed any more. */
  async endTask(id: string, state: 'done' | 'failed'): Promise<void> {
    await this.db.updateTable('task').set({ state, pending: '' }).where('id', '=', id).execute();
  }

  /** @param before when they were begun, epoch milliseconds */
  async forgetEndedTasks(before: number): Promise<void> {
    await this.db.deleteFrom('task').where('state', '!=', 'running').where('created', '<', before).execute();
  }
}

export class Store extends Reader {
  /**
   * Opens the store and brings its schema up to date.
   * @param file path, or `:memory:`
   * @throws when that cannot be done; the store is as it was then
   */
  static async open(file: string): Promise<Store> {
    const db = new Kysely<Database>({ dialect: openSqlite(file) });
    const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
    if (error !== undefined) throw new Error(`The store ${file} could not be brought up to date.`, { cause: error });
    return new Store(db, new Map());
  }

  /** Runs `fn` in one database transaction; what it throws undoes everything. No network inside, and only `tx` may be used. */
  async write<T>(fn: (tx: Writer) => Promise<T>): Promise<T> {
    const { writer, value } = await this.db.transaction().execute(async (tx: Transaction<Database>) => {
      const writer = new Writer(tx, this.compiled);
      return { writer, value: await fn(writer) };
    });
    writer.kept();
    return value;
  }

  /** Writes the store as it stands to a file of its own, whole. @param file path that nothing has @throws when it cannot be written */
  async backUp(file: string): Promise<void> {
    await sql`vacuum into ${file}`.execute(this.db);
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }
}
