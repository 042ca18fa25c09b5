// What a terminal printed: `GET /api/sessions/:id/terminals/:terminal/recording`, as an asciicast v2 (one JSON value a line).
// A header, then events `[seconds since the header's timestamp, "o", output]` or `[seconds, "r", "120x30"]` for a new size.
import * as z from 'zod/mini';

const cells = z.int().check(z.gte(1), z.lte(1000));

export const RECORDING_TYPE = 'application/x-asciicast';

export const RecordingHeader = z.strictObject({
  version: z.literal(2),
  width: cells,
  height: cells,
  /** Unix seconds */
  timestamp: z.int().check(z.nonnegative()),
  title: z.string().check(z.maxLength(256)),
  env: z.strictObject({ TERM: z.string().check(z.maxLength(32)), SHELL: z.string().check(z.maxLength(64)) }),
  /** ours: whether what is kept begins with the terminal's first byte */
  whole: z.boolean(),
});
export type RecordingHeader = z.infer<typeof RecordingHeader>;

export const RecordingEvent = z.tuple([z.number(), z.enum(['o', 'r']), z.string()]);
export type RecordingEvent = z.infer<typeof RecordingEvent>;
