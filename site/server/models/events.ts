// Table `events`: what happened to sessions, for whoever has to find out later.
import type { Database } from '../db/database.ts';

export type EventKind =
  'claimed' | 'reset' | 'rewound' | 'failed' | 'adopted' | 'lost' | 'hibernated-for-room' | 'hint' | 'solution';

export type EventRow = {
  readonly learnerId: string | null;
  readonly sessionId: string | null;
  readonly kind: EventKind;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly atMs: number;
};

export async function addEvent(db: Database, row: EventRow): Promise<void> {
  await db
    .insertInto('events')
    .values({
      learner_id: row.learnerId,
      session_id: row.sessionId,
      kind: row.kind,
      detail: JSON.stringify(row.detail),
      at: row.atMs,
    })
    .execute();
}
