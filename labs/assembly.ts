// Turns what was read of a lab into a Lab: checks that its files fit together, renders both languages. No disk.
import { createHash } from 'node:crypto';
import { checkScripts, checkTexts } from './coherence.ts';
import type { Catalog, Choice, GlossaryEntry, Lab, LabFile, Task } from './lab.ts';
import type { Known, TaskHead, TaskInput } from './markdown/context.ts';
import { renderInline, renderText } from './markdown/renderer.ts';
import type { Rendered } from './markdown/renderer.ts';
import { compareSkeletons } from './markdown/skeleton.ts';
import type { Problem } from './problem.ts';
import type { CourseSpec, GlossarySpec } from './schema/course.ts';
import { LabSpec } from './schema/lab.ts';
import type { TaskSpec } from './schema/task.ts';
import type { Locale, LocalText } from './schema/text.ts';
import { parseYaml } from './schema/yaml.ts';
import { drift, pairTexts, silences } from './translations.ts';
import type { LineOf } from './schema/yaml.ts';

/** file name → contents, of one `tasks/<id>/` */
export type TaskScripts = ReadonlyMap<string, string>;

/** A lab's files as they are on disk; undefined = not there. */
export type LabSource = {
  readonly path: string;
  readonly id: string;
  readonly part: string;
  readonly number: number;
  readonly yaml: string | undefined;
  readonly ko: string | undefined;
  readonly en: string | undefined;
  readonly bake: string | undefined;
  readonly setup: string | undefined;
  readonly translations?: string | undefined;
  /** names in the lab's own folder */
  readonly entries: readonly string[];
  readonly pictures: ReadonlyMap<string, string>;
  readonly tasks: ReadonlyMap<string, TaskScripts>;
  readonly files: readonly LabFile[];
};

type Failed = { readonly problems: readonly Problem[] };

export function assembleLab(source: LabSource, glossary: GlossarySpec): Lab | Failed {
  const missing = (['lab.yaml', 'ko.md', 'en.md'] as const).filter(
    (file) => source[file === 'lab.yaml' ? 'yaml' : file === 'ko.md' ? 'ko' : 'en'] === undefined,
  );
  if (missing.length > 0) {
    return {
      problems: missing.map((file) => ({
        file: `${source.path}/${file}`,
        line: undefined,
        key: 'file',
        expected: 'a file',
        found: 'none',
      })),
    };
  }
  const yamlFile = `${source.path}/lab.yaml`;
  const parsed = parseYaml(yamlFile, source.yaml ?? '', LabSpec);
  if ('problems' in parsed) return parsed;
  const spec = parsed.value;
  const files = { ko: `${source.path}/ko.md`, en: `${source.path}/en.md` };
  const ko = renderText(files.ko, source.ko ?? '', 'ko', known(spec, source, glossary, 'ko'));
  const en = renderText(files.en, source.en ?? '', 'en', known(spec, source, glossary, 'en'));
  const problems: Problem[] = [
    ...checkScripts(source, spec, yamlFile, parsed.lineOf),
    ...ko.problems,
    ...en.problems,
    ...compareSkeletons(files, ko, en),
    ...checkTexts(source, spec, yamlFile, parsed.lineOf, { ko, en }, files),
  ];
  const texts = { ko: { source: source.ko ?? '', bones: ko.bones }, en: { source: source.en ?? '', bones: en.bones } };
  // Only texts of the same skeleton can be laid beside each other.
  if (problems.length === 0) problems.push(...silences(files, texts.ko, texts.en));
  if (problems.length > 0) return { problems };
  const pairs = pairTexts(texts.ko, texts.en);
  const both = (pick: (rendered: Rendered) => string): LocalText => ({ ko: pick(ko), en: pick(en) });
  return {
    id: spec.id,
    slug: spec.id,
    part: source.part,
    number: source.number,
    title: spec.title,
    explains: spec.explains,
    minutes: spec.minutes,
    prerequisites: spec.prerequisites,
    variables: spec.variables,
    settings: spec.settings,
    tasks: spec.tasks.map((task) => assembleTask(task, spec, source, ko, en)),
    html: { ko: ko.html + glossaryHtml(ko, glossary, 'ko'), en: en.html + glossaryHtml(en, glossary, 'en') },
    toc: { ko: ko.toc, en: en.toc },
    folder: source.path,
    textPairs: pairs,
    unreviewed: drift(source.path, spec.id, pairs, source.translations),
    trainerNotes: ko.trainerNotes.map((_, index) => both((rendered) => rendered.trainerNotes[index] ?? '')),
    setup:
      source.setup === undefined && spec.variablesFile === undefined
        ? undefined
        : {
            script: source.setup,
            variablesFile: spec.variablesFile,
            timeoutMs: spec.setupSeconds * 1000,
            files: source.bake === undefined ? source.files : [],
          },
    bake:
      source.bake === undefined
        ? undefined
        : {
            name: spec.id,
            hash: hashOf([source.bake, ...source.files.flatMap((file) => [file.path, file.mode, file.contents])]),
            script: source.bake,
            files: source.files,
          },
    hash: hashOf([
      source.yaml,
      source.ko,
      source.en,
      source.bake,
      source.setup,
      ...[...source.tasks].flatMap(([id, scripts]) => [id, ...[...scripts].flat()]),
      ...[...source.pictures].flat(),
      ...source.files.flatMap((file) => [file.path, file.mode, file.contents]),
    ]),
  };
}

