// The author's commands: a new lab that loads at once, a reviewed one, a Killercoda scenario as a draft.
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importKillercoda } from '../../../labs/authoring/killercoda.ts';
import { importedText } from '../../../labs/authoring/killercoda-text.ts';
import { newLab } from '../../../labs/authoring/new-lab.ts';
import { review } from '../../../labs/authoring/review.ts';
import { loadCatalog } from '../../../labs/catalog.ts';
import { findLab } from '../../../labs/lab.ts';
import { FIXTURE_LABS } from '../../fixtures/server.ts';

const SCENARIO = join(import.meta.dirname, '../../fixtures/killercoda/open-ports');
let content: string;

beforeEach(async () => {
  content = join(await mkdtemp(join(tmpdir(), 'underhood-authoring-')), 'content');
  await cp(FIXTURE_LABS, content, { recursive: true });
});
afterEach(() => rm(join(content, '..'), { recursive: true, force: true }));

describe('npm run new-lab', () => {
  it('makes a lab of one task in 25 lines or fewer that loads and is reviewed', async () => {
    await newLab(content, 'first', 'page-cache');
    const lab = findLab(await loadCatalog(content), 'page-cache');
    expect(lab).toMatchObject({ number: 3, part: 'first', unreviewed: [] });
    expect(lab?.tasks.map(({ kind }) => kind)).toEqual(['do']);
    const yaml = await readFile(join(content, lab?.folder ?? '', 'lab.yaml'), 'utf8');
    expect(yaml.trim().split('\n').length).toBeLessThanOrEqual(25);
  });

  it('takes title and sentence of an announced lab over, and leaves the rest of course.yaml alone', async () => {
    const file = join(content, 'course.yaml');
    const source = await readFile(file, 'utf8');
    const entry =
      '      - id: soon\n        title: { ko: 곧, en: "Soon: a lab" }\n        explains: { ko: 곧 설명합니다., en: Soon. }\n';
    await writeFile(file, `${source.trimEnd()}\n${entry}`);
    await newLab(content, 'first', 'soon');
    expect(findLab(await loadCatalog(content), 'soon')?.title).toEqual({ ko: '곧', en: 'Soon: a lab' });
    expect(await readFile(file, 'utf8')).toBe(`${source.trimEnd()}\n      - { id: soon }\n`);
  });

  it('refuses what it cannot do, and writes nothing then', async () => {
    const before = await readdir(content, { recursive: true });
    await expect(newLab(content, 'first', 'Bad_Id')).rejects.toThrow('"Bad_Id"');
    await expect(newLab(content, 'nowhere', 'page-cache')).rejects.toThrow('first');
    await expect(newLab(content, 'first', 'first-steps')).rejects.toThrow('01-first/01-first-steps');
    expect(await readdir(content, { recursive: true })).toEqual(before);
  });
});

describe('npm run reviewed', () => {
  it('clears what drifted, and knows its labs', async () => {
    await review(content, ['first-steps']);
    expect(findLab(await loadCatalog(content), 'first-steps')?.unreviewed).toEqual([]);
    const text = join(content, '01-first/01-first-steps/en.md');
    await writeFile(text, `${await readFile(text, 'utf8')}\nOne more sentence.\n`);
    expect(findLab(await loadCatalog(content), 'first-steps')?.unreviewed).toHaveLength(1);
    await review(content, undefined);
    expect((await loadCatalog(content)).labs.flatMap(({ unreviewed }) => unreviewed)).toEqual([]);
    await expect(review(content, ['nobody'])).rejects.toThrow('first-steps');
  });
});

describe('npm run import', () => {
  it('turns a scenario into a draft that loads, and lists what needs a human', async () => {
    const folder = join(content, '01-first/03-open-ports');
    const said = await importKillercoda(SCENARIO, folder);
    const todo = await readFile(join(folder, 'TODO.md'), 'utf8');
    for (const line of said.slice(1)) expect(todo).toContain(line);
    for (const topic of ['Korean', 'an image', 'raw HTML', 'TRAFFIC_', 'background.sh', 'foreground.sh', 'listen.py']) {
      expect(todo).toContain(topic);
    }
    expect(await readFile(join(folder, 'tasks/listen-yourself/check.sh'), 'utf8')).toContain(':8080 ');
    const text = await readFile(join(folder, 'en.md'), 'utf8');
    expect(text).toContain('```command\nss -ltn\n```');
    expect(text).toContain('```command copy\ncurl localhost:8080\n```');
    await rm(join(folder, 'TODO.md'));
    const course = join(content, 'course.yaml');
    await writeFile(course, `${(await readFile(course, 'utf8')).trimEnd()}\n      - { id: open-ports }\n`);
    expect(findLab(await loadCatalog(content), 'open-ports')?.tasks.map(({ id }) => id)).toEqual(['listen-yourself']);
    await expect(importKillercoda(SCENARIO, folder)).rejects.toThrow('--to');
  });

  it('refuses a folder that is no scenario, and never reads outside of one', async () => {
    await expect(importKillercoda(content, undefined)).rejects.toThrow('index.json');
    const evil = join(content, 'evil');
    await cp(SCENARIO, evil, { recursive: true });
    const index = join(evil, 'index.json');
    await writeFile(index, (await readFile(index, 'utf8')).replace('step1.md', '../../../../../../etc/hostname'));
    const said = await importKillercoda(evil, join(content, 'draft'));
    expect(said.join('\n')).toContain('which is not in the folder');
    await writeFile(index, '{"title": 1}');
    await expect(importKillercoda(evil, join(content, 'draft-2'))).rejects.toThrow('title');
  });

  it('leaves nothing in a text that means something here', () => {
    const { markdown } = importedText("{{name}} [[link]]\n:::task x\n`ps --format '{{.Id}}'`\n", 'step 1');
    expect(markdown).not.toMatch(/(?<!\\)\{\{|\[\[|^:::/m);
    expect(markdown).toContain("`ps --format '\\{{.Id}}'`");
  });
});
