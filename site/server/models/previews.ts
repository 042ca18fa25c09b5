// Table `previews`: the host names that a session's ports were given. Who reads the database could open what a guest serves, no more.
import type { Database } from '../db/database.ts';

export type PreviewRow = { readonly label: string; readonly port: number; readonly host: string };

/** A port that is listened on at another address keeps its name. */
export async function keepPreview(db: Database, sessionId: string, { label, port, host }: PreviewRow): Promise<void> {
  await db
    .insertInto('previews')
    .values({ label, session_id: sessionId, port, host })
    .onConflict((conflict) => conflict.columns(['session_id', 'port']).doUpdateSet({ label, host }))
    .execute();
}

export async function previewsOf(db: Database, sessionId: string): Promise<PreviewRow[]> {
  return await db
    .selectFrom('previews')
    .select(['label', 'port', 'host'])
    .where('session_id', '=', sessionId)
    .orderBy('port')
    .execute();
}

export async function dropPreviews(db: Database, sessionId: string): Promise<void> {
  await db.deleteFrom('previews').where('session_id', '=', sessionId).execute();
}
