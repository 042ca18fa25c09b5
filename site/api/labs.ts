// What a browser learns of a lab and of its learner's progress in it: `GET /api/labs/:lab`, and verdicts over the socket.
import * as z from 'zod/mini';

const text = (max: number) => z.string().check(z.maxLength(max));
const count = z.int().check(z.nonnegative());

/** A text in both languages; the page shows the reader's. */
export const LocalText = z.strictObject({ ko: text(65536), en: text(65536) });
export type LocalText = z.infer<typeof LocalText>;

export const Locale = z.enum(['ko', 'en']);
export type Locale = z.infer<typeof Locale>;

/** How far a task is. `almost` = some of its sub-goals hold. */
export const TaskState = z.enum(['locked', 'open', 'committed', 'almost', 'passed']);

export const Verdict = z.strictObject({
  task: text(64),
  outcome: z.enum(['passed', 'not-yet', 'wrong', 'error']),
  /** 0 to 1 */
  score: z.number().check(z.gte(0), z.lte(1)),
  /** what was seen and what is wanted, one or two sentences each */
  messages: z.array(LocalText).check(z.maxLength(16)),
  /** id of the heading or paragraph that explains them; null = the task's own section. Verdicts kept by older versions lack it */
  explain: z._default(z.nullable(text(64)), null),
  /** what made the check run */
  cause: z.enum(['command', 'button', 'timer', 'answer']),
  at: z.number(),
});
export type Verdict = z.infer<typeof Verdict>;

export const TaskView = z.strictObject({
  id: text(64),
  kind: z.enum(['do', 'find', 'predict', 'choose']),
  state: TaskState,
  score: z.number(),
  points: z.number(),
  /** tasks that must be passed first and are not yet */
  waitsFor: z.array(text(64)),
  /** what the learner answered or predicted, as typed; null before */
  answer: z.nullable(text(4096)),
  /** predict: the measurement to draw beside the prediction, with its unit */
  measured: z.nullable(
    z.strictObject({ value: z.number(), predicted: z.number(), tolerance: z.number(), unit: text(32) }),
  ),
  /** a do task's sub-goals in order: whether each holds */
  goals: z.record(text(64), z.boolean()),
  hintsShown: count,
  hints: count,
  /** whether the solution may be asked for now */
  solution: z.boolean(),
  last: z.nullable(Verdict),
});
export type TaskView = z.infer<typeof TaskView>;

/** `GET /api/labs/:lab` → the learner's state in this lab (made on first asking). */
export const LabProgress = z.strictObject({
  lab: text(64),
  attempt: count,
  /** fills `{{name}}` in the text */
  variables: z.record(text(64), z.union([text(256), z.number()])),
  tasks: z.array(TaskView).check(z.maxLength(64)),
  /** the learner's machine for this lab, if there is one */
  session: z.nullable(text(64)),
});
export type LabProgress = z.infer<typeof LabProgress>;

/** `GET /api/progress` → lab id → passed tasks of all tasks, for the course map. */
export const CourseProgress = z.strictObject({
  labs: z.record(text(64), z.strictObject({ passed: count, tasks: count, touchedAt: z.number() })),
});
export type CourseProgress = z.infer<typeof CourseProgress>;

/** `POST /api/labs/:lab/session` → claims a machine for this lab (or returns the one there is). */
export const ClaimAnswer = z.strictObject({ session: text(64) });
export type ClaimAnswer = z.infer<typeof ClaimAnswer>;

/** Every error answer of the HTTP API. */
export const ApiError = z.strictObject({ code: text(64), message: LocalText });
export type ApiError = z.infer<typeof ApiError>;
