// Variables: what differs from learner to learner and from attempt to attempt, drawn from a seed on the host.
import * as z from 'zod';
import { VariableName } from './text.ts';

const value = z.union([z.string().min(1).max(256), z.number()]);

export const VariableSpec = z
  .union(
    [
      z.strictObject({
        range: z
          .tuple([z.int(), z.int()])
          .refine(([low, high]) => low <= high, 'the lower end first')
          .describe('A whole number from the first to the second, both included.'),
      }),
      z.strictObject({ pick: z.array(value).min(2).max(256).describe('One of these.') }),
      z.strictObject({
        name: z
          .enum(['program', 'host', 'word'])
          .describe('An invented name: `program` fits in a process name (15 characters), `host` in a host name.'),
        not: z.array(VariableName).optional().describe('Other variables this one must differ from.'),
      }),
    ],
    'one of { range: [low, high] }, { pick: [a, b, …] }, { name: program | host | word }',
  )
  .describe('How a value is drawn.');
export type VariableSpec = z.infer<typeof VariableSpec>;

export const VariableSpecs = z.record(VariableName, VariableSpec).describe('Variable → how it is drawn.');
export type VariableSpecs = z.infer<typeof VariableSpecs>;
