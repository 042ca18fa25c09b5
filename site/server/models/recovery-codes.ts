// Table `recovery_codes`: what a learner writes down to go on in another browser.
import { createHash, randomInt } from 'node:crypto';
import type { Database } from '../db/database.ts';

/** Crockford's base 32: nothing that is taken for something else when it is copied by hand. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 80 bits: nobody finds one by trying, and hashing it once is enough. */
const LENGTH = 16;

/** A new code in place of the old one; it is shown now and never again. */
export async function renewCode(db: Database, learnerId: string, nowMs: number): Promise<string> {
  const code = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const row = { code_hash: hash(code), created_at: nowMs };
  await db
    .insertInto('recovery_codes')
    .values({ learner_id: learnerId, ...row })
    .onConflict((conflict) => conflict.column('learner_id').doUpdateSet(row))
    .execute();
  return (code.match(/.{4}/g) ?? []).join('-');
}

/** When the present code was made; undefined where there is none. */
export async function codeMadeAt(db: Database, learnerId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('recovery_codes')
    .select('created_at')
    .where('learner_id', '=', learnerId)
    .executeTakeFirst();
  return row?.created_at;
}

/** Whose code it is, however it was typed. */
export async function learnerWithCode(db: Database, typed: string): Promise<string | undefined> {
  const code = readCode(typed);
  if (code === undefined) return undefined;
  const row = await db
    .selectFrom('recovery_codes')
    .select('learner_id')
    .where('code_hash', '=', hash(code))
    .executeTakeFirst();
  return row?.learner_id;
}

/** Case, spaces, dashes and the usual mix-ups do not matter. Pure. */
export function readCode(typed: string): string | undefined {
  const plain = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return plain.length === LENGTH && [...plain].every((letter) => ALPHABET.includes(letter)) ? plain : undefined;
}

function hash(code: string): string {
  return createHash('sha256').update(`recovery code ${code}`).digest('hex');
}
