// What the blocks know while a text is rendered, what they find out, and how they complain.
import type { Env } from 'markdown-it';
import type { Choice, Task, TocEntry } from '../lab.ts';
import type { Problem } from '../problem.ts';
import type { Locale } from '../schema/text.ts';

/** A task as far as a text needs it: its block shows the title, and the choices where there are any. */
export type TaskHead = Pick<Task, 'id' | 'kind' | 'title' | 'points'> & {
  readonly input: TaskInput;
  /** sub-goals of a do task, as inline HTML */
  readonly goals: readonly Choice[];
};
export type TaskInput =
  | { readonly type: 'none' }
  | { readonly type: 'number'; readonly unit: string }
  | { readonly type: 'text' }
  | { readonly type: 'choice' | 'several' | 'order'; readonly options: readonly Choice[] };

/** Everything a text may refer to. */
export type Known = {
  readonly tasks: ReadonlyMap<string, TaskHead>;
  readonly variables: ReadonlySet<string>;
  /** name → SVG source, as read from `pictures/` */
  readonly pictures: ReadonlyMap<string, string>;
  /** id → the term in this language */
  readonly terms: ReadonlyMap<string, string>;
};

/** One element of a text's skeleton; the two languages must agree on it. */
export type Bone = { readonly kind: string; readonly key: string; readonly line: number };

/** Parts split off from the page. */
export type Fragment = { readonly task: string; readonly kind: 'hint' | 'solution'; html: string };

export class RenderContext {
  readonly file: string;
  readonly locale: Locale;
  readonly known: Known;
  readonly problems: Problem[] = [];
  readonly bones: Bone[] = [];
  readonly toc: TocEntry[] = [];
  readonly fragments: Fragment[] = [];
  readonly trainerNotes: string[] = [];
  /** ids given to headings and paragraphs → whether the page shows them from the start */
  readonly places = new Map<string, boolean>();
  readonly usedTerms = new Set<string>();
  readonly usedVariables = new Set<string>();
  /** open blocks while parsing, outermost first */
  readonly open: { readonly name: string; readonly argument: string }[] = [];
  /** first line of the text in its file, for places */
  readonly firstLine: number = 1;

  constructor(file: string, locale: Locale, known: Known) {
    this.file = file;
    this.locale = locale;
    this.known = known;
  }

  /** `line` is 0-based, as markdown-it counts. */
  complain(line: number, key: string, expected: string, found: string): void {
    this.problems.push({ file: this.file, line: line + this.firstLine, key, expected, found });
  }

  bone(kind: string, key: string, line: number): void {
    this.bones.push({ kind, key, line: line + this.firstLine });
  }

  inside(name: string): boolean {
    return this.open.some((block) => block.name === name);
  }

  /** The innermost task being written, if any. */
  get task(): string | undefined {
    return this.open.findLast((block) => block.name === 'task')?.argument;
  }
}

const CONTEXT = Symbol('render context');

export function envOf(context: RenderContext): Env {
  return { [CONTEXT]: context };
}

export function contextOf(env: Env | undefined): RenderContext {
  const context: unknown = env?.[CONTEXT];
  if (!(context instanceof RenderContext)) throw new Error('rendered without a context');
  return context;
}
