// A rendered course kept over starts: the same as one read anew, never one with mistakes.
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadCatalog } from '../../../labs/catalog.ts';
import { LabFormatError } from '../../../labs/problem.ts';
import { courseHash } from '../../../site/server/course-hash.ts';
import { keptCatalog } from '../../../site/server/kept-catalog.ts';
import { FIXTURE_LABS } from '../../fixtures/server.ts';

let dir: string;
let content: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'uh-kept-'));
  content = join(dir, 'content');
  await cp(FIXTURE_LABS, content, { recursive: true });
  vi.stubEnv('UNDERHOOD_CACHE', join(dir, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

describe('the catalog that is kept', () => {
  it('is the one that was read, the first time and every time after', async () => {
    const read = await loadCatalog(content);
    const hash = await courseHash(content);
    expect(await keptCatalog(content, hash)).toEqual(read);
    expect(await keptCatalog(content, hash)).toEqual(read);
  });

  it('is another one as soon as a lesson changes', async () => {
    const before = await courseHash(content);
    const file = join(content, 'course.yaml');
    await writeFile(file, `${await readFile(file, 'utf8')}\n# changed\n`);
    expect(await courseHash(content)).not.toBe(before);
  });

  it('does not keep a course with mistakes', async () => {
    const hash = await courseHash(content);
    await writeFile(join(content, 'course.yaml'), 'parts: nonsense\n');
    await expect(keptCatalog(content, hash)).rejects.toBeInstanceOf(LabFormatError);
    expect((await readdir(join(dir, 'cache/catalog'))).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});
