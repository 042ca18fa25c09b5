// Whether the files of a lab fit together: scripts, tasks, needs, messages, variables, texts.
import type { LabSource } from './assembly.ts';
import type { Rendered } from './markdown/renderer.ts';
import type { Problem } from './problem.ts';
import type { LabSpec } from './schema/lab.ts';
import type { LineOf } from './schema/yaml.ts';

const ENTRIES = new Set([
  'lab.yaml',
  'ko.md',
  'en.md',
  'bake.sh',
  'setup.sh',
  'tasks',
  'files',
  'pictures',
  'translations.json',
]);

export function checkScripts(source: LabSource, spec: LabSpec, file: string, lineOf: LineOf): readonly Problem[] {
  const problems: Problem[] = [];
  const at = (path: readonly PropertyKey[], expected: string, found: string) =>
    problems.push({ file, line: lineOf(path), key: path.map(String).join('.'), expected, found });
  const script = (path: string, expected: string, found: string) =>
    problems.push({ file: `${source.path}/${path}`, line: undefined, key: 'file', expected, found });

  if (spec.id !== source.id) at(['id'], `"${source.id}", as the folder says`, `"${spec.id}"`);
  for (const entry of source.entries.filter((name) => !ENTRIES.has(name)))
    script(entry, `one of ${[...ENTRIES].join(', ')}`, `"${entry}"`);
  const prepared = source.setup ?? source.bake ?? spec.variablesFile;
  if (prepared === undefined && source.files.length > 0) {
    script('files', 'a setup.sh, bake.sh or variablesFile that uses them', 'none');
  }
  const ids = spec.tasks.map((task) => task.id);
  for (const id of source.tasks.keys())
    if (!ids.includes(id)) script(`tasks/${id}`, `a task of lab.yaml (${ids.join(', ')})`, `"${id}"`);
  for (const [index, task] of spec.tasks.entries()) {
    if (ids.indexOf(task.id) !== index) at(['tasks', index, 'id'], 'an id of its own', `"${task.id}" a second time`);
    for (const [position, id] of task.needs.entries()) {
      if (!ids.slice(0, index).includes(id))
        at(['tasks', index, 'needs', position], 'a task that stands before', `"${id}"`);
    }
    if (task.kind === 'choose') {
      if (source.tasks.has(task.id)) script(`tasks/${task.id}`, 'no scripts for a choose task', 'a folder');
      continue;
    }
    const scripts = source.tasks.get(task.id);
    for (const name of ['check.sh', 'solve.sh'])
      if (!scripts?.has(name)) script(`tasks/${task.id}/${name}`, 'a script', 'none');
    const messages = { ...spec.messages, ...task.messages };
    const wanted = new Set(['check.sh', 'solve.sh', ...Object.keys(task.wrong).map((name) => `wrong-${name}.sh`)]);
    for (const name of scripts?.keys() ?? []) {
      if (!wanted.has(name))
        script(`tasks/${task.id}/${name}`, 'check.sh, solve.sh, or a wrong-<name>.sh named in lab.yaml', `"${name}"`);
    }
    for (const [name, message] of Object.entries(task.wrong)) {
      if (!scripts?.has(`wrong-${name}.sh`)) script(`tasks/${task.id}/wrong-${name}.sh`, 'a script', 'none');
      if (!Object.hasOwn(messages, message))
        at(['tasks', index, 'wrong', name], 'a message of this task', `"${message}"`);
    }
    checkMessages(
      scripts?.get('check.sh') ?? '',
      Object.keys(messages),
      `${source.path}/tasks/${task.id}/check.sh`,
      problems,
    );
  }
  return problems;
}

/** A check must name messages that exist; ids made by the shell (`fail "$id"`) cannot be seen from here. */
function checkMessages(script: string, messages: readonly string[], file: string, problems: Problem[]): void {
  for (const [index, line] of script.split('\n').entries()) {
    if (line.trimStart().startsWith('#')) continue;
    for (const match of line.matchAll(/(?:^|[;&|({\s])(?:fail|say|near)\s+([a-z][a-z0-9-]*)/g)) {
      const id = match[1] ?? '';
      if (!messages.includes(id)) {
        problems.push({
          file,
          line: index + 1,
          key: 'message',
          expected: `one of ${messages.join(', ') || 'none'}`,
          found: `"${id}"`,
        });
      }
    }
  }
}

export function checkTexts(
  source: LabSource,
  spec: LabSpec,
  file: string,
  lineOf: LineOf,
  rendered: { readonly ko: Rendered; readonly en: Rendered },
  files: { readonly ko: string; readonly en: string },
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const locale of ['ko', 'en'] as const) {
    const shown = rendered[locale].bones.filter((bone) => bone.kind === 'task');
    for (const [index, task] of spec.tasks.entries()) {
      const blocks = shown.filter((bone) => bone.key === task.id);
      if (blocks.length === 0) {
        problems.push({
          file,
          line: lineOf(['tasks', index, 'id']),
          key: `tasks.${index}`,
          expected: `a block ":::task ${task.id}" in ${files[locale]}`,
          found: 'none',
        });
      }
      for (const block of blocks.slice(1)) {
        problems.push({
          file: files[locale],
          line: block.line,
          key: ':::task',
          expected: 'each task once',
          found: `"${task.id}" again`,
        });
      }
      if (task.kind !== 'choose' && blocks.length > 0 && !rendered[locale].solutions.has(task.id)) {
        problems.push({
          file: files[locale],
          line: blocks[0]?.line,
          key: `:::task ${task.id}`,
          expected: 'a :::solution in it',
          found: 'none',
        });
      }
    }
  }
  for (const { path, id } of placesNamed(spec)) {
    // The two texts have the same places, or the skeletons differ.
    if (rendered.ko.places.has(id)) continue;
    const places = [...rendered.ko.places].join(', ') || 'none';
    problems.push({
      file,
      line: lineOf(path),
      key: path.map(String).join('.'),
      expected: `a heading or paragraph that is open from the start: ${places}`,
      found: `"${id}"`,
    });
  }
  const scripts = [source.setup, source.bake, ...[...source.tasks.values()].flatMap((task) => [...task.values()])].join(
    '\n',
  );
  for (const name of Object.keys(spec.variables)) {
    const used =
      spec.variablesFile !== undefined ||
      rendered.ko.variables.has(name) ||
      scripts.includes(`UH_${name.toUpperCase()}`);
    if (!used)
      problems.push({
        file,
        line: lineOf(['variables', name]),
        key: `variables.${name}`,
        expected: 'to be used in a text or script',
        found: 'no use',
      });
  }
  return problems;
}

/** Every `explain:` of lab.yaml. */
function placesNamed(spec: LabSpec): readonly { readonly path: readonly PropertyKey[]; readonly id: string }[] {
  const named: { path: readonly PropertyKey[]; id: string }[] = [];
  const messages = (at: readonly PropertyKey[], of: LabSpec['messages']) => {
    for (const [name, { explain }] of Object.entries(of))
      if (explain !== undefined) named.push({ path: [...at, 'messages', name, 'explain'], id: explain });
  };
  messages([], spec.messages);
  for (const [index, task] of spec.tasks.entries()) {
    if (task.explain !== undefined) named.push({ path: ['tasks', index, 'explain'], id: task.explain });
    if (task.kind !== 'choose') messages(['tasks', index], task.messages);
  }
  return named;
}
