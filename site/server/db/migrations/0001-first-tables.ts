// The first tables: learners, their attempts and progress, verdicts with their evidence, sessions, events.
import type { Kysely } from 'kysely';
import { sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table learners (
    id text primary key,
    token_hash text not null unique,
    created_at integer not null,
    seen_at integer not null
  ) strict`.execute(db);
  await sql`create table attempts (
    id text primary key,
    learner_id text not null references learners (id) on delete cascade,
    lab text not null,
    number integer not null,
    seed text not null,
    created_at integer not null,
    touched_at integer not null,
    unique (learner_id, lab, number)
  ) strict`.execute(db);
  await sql`create table tasks (
    attempt_id text not null references attempts (id) on delete cascade,
    task text not null,
    state text not null,
    score real not null,
    tries integer not null,
    hints_shown integer not null,
    answer text,
    committed_at integer,
    measured text,
    outputs text not null,
    last text,
    primary key (attempt_id, task)
  ) strict, without rowid`.execute(db);
  await sql`create table answers (
    id integer primary key,
    attempt_id text not null references attempts (id) on delete cascade,
    task text not null,
    value text not null,
    at integer not null
  ) strict`.execute(db);
  await sql`create table verdicts (
    id integer primary key,
    attempt_id text not null references attempts (id) on delete cascade,
    task text not null,
    outcome text not null,
    score real not null,
    cause text not null,
    messages text not null,
    answer text,
    exit_code integer,
    stdout text not null,
    stderr text not null,
    wall_ms real not null,
    machine_id text,
    template text,
    lab_hash text not null,
    at integer not null
  ) strict`.execute(db);
  await sql`create index verdicts_of_attempt on verdicts (attempt_id, task, at)`.execute(db);
  await sql`create table sessions (
    id text primary key,
    learner_id text not null references learners (id) on delete cascade,
    lab text not null,
    attempt_id text not null references attempts (id) on delete cascade,
    record text not null,
    live integer not null,
    created_at integer not null,
    used_at integer not null
  ) strict`.execute(db);
  // One machine per learner and lab: the database itself refuses a second one.
  await sql`create unique index one_live_session on sessions (learner_id, lab) where live = 1`.execute(db);
  await sql`create table events (
    id integer primary key,
    learner_id text,
    session_id text,
    kind text not null,
    detail text not null,
    at integer not null
  ) strict`.execute(db);
  await sql`create index events_by_time on events (at)`.execute(db);
}
