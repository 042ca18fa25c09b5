// What must be known of a session to find its machine again after the server was restarted.
import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());

/** A terminal's screen at one place of its output, as bytes that redraw it. */
export const SavedScreen = z.strictObject({
  terminal: count,
  user: z.string(),
  epoch: count,
  seq: count,
  cols: count,
  rows: count,
  /** whether `picture` is all that was ever printed, rather than a drawing of it */
  exact: z.boolean(),
  /** base64 */
  picture: z.string(),
});
export type SavedScreen = z.infer<typeof SavedScreen>;

export const SessionRecord = z.strictObject({
  machine: z.nullable(z.string()),
  /** `ready`, `paused` and `hibernated` can be adopted; anything else begins again */
  state: z.enum([
    'queued',
    'starting',
    'setting-up',
    'ready',
    'paused',
    'hibernated',
    'waking',
    'rewinding',
    'closing',
    'closed',
    'failed',
  ]),
  reason: z.nullable(z.string()),
  epochBase: count,
  /** what a machine following this one must begin above */
  epoch: count,
  /** kept while hibernated, so that the text is there before the machine is */
  screens: z.array(SavedScreen),
  expiresAtMs: z.nullable(z.number()),
  aloneSinceMs: z.number(),
});
export type SessionRecord = z.infer<typeof SessionRecord>;
