// All migrations by name, in order. A released one is never changed; add another.
import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
};
