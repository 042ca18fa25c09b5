// How a task stands, for a page: progress, locks, and what may be asked for in this mode. Pure.
import type { Lab, Task } from '../../../labs/lab.ts';
import type { TaskView } from '../../api/labs.ts';
import { untouched } from '../models/tasks.ts';
import type { TaskProgress } from '../models/tasks.ts';

export type Mode = 'practice' | 'class' | 'graded';
export type Progress = ReadonlyMap<string, TaskProgress>;

export function progressFor(progress: Progress, task: string): TaskProgress {
  return progress.get(task) ?? untouched(task);
}

/** Tasks that must be passed first and are not yet. */
export function waitsFor(task: Task, progress: Progress): string[] {
  return task.needs.filter((need) => progressFor(progress, need).state !== 'passed');
}

export function maySeeSolution(lab: Lab, task: Task, progress: Progress, mode: Mode): boolean {
  const { state, tries } = progressFor(progress, task.id);
  const after = lab.settings[mode].solutionAfter;
  return (state === 'passed' && mode !== 'graded') || (after !== null && tries >= after);
}

export function hintsOf(lab: Lab, task: Task, mode: Mode): number {
  return lab.settings[mode].hints ? task.hints.length : 0;
}

/** In the lab's order; one that no check has spoken of yet does not hold. */
function goalsOf(task: Task, own: TaskProgress): Record<string, boolean> {
  if (task.kind !== 'do') return {};
  return Object.fromEntries(
    Object.keys(task.goals).map((id) => [id, own.state === 'passed' || own.goals[id] === true]),
  );
}

export function taskView(lab: Lab, task: Task, progress: Progress, mode: Mode): TaskView {
  const own = progressFor(progress, task.id);
  const waiting = waitsFor(task, progress);
  return {
    id: task.id,
    kind: task.kind,
    state: waiting.length > 0 && own.state === 'open' ? 'locked' : own.state,
    score: own.score,
    points: task.points,
    waitsFor: waiting,
    answer: own.answer,
    measured: own.measured,
    goals: goalsOf(task, own),
    hintsShown: own.hintsShown,
    hints: hintsOf(lab, task, mode),
    solution: maySeeSolution(lab, task, progress, mode),
    last: own.last,
  };
}
