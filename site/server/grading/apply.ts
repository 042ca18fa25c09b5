// What a judgement makes of a task's progress. Pure.
import type { Judgement } from '../../../labs/checks/judge.ts';
import type { Verdict } from '../../api/labs.ts';
import type { TaskProgress } from '../models/tasks.ts';

export type Cause = Verdict['cause'];

export type Applied = {
  readonly progress: TaskProgress;
  readonly verdict: Verdict;
  /** worth telling and keeping: asked for, or different from what was said last */
  readonly news: boolean;
};

export function applyJudgement(before: TaskProgress, judgement: Judgement, cause: Cause, atMs: number): Applied {
  const verdict: Verdict = {
    task: before.task,
    outcome: judgement.outcome,
    score: judgement.score,
    messages: judgement.messages.slice(0, 16).map(({ ko, en }) => ({ ko, en })),
    explain: judgement.explain ?? null,
    cause,
    at: atMs,
  };
  const asked = cause === 'button' || cause === 'answer';
  // Two goals may change places, which neither the score nor the words show.
  const goals = { ...before.goals, ...judgement.goals };
  const moved = Object.entries(goals).some(([id, held]) => (before.goals[id] ?? false) !== held);
  const changed = moved || before.last === null || !sameWords(before.last, verdict);
  const news = asked || changed;
  // A check that broke says nothing about the learner.
  if (judgement.outcome === 'error') return { progress: { ...before, last: verdict }, verdict, news };
  if (judgement.outcome === 'passed') {
    const progress: TaskProgress = {
      ...before,
      state: 'passed',
      score: Math.max(before.score, judgement.score),
      outputs: judgement.outputs,
      goals,
      measured: judgement.measured ?? before.measured,
      last: verdict,
    };
    return { progress, verdict, news: true };
  }
  // Counts as a try when it was asked for, or when the learner's work changed what the check says.
  const tried = asked || (changed && cause === 'command' && before.last !== null);
  const progress: TaskProgress = {
    ...before,
    state: before.state === 'passed' || before.state === 'committed' ? before.state : openState(judgement.score),
    score: before.state === 'passed' ? before.score : judgement.score,
    tries: before.tries + (tried ? 1 : 0),
    goals: before.state === 'passed' ? before.goals : goals,
    last: verdict,
  };
  return { progress, verdict, news };
}

function openState(score: number): 'open' | 'almost' {
  return score > 0 ? 'almost' : 'open';
}

function sameWords(a: Verdict, b: Verdict): boolean {
  return a.outcome === b.outcome && a.score === b.score && JSON.stringify(a.messages) === JSON.stringify(b.messages);
}
