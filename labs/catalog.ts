// Reads the course from disk: the only file that opens lab files. What it reads, assembly.ts turns into labs.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { assembleCourse, assembleLab } from './assembly.ts';
import type { LabSource, TaskScripts } from './assembly.ts';
import { syntaxProblems } from './bash-syntax.ts';
import { isEditorFile } from './editor-files.ts';
import type { Catalog, Lab, LabFile } from './lab.ts';
import { LabFormatError } from './problem.ts';
import type { Problem } from './problem.ts';
import { CourseSpec, GlossarySpec } from './schema/course.ts';
import { parseYaml } from './schema/yaml.ts';
import { TRANSLATIONS } from './translations.ts';

/** Reads and checks everything below `dir` (labs/content). Throws one LabFormatError with all that is wrong. */
export async function loadCatalog(dir: string): Promise<Catalog> {
  const problems: Problem[] = [];
  const course = parseYaml('course.yaml', (await text(join(dir, 'course.yaml'))) ?? '', CourseSpec);
  const glossary = parseYaml('glossary.yaml', (await text(join(dir, 'glossary.yaml'))) ?? '{}', GlossarySpec);
  if ('problems' in course) throw new LabFormatError(course.problems);
  if ('problems' in glossary) throw new LabFormatError(glossary.problems);
  const folders = await labFolders(dir, course.value, problems);
  const labs = new Map<string, Lab>();
  const sources = await Promise.all(folders.map((folder) => readLab(dir, folder)));
  const unreadable = await Promise.all(sources.map((source) => syntaxProblems(scriptsOf(source))));
  problems.push(...unreadable.flat());
  for (const source of sources) {
    const lab = assembleLab(source, glossary.value);
    if ('problems' in lab) problems.push(...lab.problems);
    else labs.set(lab.id, lab);
  }
  if (problems.length > 0) throw new LabFormatError(problems);
  const catalog = assembleCourse(course, glossary.value, labs);
  if ('problems' in catalog) throw new LabFormatError(catalog.problems);
  return catalog;
}

type Folder = { readonly path: string; readonly id: string; readonly part: string; readonly number: number };

/** `NN-part/NN-lab` below the content folder; each must be named in course.yaml, at its place. */
async function labFolders(dir: string, course: CourseSpec, problems: Problem[]): Promise<Folder[]> {
  const found: Folder[] = [];
  let number = 0;
  const expected = new Map<string, Folder>();
  for (const [index, part] of course.parts.entries()) {
    for (const lab of part.labs) {
      number += 1;
      const path = `${two(index + 1)}-${part.id}/${two(number)}-${lab.id}`;
      expected.set(path, { path, id: lab.id, part: part.id, number });
    }
  }
  for (const part of await folders(dir)) {
    for (const name of await folders(join(dir, part))) {
      const path = `${part}/${name}`;
      const folder = expected.get(path);
      if (folder) found.push(folder);
      else
        problems.push({
          file: path,
          line: undefined,
          key: 'folder',
          expected: 'a lab of course.yaml, as NN-part/NN-lab',
          found: path,
        });
    }
  }
  return found.sort((a, b) => a.number - b.number);
}

async function readLab(dir: string, folder: Folder): Promise<LabSource> {
  const at = (...parts: string[]) => join(dir, folder.path, ...parts);
  const pictures = new Map<string, string>();
  for (const file of await files(at('pictures'))) {
    if (file.endsWith('.svg')) pictures.set(file.slice(0, -4), (await text(at('pictures', file))) ?? '');
  }
  const tasks = new Map<string, TaskScripts>();
  for (const id of await folders(at('tasks'))) {
    const scripts = new Map<string, string>();
    for (const file of await files(at('tasks', id))) scripts.set(file, (await text(at('tasks', id, file))) ?? '');
    tasks.set(id, scripts);
  }
  return {
    ...folder,
    yaml: await text(at('lab.yaml')),
    ko: await text(at('ko.md')),
    en: await text(at('en.md')),
    bake: await text(at('bake.sh')),
    setup: await text(at('setup.sh')),
    translations: await text(at(TRANSLATIONS)),
    entries: (await entries(at())).map((entry) => entry.name),
    pictures,
    tasks,
    files: await tree(at('files')),
  };
}

/** Everything of a lab that bash runs, by file. */
function scriptsOf({ path, bake, setup, tasks }: LabSource): ReadonlyMap<string, string> {
  const scripts = new Map<string, string>();
  if (bake !== undefined) scripts.set(`${path}/bake.sh`, bake);
  if (setup !== undefined) scripts.set(`${path}/setup.sh`, setup);
  for (const [id, files] of tasks) for (const [name, text] of files) scripts.set(`${path}/tasks/${id}/${name}`, text);
  return scripts;
}

/** `files/usr/local/bin/x` is written to `/usr/local/bin/x`; a script keeps being executable. */
async function tree(root: string): Promise<LabFile[]> {
  const found: LabFile[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await entries(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path);
      else {
        const executable = ((await stat(path)).mode & 0o100) !== 0;
        const target = `/${relative(root, path).split(sep).join('/')}`;
        found.push({ path: target, mode: executable ? 0o755 : 0o644, contents: new Uint8Array(await readFile(path)) });
      }
    }
  };
  await walk(root);
  return found;
}

const two = (number: number) => String(number).padStart(2, '0');
const folders = async (dir: string) =>
  (await entries(dir)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const files = async (dir: string) => (await entries(dir)).filter((entry) => entry.isFile()).map((entry) => entry.name);

async function entries(dir: string) {
  try {
    const found = (await readdir(dir, { withFileTypes: true })).filter((entry) => !isEditorFile(join(dir, entry.name)));
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function text(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
