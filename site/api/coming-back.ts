// Going on in another browser: a recovery code is made in one and typed into the other.
import * as z from 'zod/mini';

const text = (max: number) => z.string().check(z.maxLength(max));

/** `GET /api/recovery-code` → whether there is one (never the code itself), and how long things are kept. */
export const KeepView = z.strictObject({
  /** when the code in force was made, Unix ms */
  madeAt: z.nullable(z.number()),
  /** nobody looks: after so long the machine's memory goes to disk, and after so long the machine is given up */
  hibernateAfterMs: z.number(),
  keepMs: z.number(),
});
export type KeepView = z.infer<typeof KeepView>;

/** `POST /api/recovery-code` → a new one; the old one is worth nothing any more. */
export const NewCode = z.strictObject({ code: text(32), madeAt: z.number() });
export type NewCode = z.infer<typeof NewCode>;

/** `POST /api/come-back`: this browser becomes the code's learner. Never a GET: a link alone must change nothing. */
export const ComeBack = z.strictObject({ code: text(128) });
export type ComeBack = z.infer<typeof ComeBack>;

/** → the labs that learner has touched, latest first. */
export const CameBack = z.strictObject({ labs: z.array(text(64)).check(z.maxLength(1000)) });
export type CameBack = z.infer<typeof CameBack>;
