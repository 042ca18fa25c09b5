// Tasks: do (reach a state), find (report a fact), predict (commit, run, compare), choose (reasons). Discriminated by `kind`.
import * as z from 'zod';
import { Messages } from './messages.ts';
import { Id, LocalText, Title } from './text.ts';

const base = {
  id: Id.describe('Unique in the lab; names the folder `tasks/<id>` and the block `:::task <id>`.'),
  title: Title.describe('What is to be done, in a few words of plain text.'),
  points: z.number().min(0).max(1000).default(10).describe('Points at full score.'),
  needs: z.array(Id).default([]).describe('Tasks that must be passed before this one opens.'),
  explain: Id.optional().describe(
    'Where its messages link to, unless they name a place of their own: id of a heading or paragraph (`{#id}`). Without it, the section the task stands in.',
  ),
};

const judged = {
  messages: Messages.default({}),
  wrong: z
    .record(Id, Id)
    .default({})
    .describe('`wrong-<name>.sh` → id of the message it must yield. Every such file is named here.'),
  timeoutSeconds: z.number().min(1).max(60).default(10).describe('After this the check is ended and counts as broken.'),
  everySeconds: z
    .int()
    .min(5)
    .max(600)
    .optional()
    .describe(
      'Also run the check this often after something happened, for states that ripen by themselves. Each run costs the machine: be slow.',
    ),
  ripensSeconds: z
    .int()
    .min(0)
    .max(1800)
    .default(0)
    .describe('How long a right solution may need until the check can see it. Proving the lab waits this long.'),
};

export const Tolerance = z
  .strictObject({
    absolute: z.number().positive().optional().describe('In the answer’s unit.'),
    percent: z.number().positive().max(100).optional().describe('Of the true value. With both, the wider one counts.'),
    why: LocalText.describe('Why this much is fair.'),
  })
  .refine((t) => t.absolute !== undefined || t.percent !== undefined, '`absolute`, `percent` or both')
  .describe('How far off still counts as right.');
export type Tolerance = z.infer<typeof Tolerance>;

const NumberAnswer = z.strictObject({
  type: z.literal('number'),
  unit: z.string().max(16).default('').describe('Shown behind the field. Not needed in what is typed.'),
  units: z
    .record(z.string().max(16), z.number().positive())
    .default({})
    .describe('Units that may be typed → factor to `unit`, e.g. `{ kB: 0.001, GB: 1000 }` for MB.'),
  min: z.number().optional().describe('Smallest value that makes sense.'),
  max: z.number().optional().describe('Largest value that makes sense.'),
  tolerance: Tolerance.optional().describe('Without it the number must be exact.'),
});

const TextAnswer = z.strictObject({
  type: z.literal('text'),
  ignoreCase: z.boolean().default(true).describe('Whether Name and name are the same.'),
  maxLength: z.int().min(1).max(4096).default(200).describe('Longest answer taken.'),
});

const Option = z.strictObject({
  id: Id.describe('Unique in the task; what is sent as the answer.'),
  text: LocalText.describe('The choice, as inline Markdown.'),
});

export const AnswerSpec = z
  .discriminatedUnion('type', [NumberAnswer, TextAnswer])
  .describe('What is typed. The truth is what `check.sh` computes on this machine when asked: `value <truth>`.');
export type AnswerSpec = z.infer<typeof AnswerSpec>;

export const PredictionSpec = z
  .discriminatedUnion('type', [
    NumberAnswer.extend({ tolerance: Tolerance }),
    z.strictObject({
      type: z.literal('choice'),
      options: z.array(Option).min(2).max(12).describe('`check.sh` says which came true: `value <option id>`.'),
    }),
    z.strictObject({
      type: z.literal('order'),
      options: z.array(Option).min(2).max(12).describe('`check.sh` says the order: `value <id>,<id>,…`.'),
    }),
  ])
  .describe('What is predicted. It is locked before anything is measured.');
export type PredictionSpec = z.infer<typeof PredictionSpec>;

export const DoTask = z.strictObject({
  ...base,
  kind: z.literal('do'),
  ...judged,
  edge: z.boolean().default(false).describe('true: it must have happened once; false: it must hold when it is judged.'),
  goals: z
    .record(
      Id,
      z.strictObject({
        text: LocalText,
        weight: z.number().positive().default(1).describe('Its share of the task’s points.'),
      }),
    )
    .default({})
    .describe('Sub-goals for partial credit; the check reports each: `goal <id> ok` or `goal <id> no`.'),
});

export const FindTask = z.strictObject({ ...base, kind: z.literal('find'), ...judged, answer: AnswerSpec });

export const PredictTask = z.strictObject({
  ...base,
  kind: z.literal('predict'),
  ...judged,
  prediction: PredictionSpec,
});

export const ChooseTask = z.strictObject({
  ...base,
  kind: z.literal('choose'),
  several: z.boolean().default(false).describe('Whether more than one is to be chosen.'),
  options: z
    .array(
      Option.extend({
        right: z.boolean().default(false).describe('Whether it belongs to the answer.'),
        reason: LocalText.describe('Why it is right, or why it is not. Shown once it was chosen.'),
      }),
    )
    .min(2)
    .max(12)
    .refine((options) => options.some((option) => option.right), 'at least one option with `right: true`')
    .describe('The choices, in the order shown.'),
});

export const TaskSpec = z.discriminatedUnion('kind', [DoTask, FindTask, PredictTask, ChooseTask]);
export type TaskSpec = z.infer<typeof TaskSpec>;
export type TaskKind = TaskSpec['kind'];
