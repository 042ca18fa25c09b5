// Opens the embedded database: checks it, brings it up to date, never replaces a damaged one.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, Migrator, SqliteAdapter, SqliteDialect } from 'kysely';
import * as z from 'zod';
import { StartError } from '../errors.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { NodeSqlite } from './node-sqlite.ts';
import type { Tables } from './schema.ts';

export type Database = Kysely<Tables>;

const QuickCheck = z.object({ quick_check: z.string() });

export const DATABASE_FILE = 'underhood.sqlite';

/** Kysely takes SQLite for unable to change tables within a transaction; it is able, and a migration must be whole or not at all. */
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

export async function openDatabase(dataDir: string, migrations = MIGRATIONS): Promise<Database> {
  const path = join(dataDir, DATABASE_FILE);
  const db = new Kysely<Tables>({ dialect: new Dialect({ database: open(dataDir, path) }) });
  try {
    await migrate(db, path, migrations);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

function open(dataDir: string, path: string): NodeSqlite {
  let file: NodeSqlite | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    file = new NodeSqlite(path);
    // WAL lets a back-up copy be taken while the course runs; NORMAL is safe with it against a crash of the process.
    file.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;');
    const [row] = file.prepare('pragma quick_check(1)').all([]);
    const verdict = QuickCheck.parse(row).quick_check;
    if (verdict !== 'ok') throw damaged(path, verdict);
    return file;
  } catch (error) {
    file?.close();
    if (error instanceof StartError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/not a database|malformed|corrupt/i.test(message)) throw damaged(path, message, error);
    throw new StartError(
      'database-unwritable',
      `${path}: ${message}`,
      `Check the rights and the free space of ${dataDir}.`,
      {
        cause: error,
      },
    );
  }
}

function damaged(path: string, detail: string, cause?: unknown): StartError {
  return new StartError(
    'database-broken',
    `${path}: ${detail}. It was left as it is.`,
    `Put a back-up copy in its place, or move it away to begin with an empty one: mv ${path} ${path}.damaged`,
    { cause },
  );
}

async function migrate(db: Database, path: string, migrations: typeof MIGRATIONS): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const message = error instanceof Error ? error.message : JSON.stringify(error);
  if (/missing/.test(message)) {
    const advice = 'Start the version that wrote it, or a later one.';
    throw new StartError('database-newer', `${path}: ${message}.`, advice, { cause: error });
  }
  throw new StartError('database-broken', `${path}: ${message}. It was left as it is.`, 'See the message above.', {
    cause: error,
  });
}