function assembleTask(task: TaskSpec, spec: LabSpec, source: LabSource, ko: Rendered, en: Rendered): Task {
  const hints = (ko.hints.get(task.id) ?? []).map((html, index) => ({
    ko: html,
    en: en.hints.get(task.id)?.[index] ?? '',
  }));
  const solution = { ko: ko.solutions.get(task.id) ?? '', en: en.solutions.get(task.id) ?? '' };
  const base = {
    id: task.id,
    title: task.title,
    points: task.points,
    needs: task.needs,
    explain: task.explain,
    hints,
    solution,
  };
  if (task.kind === 'choose') {
    return { ...base, kind: 'choose', edge: true, several: task.several, options: task.options };
  }
  const scripts = source.tasks.get(task.id);
  const judged = {
    check: scripts?.get('check.sh') ?? '',
    solve: scripts?.get('solve.sh') ?? '',
    wrong: Object.entries(task.wrong).map(([name, expects]) => ({
      name,
      script: scripts?.get(`wrong-${name}.sh`) ?? '',
      expects,
    })),
    messages: { ...spec.messages, ...task.messages },
    timeoutMs: task.timeoutSeconds * 1000,
    retryMs: task.everySeconds === undefined ? undefined : task.everySeconds * 1000,
    ripensMs: task.ripensSeconds * 1000,
  };
  if (task.kind === 'do') return { ...base, ...judged, kind: 'do', edge: task.edge, goals: task.goals };
  if (task.kind === 'find') return { ...base, ...judged, kind: 'find', edge: true, answer: task.answer };
  return { ...base, ...judged, kind: 'predict', edge: true, prediction: task.prediction };
}

function known(spec: LabSpec, source: LabSource, glossary: GlossarySpec, locale: Locale): Known {
  const names: Known = {
    tasks: new Map(),
    variables: new Set(Object.keys(spec.variables)),
    pictures: source.pictures,
    terms: new Map(Object.entries(glossary).map(([id, entry]) => [id, entry.term[locale]])),
  };
  const tasks = spec.tasks.map((task): [string, TaskHead] => [
    task.id,
    {
      id: task.id,
      kind: task.kind,
      title: task.title,
      points: task.points,
      input: inputOf(task, names),
      goals: goalsOf(task, names),
    },
  ]);
  return { ...names, tasks: new Map(tasks) };
}

function goalsOf(task: TaskSpec, names: Known): readonly Choice[] {
  if (task.kind !== 'do') return [];
  return inlined(
    Object.entries(task.goals).map(([id, goal]) => ({ id, text: goal.text })),
    names,
  );
}

