// Table `sessions`: who holds which machine. What adoption after a restart needs is here at all times.
import { SessionRecord } from '../../../sandbox/session/record.ts';
import type { Database } from '../db/database.ts';

export type SessionRow = {
  readonly id: string;
  readonly learnerId: string;
  readonly lab: string;
  readonly attemptId: string;
  readonly record: SessionRecord;
};

export const FRESH_RECORD: SessionRecord = {
  machine: null,
  state: 'starting',
  reason: null,
  epochBase: 0,
  epoch: 0,
  screens: [],
  expiresAtMs: null,
  aloneSinceMs: 0,
};

export async function addSession(db: Database, row: SessionRow, nowMs: number): Promise<void> {
  await db
    .insertInto('sessions')
    .values({
      id: row.id,
      learner_id: row.learnerId,
      lab: row.lab,
      attempt_id: row.attemptId,
      record: JSON.stringify(row.record),
      live: 1,
      created_at: nowMs,
      used_at: nowMs,
    })
    .execute();
}

export async function saveSession(db: Database, id: string, record: SessionRecord, nowMs: number): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ record: JSON.stringify(record), used_at: nowMs })
    .where('id', '=', id)
    .execute();
}

/** The learner has done with it, or it is gone for good: the next claim makes another one. */
export async function retireSession(db: Database, id: string): Promise<void> {
  await db.updateTable('sessions').set({ live: 0 }).where('id', '=', id).execute();
}

export async function liveSessions(db: Database): Promise<SessionRow[]> {
  const rows = await db.selectFrom('sessions').selectAll().where('live', '=', 1).orderBy('used_at').execute();
  return rows.map((row) => ({
    id: row.id,
    learnerId: row.learner_id,
    lab: row.lab,
    attemptId: row.attempt_id,
    record: SessionRecord.parse(JSON.parse(row.record)),
  }));
}
