// The holder of a template's memory: one for all clones, also for those that start at the same moment.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive, machineFolder, readProcesses } from '../../../sandbox/qemu/folder.ts';
import { endKeeper, keptMemory } from '../../../sandbox/qemu/keeper.ts';
import type { Template } from '../../../sandbox/qemu/template-files.ts';

let dir: string;
let template: Template;
const MEMORY = Buffer.alloc(64 * 1024, 'memory');

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'uh-keeper-'));
  const ram = join(dir, 'ram');
  await writeFile(ram, MEMORY);
  // Of a template, a keeper needs no more than these two.
  template = { key: 'k', ram } as Template;
});
afterEach(async () => {
  await endKeeper(join(dir, 'keepers'), template.key);
  await rm(dir, { recursive: true, force: true });
});

it('two clones that start together get the same keeper', async () => {
  const keepers = { keepersDir: join(dir, 'keepers'), leaseMs: 60_000 };
  const [first, second] = await Promise.all([keptMemory(keepers, template), keptMemory(keepers, template)]);
  expect(second).toBe(first);
  expect(await keptMemory(keepers, template)).toBe(first);
  expect((await readFile(first)).equals(MEMORY)).toBe(true);
});

it('nothing is left of a keeper that was ended', async () => {
  const keepers = { keepersDir: join(dir, 'keepers'), leaseMs: 60_000 };
  await keptMemory(keepers, template);
  const folder = machineFolder(join(keepers.keepersDir, template.key));
  const processes = await readProcesses(folder);
  expect(processes.filter(isAlive)).toHaveLength(1);
  await endKeeper(keepers.keepersDir, template.key);
  expect(processes.filter(isAlive)).toEqual([]);
  await expect(stat(folder.dir)).rejects.toMatchObject({ code: 'ENOENT' });
});