function inlined(given: readonly Choice[], names: Known): readonly Choice[] {
  return given.map(({ id, text }) => ({
    id,
    text: { ko: renderInline(text.ko, 'ko', names), en: renderInline(text.en, 'en', names) },
  }));
}

function inputOf(task: TaskSpec, names: Known): TaskInput {
  switch (task.kind) {
    case 'do':
      return { type: 'none' };
    case 'choose':
      return { type: task.several ? 'several' : 'choice', options: inlined(task.options, names) };
    case 'find':
      return task.answer.type === 'number' ? { type: 'number', unit: task.answer.unit } : { type: 'text' };
    case 'predict':
      if (task.prediction.type === 'number') return { type: 'number', unit: task.prediction.unit };
      return { type: task.prediction.type, options: inlined(task.prediction.options, names) };
  }
}

/** The terms a text used, at its end, so that a link to one works without any script. */
function glossaryHtml(rendered: Rendered, glossary: GlossarySpec, locale: Locale): string {
  if (rendered.terms.size === 0) return '';
  const entries = [...rendered.terms].map((id) => {
    const entry = glossary[id];
    return entry
      ? `<dt id="term-${id}">${inline(entry.term[locale], locale)}</dt><dd id="about-${id}">${inline(entry.text[locale], locale)}</dd>`
      : '';
  });
  return `<section class="glossary" aria-label="${locale === 'ko' ? '용어' : 'Terms'}"><dl>${entries.join('')}</dl></section>\n`;
}

const NOTHING_KNOWN: Known = { tasks: new Map(), variables: new Set(), pictures: new Map(), terms: new Map() };
const inline = (source: string, locale: Locale) => renderInline(source, locale, NOTHING_KNOWN);

export function assembleCourse(
  course: { readonly value: CourseSpec; readonly lineOf: LineOf },
  glossary: GlossarySpec,
  labs: ReadonlyMap<string, Lab>,
): Catalog | Failed {
  const problems: Problem[] = [];
  let number = 0;
  const parts = course.value.parts.map((part, partIndex) => ({
    id: part.id,
    number: partIndex + 1,
    title: part.title,
    labs: part.labs.map((entry, index) => {
      number += 1;
      const lab = labs.get(entry.id);
      const title = lab?.title ?? entry.title;
      const explains = lab?.explains ?? entry.explains;
      const line = course.lineOf(['parts', partIndex, 'labs', index, 'id']);
      const key = `parts.${partIndex}.labs.${index}`;
      if (lab && (entry.title || entry.explains)) {
        problems.push({
          file: 'course.yaml',
          line,
          key,
          expected: 'only the id (lab.yaml has title and explains)',
          found: 'both',
        });
      }
      if (!title || !explains) {
        problems.push({
          file: 'course.yaml',
          line,
          key,
          expected: 'a lab folder, or title and explains',
          found: 'neither',
        });
      }
      const nothing = { ko: '', en: '' };
      return { id: entry.id, number, title: title ?? nothing, explains: explains ?? nothing, lab };
    }),
  }));
  for (const lab of labs.values()) {
    for (const id of lab.prerequisites.filter(
      (wanted) => !parts.some((part) => part.labs.some((other) => other.id === wanted)),
    )) {
      problems.push({
        file: `${lab.id}/lab.yaml`,
        line: undefined,
        key: 'prerequisites',
        expected: 'a lab of course.yaml',
        found: `"${id}"`,
      });
    }
  }
  if (problems.length > 0) return { problems };
  const entries: GlossaryEntry[] = Object.entries(glossary).map(([id, entry]) => ({
    id,
    term: entry.term,
    html: { ko: inline(entry.text.ko, 'ko'), en: inline(entry.text.en, 'en') },
  }));
  const ready = parts.flatMap((part) => part.labs.flatMap((station) => (station.lab ? [station.lab] : [])));
  return { title: course.value.title, parts, labs: ready, glossary: entries };
}

function hashOf(parts: readonly (string | number | Uint8Array | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = part instanceof Uint8Array ? part : Buffer.from(String(part));
    // the length keeps neighbours apart
    hash.update(`${bytes.byteLength}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}
