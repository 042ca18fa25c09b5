// Tables `learners` and `browsers`: anonymous people, each known by the hash of a cookie, or of several.
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

/** Another browser of the same learner; those there were stay. Returns its token. */
export async function addBrowser(db: Database, learnerId: string, nowMs: number): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const row = { token_hash: hash(token), learner_id: learnerId, created_at: nowMs, seen_at: nowMs };
  await db.insertInto('browsers').values(row).execute();
  return token;
}

export async function findLearner(db: Database, token: string, nowMs: number): Promise<LearnerRow | undefined> {
  const tokenHash = hash(token);
  const first = await db
    .selectFrom('learners')
    .select(['id', 'seen_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (first !== undefined) {
    if (nowMs - first.seen_at > SEEN_STEP_MS) {
      await db.updateTable('learners').set({ seen_at: nowMs }).where('id', '=', first.id).execute();
    }
    return { id: first.id };
  }
  const further = await db
    .selectFrom('browsers')
    .select(['learner_id', 'seen_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (further === undefined) return undefined;
  if (nowMs - further.seen_at > SEEN_STEP_MS) {
    await db.updateTable('browsers').set({ seen_at: nowMs }).where('token_hash', '=', tokenHash).execute();
  }
  return { id: further.learner_id };
}
