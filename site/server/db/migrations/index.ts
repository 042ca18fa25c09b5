// All migrations by name, in order. A released one is never changed; add another.
import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables.ts';
import * as comingBack from './0002-coming-back.ts';
import * as goalsAndPreviews from './0003-goals-and-previews.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': firstTables,
  '0002-coming-back': comingBack,
  '0003-goals-and-previews': goalsAndPreviews,
};
