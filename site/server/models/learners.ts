// Table `learners`: anonymous people, each known by the hash of a cookie.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';

export type LearnerRow = { readonly id: string };

/** A cookie's lifetime is renewed when it is seen; writing that more often than hourly would only wear the disk. */
const SEEN_STEP_MS = 3_600_000;

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export async function createLearner(db: Database, nowMs: number): Promise<LearnerRow & { readonly token: string }> {
  const token = randomBytes(32).toString('base64url');
  const id = randomUUID();
  await db
    .insertInto('learners')
    .values({ id, token_hash: hash(token), created_at: nowMs, seen_at: nowMs })
    .execute();
  return { id, token };
}

export async function findLearner(db: Database, token: string, nowMs: number): Promise<LearnerRow | undefined> {
  const row = await db
    .selectFrom('learners')
    .select(['id', 'seen_at'])
    .where('token_hash', '=', hash(token))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (nowMs - row.seen_at > SEEN_STEP_MS) {
    await db.updateTable('learners').set({ seen_at: nowMs }).where('id', '=', row.id).execute();
  }
  return { id: row.id };
}
