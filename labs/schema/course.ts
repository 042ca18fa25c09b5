// course.yaml and glossary.yaml: the course as a path of parts and labs, and the terms that texts refer to.
import * as z from 'zod';
import { Id, LocalText, Title } from './text.ts';

export const CourseSpec = z
  .strictObject({
    title: Title.describe('The course’s name.'),
    parts: z
      .array(
        z.strictObject({
          id: Id.describe('The part’s folder is called `NN-<id>`.'),
          title: Title.describe('The part’s title.'),
          labs: z
            .array(
              z.strictObject({
                id: Id.describe('The lab’s id.'),
                title: Title.optional().describe('Only for a lab that is still to come; else lab.yaml has it.'),
                explains: LocalText.optional().describe('Only for a lab that is still to come; else lab.yaml has it.'),
              }),
            )
            .min(1)
            .describe('In order; numbered through the whole course.'),
        }),
      )
      .min(1)
      .describe('In order.'),
  })
  .describe('The whole course.');
export type CourseSpec = z.infer<typeof CourseSpec>;

export const GlossarySpec = z
  .record(
    Id,
    z.strictObject({
      term: LocalText.describe('The term as it stands in a text.'),
      text: LocalText.describe('What it is, in one to three sentences of inline Markdown.'),
    }),
  )
  .describe('Term id → entry; texts refer to it by `[[id]]` or `[[id|words in the sentence]]`.');
export type GlossarySpec = z.infer<typeof GlossarySpec>;
