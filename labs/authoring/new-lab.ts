// `npm run new-lab <part> <id>`: a lab of one task from the template, in its place in course.yaml.
import { cp, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, isSeq, parseDocument } from 'yaml';
import { loadCatalog } from '../catalog.ts';
import { LabFormatError } from '../problem.ts';
import { CourseSpec } from '../schema/course.ts';
import { Id } from '../schema/text.ts';
import { parseYaml } from '../schema/yaml.ts';
import { review } from './review.ts';
import { AuthorError, authorText } from './words.ts';

const TEMPLATE = fileURLToPath(new URL('./template', import.meta.url));
const TITLE = '{ ko: 새 실습, en: A new lab }';
const EXPLAINS =
  '\n  ko: 파일이 어디에 생기는지 설명할 수 있습니다.\n  en: Afterwards you can explain where a file comes to be.';

/** A lab that course.yaml announces keeps its number, title and sentence; another one is put at the end of its part. */
export async function newLab(content: string, part: string, id: string): Promise<readonly string[]> {
  if (!Id.safeParse(id).success) throw new AuthorError('bad-id', { id });
  const courseFile = join(content, 'course.yaml');
  const source = await readFile(courseFile, 'utf8');
  const course = parsedCourse(source);
  const known = course.parts.map((each) => each.id).join(', ');
  const home = course.parts.find((each) => each.id === part);
  if (home === undefined) throw new AuthorError('unknown-part', { part, known });
  const elsewhere = course.parts.find((each) => each.id !== part && each.labs.some((lab) => lab.id === id));
  if (elsewhere !== undefined) throw new AuthorError('in-other-part', { id, part: elsewhere.id });

  const announced = home.labs.find((lab) => lab.id === id);
  const changed = withLab(source, part, id, announced !== undefined);
  const [before, after] = [foldersOf(course), foldersOf(parsedCourse(changed))];
  const folder = after.get(id) ?? '';
  if ((await readdir(join(content, folder)).catch(() => [])).length > 0)
    throw new AuthorError('lab-exists', { id, folder });

  const renamed = await renumber(content, before, after);
  await mkdir(join(content, folder), { recursive: true });
  await cp(TEMPLATE, join(content, folder), { recursive: true });
  const yaml = join(content, folder, 'lab.yaml');
  const filled = (await readFile(yaml, 'utf8'))
    .replace('ID', id)
    .replace('TITLE', announced?.title ? localText(announced.title, '') : TITLE)
    .replace(' EXPLAINS', announced?.explains ? localText(announced.explains, '\n  ') : EXPLAINS);
  await writeFile(yaml, filled);
  await writeFile(courseFile, changed);
  await loadCatalog(content);
  await review(content, [id]);
  return [
    authorText('created', { folder: join(content, folder) }),
    authorText('next-dev'),
    authorText('next-prove', { id }),
    authorText('next-reviewed', { id }),
    ...(renamed > 0 ? [authorText('renamed', { count: renamed })] : []),
    authorText('next-shipped'),
  ];
}

function parsedCourse(source: string): CourseSpec {
  const course = parseYaml('course.yaml', source, CourseSpec);
  if ('problems' in course) throw new LabFormatError(course.problems);
  return course.value;
}

/** Only the lab's own entry is written anew: comments and the layout of everything else stay as they are. */
function withLab(source: string, part: string, id: string, announced: boolean): string {
  const document = parseDocument(source);
  const parts = document.get('parts', true);
  const home = isSeq(parts) ? parts.items.find((item) => isMap(item) && item.get('id') === part) : undefined;
  const labs = isMap(home) ? home.get('labs', true) : undefined;
  if (!isSeq(labs)) throw new AuthorError('unknown-part', { part, known: '' });
  const entries = labs.items.filter(isMap);
  const entry = announced ? entries.find((item) => item.get('id') === id) : entries.at(-1);
  const [start = 0, end = 0] = entry?.range ?? [];
  const text = source.slice(start, end);
  const kept = text.trimEnd();
  const replacement = announced ? `{ id: ${id} }` : `${kept}\n${indentOf(source, start)}- { id: ${id} }`;
  return source.slice(0, start) + replacement + text.slice(kept.length) + source.slice(end);
}

/** What stands before the `- ` of the entry that begins at `start`. */
function indentOf(source: string, start: number): string {
  const line = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return /^\s*/.exec(line)?.[0] ?? '';
}

/** lab id → NN-part/NN-lab */
function foldersOf(course: CourseSpec): ReadonlyMap<string, string> {
  let number = 0;
  const two = (value: number): string => String(value).padStart(2, '0');
  return new Map(
    course.parts.flatMap((part, index) =>
      part.labs.map((lab) => [lab.id, `${two(index + 1)}-${part.id}/${two((number += 1))}-${lab.id}`] as const),
    ),
  );
}

/** Last first, so that no folder lands on one that has yet to move. */
async function renumber(
  content: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<number> {
  let count = 0;
  for (const [id, folder] of [...before].reverse()) {
    const target = after.get(id);
    if (target === undefined || target === folder) continue;
    const there = await readdir(join(content, folder)).catch(() => undefined);
    if (there === undefined) continue;
    await rename(join(content, folder), join(content, target));
    count += 1;
  }
  return count;
}

function localText(text: { readonly ko: string; readonly en: string }, line: string): string {
  const [ko, en] = [JSON.stringify(text.ko), JSON.stringify(text.en)];
  return line === '' ? `{ ko: ${ko}, en: ${en} }` : `${line}ko: ${ko}${line}en: ${en}`;
}
