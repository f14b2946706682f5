/** The one file that knows the SQLite driver: opens a database file and shows it to Kysely. */
import { DatabaseSync } from '@photostructure/sqlite';
import { SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';

type Value = null | number | bigint | string | Uint8Array;

/**
 * Opens (or makes) the database. Write-ahead log, every commit on disk before it is acknowledged, one process at a time.
 * @param file path, or `:memory:`
 * @throws when another process holds the file
 */
export function openSqlite(file: string): SqliteDialect {
  return new Dialect({ database: openDatabase(file) });
}

/** Kysely does not count on it, but SQLite undoes what was done to the schema as well. */
class Adapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class Dialect extends SqliteDialect {
  override createAdapter(): Adapter {
    return new Adapter();
  }
}

function openDatabase(file: string): SqliteDatabase {
  const database = new DatabaseSync(file);
  for (const pragma of [
    'busy_timeout = 2000',
    'locking_mode = EXCLUSIVE',
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
  ]) {
    try {
      database.exec(`PRAGMA ${pragma}`);
    } catch (error) {
      database.close();
      throw new Error(`Cannot open the store ${file}: is another engine running on it?`, { cause: error });
    }
  }
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql);
      const fresh: SqliteStatement = {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as Value[])),
        run: (parameters) => statement.run(...(parameters as Value[])),
        iterate: (parameters) => statement.iterate(...(parameters as Value[])) as IterableIterator<unknown>,
      };
      if (prepared.size < 500) prepared.set(sql, fresh);
      return fresh;
    },
  };
}
