// `npm run import -- killercoda DIR`: a scenario folder becomes a draft lab and a list of what needs a human.
//
// The format, as its public scenarios use it: index.json with title, description and details.{intro, steps, finish, assets}; each of
// intro, steps and finish names a text and may name foreground, background and (steps) verify scripts; texts mark commands by
// `command`{{exec}} or {{copy}}, fences by the same mark behind their end.
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { importedText } from './killercoda-text.ts';
import { AuthorError, authorText } from './words.ts';

const DRAFTS = fileURLToPath(new URL('../drafts', import.meta.url));
const TODO = 'TODO.md';

const Page = z.looseObject({
  title: z.string().optional(),
  text: z.string().optional(),
  foreground: z.string().optional(),
  background: z.string().optional(),
  verify: z.string().optional(),
});
const Asset = z.looseObject({ file: z.string(), target: z.string(), chmod: z.string().optional() });
const Scenario = z.looseObject({
  title: z.string(),
  description: z.string().optional(),
  details: z.looseObject({
    intro: Page.optional(),
    steps: z.array(Page).min(1),
    finish: Page.optional(),
    assets: z.record(z.string(), z.array(Asset)).optional(),
  }),
  backend: z.looseObject({ imageid: z.string().optional() }).optional(),
});
type Page = z.infer<typeof Page>;
type Scenario = z.infer<typeof Scenario>;

type Draft = { readonly files: Map<string, string>; readonly todo: string[] };

/** Writes the draft below labs/drafts, or into `to`; an existing folder is left alone. Returns what to tell the author. */
export async function importKillercoda(from: string, to: string | undefined): Promise<readonly string[]> {
  const index = join(from, 'index.json');
  const source = await readFile(index, 'utf8').catch(() => undefined);
  if (source === undefined) throw new AuthorError('import-missing', { file: index });
  const scenario = parseScenario(index, source);
  const id = idOf(basename(resolve(from)));
  const folder = to ?? join(DRAFTS, id);
  if (
    await access(folder).then(
      () => true,
      () => false,
    )
  )
    throw new AuthorError('import-exists', { folder });
  const { files, todo } = await draft(id, scenario, (name) => readWithin(from, name));
  for (const [path, contents] of files) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), contents);
  }
  const list = todo.map((item) => `- [ ] ${item}`);
  await writeFile(join(folder, TODO), `# ${scenario.title}: what needs a human\n\n${list.join('\n')}\n`);
  return [authorText('imported', { folder, todo: TODO, count: todo.length }), ...list];
}

function parseScenario(file: string, source: string): Scenario {
  try {
    return Scenario.parse(JSON.parse(source));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const reason = issue ? `${issue.path.join('.')}: ${issue.message}` : error instanceof Error ? error.message : '';
    throw new AuthorError('import-json', { file, reason });
  }
}

/** A file of the scenario; one that index.json looks for outside of the folder counts as missing. */
async function readWithin(from: string, name: string): Promise<string | undefined> {
  const path = resolve(from, name);
  if (!path.startsWith(resolve(from) + sep)) return undefined;
  return await readFile(path, 'utf8').then(
    (text) => text.replaceAll('\r\n', '\n'),
    () => undefined,
  );
}

