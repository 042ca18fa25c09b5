// Table `attempts`: one learner's go at one lab, with the seed of its variables.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../db/database.ts';

export type Attempt = {
  readonly id: string;
  readonly learnerId: string;
  readonly lab: string;
  readonly number: number;
  readonly seed: string;
};

/** The learner's present attempt at this lab, made on first asking. */
export async function presentAttempt(db: Database, learnerId: string, lab: string, nowMs: number): Promise<Attempt> {
  return (await latest(db, learnerId, lab)) ?? (await begin(db, learnerId, lab, nowMs));
}

async function begin(db: Database, learnerId: string, lab: string, nowMs: number): Promise<Attempt> {
  const row = { id: randomUUID(), learner_id: learnerId, lab, number: 1, seed: randomBytes(16).toString('hex') };
  await db
    .insertInto('attempts')
    .values({ ...row, created_at: nowMs, touched_at: nowMs })
    // Two tabs may ask at once; both get the one that was first.
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const attempt = await latest(db, learnerId, lab);
  if (attempt === undefined) throw new Error(`attempt at ${lab} vanished`);
  return attempt;
}

async function latest(db: Database, learnerId: string, lab: string): Promise<Attempt | undefined> {
  const row = await db
    .selectFrom('attempts')
    .selectAll()
    .where('learner_id', '=', learnerId)
    .where('lab', '=', lab)
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && { id: row.id, learnerId: row.learner_id, lab: row.lab, number: row.number, seed: row.seed };
}

export async function findAttempt(db: Database, id: string): Promise<Attempt | undefined> {
  const row = await db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { id: row.id, learnerId: row.learner_id, lab: row.lab, number: row.number, seed: row.seed };
}

export async function touchAttempt(db: Database, id: string, nowMs: number): Promise<void> {
  await db.updateTable('attempts').set({ touched_at: nowMs }).where('id', '=', id).execute();
}

/** Every lab this learner has begun, with the ids of the tasks passed in its latest attempt. */
export async function attemptsOf(
  db: Database,
  learnerId: string,
): Promise<readonly { readonly lab: string; readonly passed: readonly string[]; readonly touchedAt: number }[]> {
  const rows = await db
    .selectFrom('attempts')
    .leftJoin('tasks', (join) => join.onRef('tasks.attempt_id', '=', 'attempts.id').on('tasks.state', '=', 'passed'))
    .select(['attempts.lab', 'attempts.number', 'attempts.touched_at', 'tasks.task'])
    .where('attempts.learner_id', '=', learnerId)
    .orderBy('attempts.number', 'desc')
    .execute();
  const labs = new Map<string, { number: number; passed: string[]; touchedAt: number }>();
  for (const row of rows) {
    const known = labs.get(row.lab) ?? { number: row.number, passed: [], touchedAt: row.touched_at };
    labs.set(row.lab, known);
    if (row.number === known.number && row.task !== null) known.passed.push(row.task);
  }
  return [...labs].map(([lab, { passed, touchedAt }]) => ({ lab, passed, touchedAt }));
}
