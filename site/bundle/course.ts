// The course as the pages need it: the catalog without checks, scripts and solutions, so that these cannot leak into a page.
import type { Catalog, Lab, Station, Task } from '../../labs/lab.ts';

type LocalText = { readonly ko: string; readonly en: string };

export const SUBJECTS = ['cpu', 'isolation', 'disk', 'network', 'process'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Colour means subject; a part that is not named here is drawn in ink. */
const SUBJECT_OF_PART: { readonly [part: string]: Subject } = {
  load: 'cpu',
  containers: 'isolation',
  layers: 'disk',
  packets: 'network',
};

export type CourseStation = {
  readonly id: string;
  readonly number: number;
  readonly title: LocalText;
  readonly explains: LocalText;
  /** undefined while the lab is still to come */
  readonly minutes: number | undefined;
};

export type CoursePart = {
  readonly id: string;
  readonly number: number;
  readonly subject: Subject;
  readonly title: LocalText;
  readonly stations: readonly CourseStation[];
};

export type Range = { readonly min: number; readonly max: number };

export type LessonPage = {
  readonly id: string;
  readonly part: string;
  readonly number: number;
  readonly title: LocalText;
  readonly explains: LocalText;
  readonly minutes: number;
  readonly html: LocalText;
  readonly tasks: readonly {
    readonly id: string;
    readonly kind: 'do' | 'find' | 'predict' | 'choose';
    /** of a number to predict: the ends of its slider */
    readonly range: Range | undefined;
  }[];
};

export type Course = {
  readonly parts: readonly CoursePart[];
  readonly lessons: readonly LessonPage[];
  readonly glossary: Catalog['glossary'];
};

export function courseOf(catalog: Catalog): Course {
  return {
    parts: catalog.parts.map((part) => ({
      id: part.id,
      number: part.number,
      subject: SUBJECT_OF_PART[part.id] ?? 'process',
      title: part.title,
      stations: part.labs.map(stationOf),
    })),
    lessons: catalog.labs.map(lessonOf),
    glossary: catalog.glossary,
  };
}

function stationOf({ id, number, title, explains, lab }: Station): CourseStation {
  return { id, number, title, explains, minutes: lab?.minutes };
}

function lessonOf(lab: Lab): LessonPage {
  return {
    id: lab.id,
    part: lab.part,
    number: lab.number,
    title: lab.title,
    explains: lab.explains,
    minutes: lab.minutes,
    html: lab.html,
    tasks: tasksOf(lab),
  };
}

export function tasksOf(lab: Lab): LessonPage['tasks'] {
  return lab.tasks.map((task) => ({ id: task.id, kind: task.kind, range: rangeOf(task) }));
}

function rangeOf(task: Task): Range | undefined {
  if (task.kind !== 'predict' || task.prediction.type !== 'number') return undefined;
  const { min, max } = task.prediction;
  return min === undefined || max === undefined ? undefined : { min, max };
}