async function draft(
  id: string,
  scenario: Scenario,
  read: (name: string) => Promise<string | undefined>,
): Promise<Draft> {
  const { intro, steps, finish, assets } = scenario.details;
  const files = new Map<string, string>();
  const todo: string[] = [
    'ko.md holds the English text: write it in Korean (합니다체), as somebody who thinks in Korean would.',
    'lab.yaml: titles, `explains` and messages need Korean; `minutes` is a guess.',
  ];
  const used = new Set<string>();
  const texts: string[] = [];
  const tasks: string[] = [];
  const setup: string[] = [];
  const need = async (name: string | undefined, what: string): Promise<string | undefined> => {
    if (name === undefined) return undefined;
    const contents = await read(name);
    if (contents === undefined) todo.push(`${what}: index.json names \`${name}\`, which is not in the folder.`);
    return contents;
  };
  const scripts = async (page: Page, where: string): Promise<void> => {
    const background = await need(page.background, where);
    if (background !== undefined) {
      setup.push(`# ${where}: ${page.background}`, body(background));
      todo.push(
        `setup.sh: \`${page.background}\` ran in the background of ${where}. Let setup.sh take less than a second; what is the same for everybody goes into bake.sh. There is no network.`,
      );
    }
    const foreground = await need(page.foreground, where);
    if (foreground !== undefined) {
      setup.push(`# ${where}: ${page.foreground} (was typed before the learner’s eyes)`, body(foreground));
      todo.push(
        `setup.sh: \`${page.foreground}\` was typed into the learner’s terminal in ${where}. Show it in the text as a command, or keep it in setup.sh.`,
      );
    }
  };

  for (const [position, page] of [intro, ...steps, finish].entries()) {
    if (page === undefined) continue;
    const number = page === intro ? 0 : page === finish && position > steps.length ? -1 : position;
    const where = number === 0 ? 'the introduction' : number === -1 ? 'the end' : `step ${number}`;
    const title =
      page.title ?? (number === 0 ? scenario.title : number === -1 ? 'What you can now explain' : `Step ${number}`);
    const key = unique(idOf(title), used);
    const text = importedText((await need(page.text, where)) ?? '', where);
    todo.push(...text.todo);
    await scripts(page, where);
    texts.push(`## ${plain(title)} {#${key}}`, text.markdown);
    const verify = await need(page.verify, where);
    if (verify === undefined) continue;
    tasks.push(taskYaml(key, plain(title)));
    texts.push(taskBlock(key));
    files.set(`tasks/${key}/check.sh`, checkScript(page.verify ?? '', verify));
    files.set(`tasks/${key}/solve.sh`, '# TODO: what a learner types to solve this.\nfalse\n');
    todo.push(
      `tasks/${key}/check.sh: the script of ${where} only knew right and wrong. Say what was seen: one message for each way to be wrong.`,
      `tasks/${key}/solve.sh and wrong-*.sh: write a right solution and at least two typical mistakes (lab.yaml names the message each yields).`,
      `ko.md, en.md: the task \`${key}\` needs its wording, hints and a solution; in the text above it no command may give the answer away.`,
    );
  }
  if (tasks.length === 0) {
    todo.push(
      'No step has a verify script: a lab needs at least one task. lab.yaml holds a choose task to begin with.',
    );
    tasks.push(CHOOSE);
    texts.push(':::task recap\nChoose.\n:::');
  }
  for (const [host, list] of Object.entries(assets ?? {})) {
    for (const { file, target, chmod } of list) {
      todo.push(
        `files/: put \`assets/${file}\` at \`files${target}/\`${chmod ? ` (mode ${chmod})` : ''}; it was copied to ${host}.`,
      );
    }
  }
  if (scenario.backend?.imageid) {
    todo.push(
      `The scenario ran on the image \`${scenario.backend.imageid}\`; the guest here is Debian with podman and without a network to the outside. See whether every command is there.`,
    );
  }
  const markdown = `${texts
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n\n')}\n`;
  files.set('ko.md', markdown).set('en.md', markdown);
  files.set('lab.yaml', labYaml(id, scenario, tasks));
  if (setup.length > 0) files.set('setup.sh', `${setup.join('\n')}\n`);
  return { files, todo };
}

function labYaml(id: string, { title, description }: Scenario, tasks: readonly string[]): string {
  const explains = plain(description ?? title);
  const both = (text: string): string => `{ ko: ${JSON.stringify(text)}, en: ${JSON.stringify(text)} }`;
  return `id: ${id}\ntitle: ${both(plain(title))}\nexplains: ${both(explains)}\nminutes: 15\ntasks:\n${tasks.join('')}`;
}

function taskYaml(id: string, title: string): string {
  const text = JSON.stringify(title);
  const message =
    '{ ko: 아직 아닙니다. 무엇을 보았고 무엇이 필요한지 적으십시오., en: Not yet. Write what was seen and what is wanted. }';
  return `  - id: ${id}\n    kind: do\n    title: { ko: ${text}, en: ${text} }\n    messages:\n      not-yet: ${message}\n`;
}

function taskBlock(id: string): string {
  return `:::task ${id}\nTODO: say what is to be reached, not how.\n\n:::solution\nTODO\n:::\n:::`;
}

/** The original decides by its exit code; ours says so in a word. */
function checkScript(name: string, verify: string): string {
  return `# From ${name}, which passed with exit code 0.\nif (\nset +u\n${body(verify)}\n); then pass; fi\nfail not-yet\n`;
}

const CHOOSE = `  - id: recap
    kind: choose
    title: { ko: 고르기, en: Choose }
    options:
      - { id: right, text: { ko: TODO, en: TODO }, right: true, reason: { ko: TODO, en: TODO } }
      - { id: wrong, text: { ko: TODO, en: TODO }, reason: { ko: TODO, en: TODO } }
`;

const body = (script: string): string => script.replace(/^#!.*\n/, '').trimEnd();
/** One line without what Markdown or our blocks would take for a sign. */
const plain = (text: string): string =>
  text
    .replaceAll(/[`*_[\]{}<>]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim() || 'Untitled';

function idOf(text: string): string {
  const words =
    text
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  const id = words.join('-').slice(0, 48).replace(/-+$/, '');
  return /^[a-z]/.test(id) ? id : `step${id === '' ? '' : `-${id}`}`;
}

function unique(id: string, used: Set<string>): string {
  let found = id;
  for (let turn = 2; used.has(found); turn += 1) found = `${id}-${turn}`;
  used.add(found);
  return found;
}
