// lab.yaml: one lab. Its texts are in ko.md and en.md, its scripts beside them.
import * as z from 'zod';
import { Messages } from './messages.ts';
import { Settings } from './settings.ts';
import { TaskSpec } from './task.ts';
import { Id, LocalText, Title } from './text.ts';
import { VariableSpecs } from './variables.ts';

export const LabSpec = z
  .strictObject({
    id: Id.describe('The lab’s name in addresses; the folder is called `NN-<id>`.'),
    title: Title.describe('The lesson’s title, in plain text.'),
    explains: LocalText.describe('Afterwards you can explain … (one sentence, for the course map).'),
    minutes: z.int().min(1).max(180).describe('How long it takes someone who does everything.'),
    prerequisites: z.array(Id).default([]).describe('Labs that should be done before.'),
    variables: VariableSpecs.default({}),
    settings: Settings,
    variablesFile: z
      .string()
      .regex(/^(\/[\w.+-]+)+$/)
      .optional()
      .describe(
        'Written on each fresh machine, before `setup.sh` runs: a line `UH_NAME=value` for every variable, for programs of the lab to read (`. FILE` in bash). Where that is all a lab needs, leave `setup.sh` out: starting a shell takes an emulated machine longer than everything else.',
      ),
    setupSeconds: z.number().min(1).max(60).default(10).describe('After this `setup.sh` counts as hanging.'),
    messages: Messages.default({}).describe('Messages that several tasks share.'),
    tasks: z.array(TaskSpec).min(1).max(24).describe('In the order in which they stand in the text.'),
  })
  .describe('One lab of the course.');
export type LabSpec = z.infer<typeof LabSpec>;
