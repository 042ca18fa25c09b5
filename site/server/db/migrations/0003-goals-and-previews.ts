// Which sub-goals of a task hold, and the names that previews were given, so that an open tab survives a restart.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tasks add column goals text not null default '{}'`.execute(db);
  await sql`create table previews (
    label text primary key,
    session_id text not null references sessions (id) on delete cascade,
    port integer not null,
    host text not null,
    unique (session_id, port)
  ) strict, without rowid`.execute(db);
}
