// Messages: the sentences a check's message ids stand for, in both languages.
//
// A sentence may hold `{param}` (given by the check: `fail still-running count=3`) and `{{variable}}` (the learner's), each with a
// Korean particle: `{count|이/가}`. It is plain text; what stands between backticks is shown as code.
import * as z from 'zod';
import { Id, LocalText } from './text.ts';

const PLACEHOLDER = /(?<!\{)\{([a-z][a-z0-9_]*)(?:\|[^{}]*)?\}(?!\})/g;

/** Names of the `{param}`s in a sentence. */
export function paramsOf(sentence: string): ReadonlySet<string> {
  return new Set([...sentence.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''));
}

export const Message = LocalText.extend({
  explain: Id.optional().describe('Id of the heading or paragraph (`{#id}`) that explains it; the page links there.'),
})
  .superRefine((message, context) => {
    const ko = [...paramsOf(message.ko)].sort().join(', ');
    const en = [...paramsOf(message.en)].sort().join(', ');
    if (ko !== en) {
      context.addIssue({
        code: 'custom',
        path: ['en'],
        message: 'the same {params} in both languages',
        params: { found: `ko: ${ko || 'none'}; en: ${en || 'none'}` },
      });
    }
  })
  .describe('One sentence of what was seen, one of what is wanted; never the command that does it.');

export const Messages = z
  .record(Id, Message)
  .describe('Message id → sentence. A check names the id, never the sentence.');
export type Messages = z.infer<typeof Messages>;
