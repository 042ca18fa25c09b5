// The small things every schema here is made of: texts in both languages, ids, names.
import * as z from 'zod';
import { particleByHand } from '../markdown/particles.ts';

export const LOCALES = ['ko', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

const text = z.string().trim().min(1).max(4096);

export const LocalText = z
  .strictObject({
    ko: text.describe('Korean, 합니다체.'),
    en: text.describe('English, the same statement with the same numbers.'),
  })
  .superRefine(({ ko }, context) => {
    const byHand = particleByHand(ko);
    if (byHand === undefined) return;
    context.addIssue({ code: 'custom', path: ['ko'], message: byHand.expected, params: { found: byHand.found } });
  })
  .describe('A text in both languages.');
export type LocalText = z.infer<typeof LocalText>;

/** A title also stands where no learner's values are known and nothing is rendered: the browser's tab, the board, a CSV file. */
export const Title = LocalText.superRefine((title, context) => {
  for (const locale of LOCALES) {
    const marked = /`|\{\{/.exec(title[locale]);
    if (marked === null) continue;
    context.addIssue({
      code: 'custom',
      path: [locale],
      message: 'a title in plain words, the same for everybody: no `code`, no {{variable}}',
    });
  }
}).describe('A title in both languages: plain text.');

export const Id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a kebab-case id such as "what-load-counts"')
  .max(64)
  .describe('Lower-case letters, digits and single hyphens.');

export const VariableName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'a variable name such as "loops" (lower-case letters, digits, underscore)')
  .describe('Written `{{name}}` in texts and `$UH_NAME` in scripts.');
