// Mode settings: what practice, class and graded mode allow in a lab. The same lab serves all three.
import * as z from 'zod';

const mode = (hints: boolean, solutionAfter: number | null, attempts: number | null) =>
  z
    .strictObject({
      hints: z.boolean().default(hints).describe('Whether hints may be asked for.'),
      solutionAfter: z
        .int()
        .min(0)
        .nullable()
        .default(solutionAfter)
        .describe('The solution may be seen after so many tries that did not pass (0 = at once, null = never).'),
      attempts: z
        .int()
        .min(1)
        .nullable()
        .default(attempts)
        .describe('Answers taken for a find or choose task (null = as many as one likes).'),
    })
    .prefault({});

export const Settings = z
  .strictObject({
    practice: mode(true, 3, null).describe('Someone studying alone.'),
    class: mode(true, null, null).describe('A room with a trainer, who unlocks solutions.'),
    graded: mode(false, null, 3).describe('An exam.'),
  })
  .prefault({})
  .describe('What each mode allows. Leave it out for the usual.');
export type Settings = z.infer<typeof Settings>;
export type Mode = keyof Settings;
