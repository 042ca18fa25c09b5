// Coming back from another browser: recovery codes, and the browsers that used one.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table browsers (
    token_hash text primary key,
    learner_id text not null references learners (id) on delete cascade,
    created_at integer not null,
    seen_at integer not null
  ) strict, without rowid`.execute(db);
  await sql`create table recovery_codes (
    learner_id text primary key references learners (id) on delete cascade,
    code_hash text not null unique,
    created_at integer not null
  ) strict, without rowid`.execute(db);
}
