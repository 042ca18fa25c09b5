// Table `answers`: everything that was typed as an answer, in order.
import type { Database } from '../db/database.ts';

export type AnswerRow = {
  readonly attemptId: string;
  readonly task: string;
  readonly value: string;
  readonly atMs: number;
};

export async function addAnswer(db: Database, row: AnswerRow): Promise<void> {
  await db
    .insertInto('answers')
    .values({ attempt_id: row.attemptId, task: row.task, value: row.value, at: row.atMs })
    .execute();
}

export async function countAnswers(db: Database, attemptId: string, task: string): Promise<number> {
  const row = await db
    .selectFrom('answers')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('attempt_id', '=', attemptId)
    .where('task', '=', task)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
