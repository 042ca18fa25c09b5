// Compares the two languages of a lab: the same blocks, tasks, commands, pictures and variables, in the same order.
import type { Problem } from '../problem.ts';
import type { Bone } from './context.ts';
import type { Rendered } from './renderer.ts';

/** The first difference is told; what follows it would only be its echo. */
export function compareSkeletons(
  files: { readonly ko: string; readonly en: string },
  ko: Rendered,
  en: Rendered,
): readonly Problem[] {
  for (let index = 0; index < Math.max(ko.bones.length, en.bones.length); index += 1) {
    const left = ko.bones[index];
    const right = en.bones[index];
    if (same(left, right)) continue;
    // Where the next one fits again, it is the other text that lacks something.
    const koLacks = right !== undefined && same(left, en.bones[index + 1]);
    return [koLacks ? difference(files.ko, left, files.en, right) : difference(files.en, right, files.ko, left)];
  }
  const missing = (from: ReadonlySet<string>, to: ReadonlySet<string>) => [...from].filter((name) => !to.has(name));
  return [
    ...missing(ko.variables, en.variables).map((name) => gap(files.en, 'variable', `{{${name}}}`, files.ko)),
    ...missing(en.variables, ko.variables).map((name) => gap(files.ko, 'variable', `{{${name}}}`, files.en)),
    ...missing(ko.terms, en.terms).map((name) => gap(files.en, 'term', `[[${name}]]`, files.ko)),
    ...missing(en.terms, ko.terms).map((name) => gap(files.ko, 'term', `[[${name}]]`, files.en)),
  ];
}

function same(left: Bone | undefined, right: Bone | undefined): boolean {
  return left?.kind === right?.kind && left?.key === right?.key;
}

function difference(file: string, found: Bone | undefined, other: string, wanted: Bone | undefined): Problem {
  return {
    file,
    line: found?.line,
    key: 'skeleton',
    expected: wanted ? `${say(wanted)} as in ${other}:${wanted.line}` : `the end, as in ${other}`,
    found: found ? say(found) : 'the end of the text',
  };
}

function say(bone: Bone): string {
  const key = bone.key.length > 60 ? `${bone.key.slice(0, 57)}…` : bone.key;
  return key === '' ? bone.kind : `${bone.kind} ${JSON.stringify(key)}`;
}

function gap(file: string, key: string, name: string, other: string): Problem {
  return { file, line: undefined, key, expected: `${name} as in ${other}`, found: 'nothing' };
}
