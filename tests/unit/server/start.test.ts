// Starting: configuration, the database, the port, the pid file.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../site/server/config.ts';
import { DATABASE_FILE, openDatabase } from '../../../site/server/db/database.ts';
import { MIGRATIONS } from '../../../site/server/db/migrations/index.ts';
import { StartError } from '../../../site/server/errors.ts';
import { createLearner, findLearner } from '../../../site/server/models/learners.ts';
import { takePidFile } from '../../../site/server/pid-file.ts';
import { TestServer } from '../../fixtures/server.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'underhood-start-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function failure(work: () => unknown): Promise<StartError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(readConfig({ UNDERHOOD_RUN: dir })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      sessionLimitMs: null,
      pauseAfterMs: 120_000,
      pidFile: join(dir, 'server.pid'),
    });
  });

  it('names the variable that is wrong, and what was found', async () => {
    const error = await failure(() => readConfig({ UNDERHOOD_PORT: 'http' }));
    expect(error.code).toBe('config-invalid');
    expect(error.message).toMatch(/UNDERHOOD_PORT: .*"http"/);
    expect(error.advice).toContain('UNDERHOOD_PORT');
  });

  it('takes an empty variable for none, as shells leave them', () => {
    expect(readConfig({ UNDERHOOD_PORT: '' }).port).toBe(8080);
  });
});

describe('the database', () => {
  it('keeps what was written when it is opened again', async () => {
    const first = await openDatabase(dir);
    const { token, id } = await createLearner(first, 1);
    await first.destroy();
    const second = await openDatabase(dir);
    expect(await findLearner(second, token, 2)).toEqual({ id });
    expect(await findLearner(second, `${token}x`, 2)).toBeUndefined();
    await second.destroy();
  });

  it('never holds a cookie itself', async () => {
    const db = await openDatabase(dir);
    const { token } = await createLearner(db, 1);
    await db.destroy();
    expect((await readFile(join(dir, DATABASE_FILE))).includes(token)).toBe(false);
  });

  it('that is damaged is refused and left as it is', async () => {
    const path = join(dir, DATABASE_FILE);
    const contents = Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8192, 7)]);
    for (const broken of [Buffer.from('not a database at all, but somebody’s work'), contents]) {
      await writeFile(path, broken);
      const error = await failure(() => openDatabase(dir));
      expect(error.code).toBe('database-broken');
      expect(error.advice).toContain(`mv ${path}`);
      expect((await readFile(path)).equals(broken)).toBe(true);
    }
  });

  it('of a newer version is refused', async () => {
    const newer = { ...MIGRATIONS, '9999-later': { up: () => Promise.resolve() } };
    await (await openDatabase(dir, newer)).destroy();
    expect((await failure(() => openDatabase(dir))).code).toBe('database-newer');
  });

  it('rolls a migration back that failed half way', async () => {
    await (await openDatabase(dir)).destroy();
    const failing = {
      ...MIGRATIONS,
      '9999-broken': {
        up: async (db: Parameters<(typeof MIGRATIONS)[string]['up']>[0]) => {
          await sql`create table half (id integer)`.execute(db);
          throw new Error('half way');
        },
      },
    };
    await failure(() => openDatabase(dir, failing));
    const db = await openDatabase(dir);
    const { rows } = await sql`select name from sqlite_master where name = 'half'`.execute(db);
    expect(rows).toEqual([]);
    await db.destroy();
  });

  it('refuses a second live session of a learner in a lab', async () => {
    const db = await openDatabase(dir);
    const { id } = await createLearner(db, 1);
    const attempt = { id: 'a', learner_id: id, lab: 'l', number: 1, seed: 's', created_at: 1, touched_at: 1 };
    await db.insertInto('attempts').values(attempt).execute();
    const row = {
      learner_id: id,
      lab: 'l',
      attempt_id: 'a',
      record: '{}',
      live: 1,
      created_at: 1,
      used_at: 1,
    };
    await db
      .insertInto('sessions')
      .values({ id: '1', ...row })
      .execute();
    await expect(
      db
        .insertInto('sessions')
        .values({ id: '2', ...row })
        .execute(),
    ).rejects.toThrow(/UNIQUE/);
    await db.destroy();
  });
});

describe('a server', () => {
  it('whose port is taken says so, with the line to run', async () => {
    await using first = await TestServer.start();
    const { port } = new URL(first.origin);
    const error = await failure(() => TestServer.start({ env: { UNDERHOOD_PORT: port } }));
    expect(error.code).toBe('port-taken');
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.advice).toContain(`UNDERHOOD_PORT=${Number(port) + 1} npm start`);
  });

  it('is not started twice on the same folders, but a stale pid file is no obstacle', async () => {
    const path = join(dir, 'server.pid');
    await writeFile(path, '4194304\n');
    const held = takePidFile(path);
    expect(Number(await readFile(path, 'utf8'))).toBe(process.pid);
    held.release();
    await expect(readFile(path)).rejects.toThrow('ENOENT');

    const other = spawn(
      process.execPath,
      ['--eval', 'process.stdout.write("up"); setInterval(() => {}, 1000)', 'x/site/server/main.ts'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(other.stdout, 'data');
      await writeFile(path, `${other.pid}\n`);
      const error = await failure(() => takePidFile(path));
      expect(error.code).toBe('already-running');
      expect(error.advice).toContain('npm stop');
    } finally {
      other.kill();
      await once(other, 'exit');
    }
  });
});
