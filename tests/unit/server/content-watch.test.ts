// Saving a file, as the different editors do it: each save is seen, also the ones after it.
import { appendFile, mkdir, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { watchContent } from '../../../site/server/dev/content-watch.ts';

const dir = await mkdtemp(join(tmpdir(), 'underhood-watch-'));
const lab = join(dir, '01-part', '01-lab');
const file = join(lab, 'en.md');
await mkdir(lab, { recursive: true });
await writeFile(file, 'first');

let next = Promise.withResolvers<void>();
const watcher = watchContent(dir, () => next.resolve());
await watcher.ready;

afterAll(async () => {
  await watcher.close();
  await rm(dir, { recursive: true, force: true });
});

async function seen(save: () => Promise<void>): Promise<void> {
  next = Promise.withResolvers<void>();
  await save();
  await next.promise;
}

const SAVES: readonly (readonly [string, () => Promise<void>])[] = [
  ['in place', () => appendFile(file, '.')],
  [
    'through a temporary file',
    async () => {
      await writeFile(join(lab, 'en.md.new'), 'renamed');
      await rename(join(lab, 'en.md.new'), file);
    },
  ],
  [
    'by moving the old one away first',
    async () => {
      await rename(file, `${file}~`);
      await writeFile(file, 'written anew');
      await unlink(`${file}~`);
    },
  ],
];

it.each(SAVES.flatMap((first) => SAVES.map((second) => [first[0], second[0], first[1], second[1]] as const)))(
  'a save %s is seen, and one %s after it',
  async (_first, _second, one, other) => {
    await expect(seen(one)).resolves.toBeUndefined();
    await expect(seen(other)).resolves.toBeUndefined();
  },
);

it('a file in a new folder is seen', async () => {
  await seen(() => mkdir(join(dir, '01-part', '02-lab')));
  await expect(seen(() => writeFile(join(dir, '01-part', '02-lab', 'lab.yaml'), 'id: x'))).resolves.toBeUndefined();
});
