// Table `tasks`: how far a learner is with each task of an attempt.
import * as z from 'zod';
import { Verdict } from '../../api/labs.ts';
import type { TaskView } from '../../api/labs.ts';
import type { Database } from '../db/database.ts';

export type Measured = NonNullable<TaskView['measured']>;

export type TaskProgress = {
  readonly task: string;
  readonly state: 'open' | 'committed' | 'almost' | 'passed';
  readonly score: number;
  /** answers and checks asked for that did not pass */
  readonly tries: number;
  readonly hintsShown: number;
  readonly answer: string | null;
  readonly committedAtMs: number | null;
  readonly measured: Measured | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** sub-goals, as the check saw them last */
  readonly goals: Readonly<Record<string, boolean>>;
  readonly last: Verdict | null;
};

export function untouched(task: string): TaskProgress {
  return {
    task,
    state: 'open',
    score: 0,
    tries: 0,
    hintsShown: 0,
    answer: null,
    committedAtMs: null,
    measured: null,
    outputs: {},
    goals: {},
    last: null,
  };
}

const State = z.enum(['open', 'committed', 'almost', 'passed']);
const MeasuredColumn = z.object({ value: z.number(), predicted: z.number(), tolerance: z.number(), unit: z.string() });
const Outputs = z.record(z.string(), z.string());
const Goals = z.record(z.string(), z.boolean());

export async function progressOf(db: Database, attemptId: string): Promise<Map<string, TaskProgress>> {
  const rows = await db.selectFrom('tasks').selectAll().where('attempt_id', '=', attemptId).execute();
  return new Map(
    rows.map((row) => [
      row.task,
      {
        task: row.task,
        state: State.parse(row.state),
        score: row.score,
        tries: row.tries,
        hintsShown: row.hints_shown,
        answer: row.answer,
        committedAtMs: row.committed_at,
        measured: row.measured === null ? null : MeasuredColumn.parse(JSON.parse(row.measured)),
        outputs: Outputs.parse(JSON.parse(row.outputs)),
        goals: Goals.parse(JSON.parse(row.goals)),
        last: row.last === null ? null : Verdict.parse(JSON.parse(row.last)),
      },
    ]),
  );
}

export async function saveProgress(db: Database, attemptId: string, progress: TaskProgress): Promise<void> {
  const columns = {
    state: progress.state,
    score: progress.score,
    tries: progress.tries,
    hints_shown: progress.hintsShown,
    answer: progress.answer,
    committed_at: progress.committedAtMs,
    measured: progress.measured === null ? null : JSON.stringify(progress.measured),
    outputs: JSON.stringify(progress.outputs),
    goals: JSON.stringify(progress.goals),
    last: progress.last === null ? null : JSON.stringify(progress.last),
  };
  await db
    .insertInto('tasks')
    .values({ attempt_id: attemptId, task: progress.task, ...columns })
    .onConflict((conflict) => conflict.columns(['attempt_id', 'task']).doUpdateSet(columns))
    .execute();
}
