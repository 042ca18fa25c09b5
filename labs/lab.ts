// A lab as the rest of the project sees it: read, checked and rendered. Made by catalog.ts.
import type { AnswerSpec, PredictionSpec } from './schema/task.ts';
import type { Messages } from './schema/messages.ts';
import type { Settings } from './schema/settings.ts';
import type { LocalText, Locale } from './schema/text.ts';
import type { VariableSpecs } from './schema/variables.ts';
import type { Problem } from './problem.ts';
import type { TextPair } from './translations.ts';

export type TocEntry = { readonly id: string; readonly level: 2 | 3; readonly text: string };

/** A file of the lab's `files/`, to be written before `bake.sh` or `setup.sh` runs. */
export type LabFile = { readonly path: string; readonly mode: number; readonly contents: Uint8Array };

/** Same shape as the sandbox's BakeRecipe. */
export type Bake = {
  readonly name: string;
  readonly hash: string;
  readonly script: string;
  readonly files: readonly LabFile[];
};

/** Done after the machine was handed out and before the learner sees it. */
export type Setup = {
  /** run as root with bash, `UH_*` in its environment */
  readonly script: string | undefined;
  /** where the variables are written before */
  readonly variablesFile: string | undefined;
  readonly timeoutMs: number;
  readonly files: readonly LabFile[];
};

/** A typical mistake as a script; proving the lab runs it and wants this message. */
export type WrongSolution = { readonly name: string; readonly script: string; readonly expects: string };

type TaskBase = {
  readonly id: string;
  readonly title: LocalText;
  readonly points: number;
  /** ids of tasks to be passed before */
  readonly needs: readonly string[];
  /** id of the place in the text that its messages link to; undefined = its own section */
  readonly explain: string | undefined;
  /** HTML, in order; never part of the page */
  readonly hints: readonly LocalText[];
  /** HTML; never part of the page */
  readonly solution: LocalText;
};

type Judged = {
  /** the check's script, without the prelude: see checks/invocation.ts */
  readonly check: string;
  /** typed into a terminal by the proof; for find and predict it prints `answer: …` */
  readonly solve: string;
  readonly wrong: readonly WrongSolution[];
  /** the task's own and the lab's shared ones */
  readonly messages: Messages;
  readonly timeoutMs: number;
  /** run the check this often by itself; undefined = only on commands, button or answer */
  readonly retryMs: number | undefined;
  /** how long a right solution may need until the check can see it */
  readonly ripensMs: number;
};

export type Goal = { readonly text: LocalText; readonly weight: number };
/** `text` is inline HTML */
export type Choice = { readonly id: string; readonly text: LocalText };

export type DoTask = TaskBase &
  Judged & { readonly kind: 'do'; readonly edge: boolean; readonly goals: Readonly<Record<string, Goal>> };
export type FindTask = TaskBase & Judged & { readonly kind: 'find'; readonly edge: true; readonly answer: AnswerSpec };
export type PredictTask = TaskBase &
  Judged & { readonly kind: 'predict'; readonly edge: true; readonly prediction: PredictionSpec };
export type ChooseTask = TaskBase & {
  readonly kind: 'choose';
  readonly edge: true;
  readonly several: boolean;
  readonly options: readonly (Choice & { readonly right: boolean; readonly reason: LocalText })[];
};

export type Task = DoTask | FindTask | PredictTask | ChooseTask;
/** Tasks that a script in the guest judges. */
export type CheckedTask = DoTask | FindTask | PredictTask;

export function isChecked(task: Task): task is CheckedTask {
  return task.kind !== 'choose';
}

/** Whether a finished command should run this task's check (a find or choose is judged when it is answered). */
export function runsOnCommands(task: Task): task is DoTask | PredictTask {
  return task.kind === 'do' || task.kind === 'predict';
}

export type GlossaryEntry = { readonly id: string; readonly term: LocalText; readonly html: LocalText };

export type Lab = {
  readonly id: string;
  /** same as id: the last part of the lab's address */
  readonly slug: string;
  /** id of its part */
  readonly part: string;
  /** through the whole course, from 1 */
  readonly number: number;
  readonly title: LocalText;
  readonly explains: LocalText;
  readonly minutes: number;
  readonly prerequisites: readonly string[];
  readonly variables: VariableSpecs;
  readonly settings: Settings;
  readonly tasks: readonly Task[];
  /** the page's body */
  readonly html: LocalText;
  readonly toc: Readonly<Record<Locale, readonly TocEntry[]>>;
  /** HTML for trainers; the page holds `<div class="trainer-note" data-note="0" hidden>` where each belongs */
  readonly trainerNotes: readonly LocalText[];
  /** below the content folder */
  readonly folder: string;
  /** paragraphs that stand for each other */
  readonly textPairs: readonly TextPair[];
  /** what was changed since both languages were read side by side: see translations.ts */
  readonly unreviewed: readonly Problem[];
  readonly setup: Setup | undefined;
  readonly bake: Bake | undefined;
  /** of everything the lab consists of: evidence, and a cache key for the site */
  readonly hash: string;
};

/** A lab on the course map; `lab` is undefined while it is still to come. */
export type Station = {
  readonly id: string;
  readonly number: number;
  readonly title: LocalText;
  readonly explains: LocalText;
  readonly lab: Lab | undefined;
};

export type Part = {
  readonly id: string;
  readonly number: number;
  readonly title: LocalText;
  readonly labs: readonly Station[];
};

export type Catalog = {
  readonly title: LocalText;
  readonly parts: readonly Part[];
  /** those that are there, in the course's order */
  readonly labs: readonly Lab[];
  readonly glossary: readonly GlossaryEntry[];
};

export function findLab(catalog: Catalog, id: string): Lab | undefined {
  return catalog.labs.find((lab) => lab.id === id);
}
