// The steps a proof is made of: look at an untouched machine, type a right solution, type a typical mistake.
import { setTimeout as pause } from 'node:timers/promises';
import { judge, judgeChoice } from '../../labs/checks/judge.ts';
import type { Judgement } from '../../labs/checks/judge.ts';
import { isChecked } from '../../labs/lab.ts';
import type { CheckedTask, Lab, Task, WrongSolution } from '../../labs/lab.ts';
import type { Variables } from '../../labs/variables.ts';
import type { Hand } from './hand.ts';
import type { Slots } from './slots.ts';

export type Outputs = Record<string, Readonly<Record<string, string>>>;

export type Seen = {
  /** undefined for a choose task that nobody answered */
  readonly verdict: Judgement;
  /** of the last run, from asking to its end, in milliseconds */
  readonly checkMs: number;
  /** processor time in the guest that the cheapest run took, in milliseconds; where it was much, as much as on a quiet host */
  readonly cpuMs: number | undefined;
};
/** `problem`: one sentence of what is wrong with the lab, or undefined */
export type Found = Seen & { readonly problem: string | undefined };

/** What a step is taken with. */
export type Desk = {
  readonly hand: Hand;
  readonly lab: Lab;
  readonly variables: Variables;
  /** of tasks solved so far on this machine */
  readonly outputs: Outputs;
  /** for what keeps a core busy */
  readonly busy: Slots;
};

/** Beyond what a task declares to need for ripening: a script under emulation on a busy host takes its time. */
const MARGIN_MS = 90_000;
/** A check asked more often than a learner's page does would be load itself. */
const POLL_MS = 5000;
/** A measurement off by less than twice its tolerance: it was taken on a host that others use as well. */
const NEAR_SCORE = 0.75;
/** What a command has done may show a moment after it ended. */
const SETTLE_MS = 1000;
const SETTLES_MS = 20_000;
/** More processor time than this, and a check disturbs what the course measures. */
export const CHECK_CPU_MS = 300;
/** Nobody finds or predicts this. */
const NONSENSE = { number: '-987654321', text: 'nobody-is-called-so' };

/** An untouched machine: no task passes, no check breaks, and each says something. */
export async function fresh(desk: Desk, task: Task): Promise<Found> {
  if (!isChecked(task)) {
    const passing = task.options.filter((option) => judgeChoice(task, option.id).outcome === 'passed');
    const verdict = judgeChoice(task, undefined);
    // A single right option may be guessed; an empty answer must not pass.
    const guessed = verdict.outcome === 'not-yet' && passing.length <= 1;
    return { ...unmeasured(verdict), problem: guessed ? undefined : 'passes without an answer' };
  }
  const ask = (): Promise<Seen> => look(desk, task, task.kind === 'do' ? undefined : nonsense(task), 0, true);
  let seen = await ask();
  // Under emulation the first run also pays for the translation of what it runs; a learner's page asks many times.
  for (let again = 0; again < 2 && (seen.cpuMs ?? 0) > CHECK_CPU_MS; again += 1) {
    seen = { ...seen, cpuMs: least(seen.cpuMs, (await ask()).cpuMs) };
  }
  if (seen.cpuMs !== undefined && seen.cpuMs > CHECK_CPU_MS) {
    const slowness = await desk.busy.alone(() => desk.hand.slowness());
    seen = { ...seen, cpuMs: Math.round(seen.cpuMs / slowness) };
  }
  return { ...seen, problem: crash(task, seen.verdict) ?? untouched(seen.verdict) };
}

function untouched({ outcome, messages, score }: Judgement): string | undefined {
  if (outcome === 'passed') return 'passes on an untouched machine: its check does not look at what the task asks for';
  if (score > 0) return 'a sub-goal holds on an untouched machine: doing nothing earns points';
  return messages.length === 0
    ? 'fails on an untouched machine without a message: the learner would read nothing'
    : undefined;
}

function nonsense(task: CheckedTask): string {
  const type = task.kind === 'find' ? task.answer.type : task.kind === 'predict' ? task.prediction.type : 'text';
  return type === 'number' ? NONSENSE.number : NONSENSE.text;
}

/** A right solution passes with the full score. */
export async function solve(desk: Desk, task: Task): Promise<Found> {
  if (!isChecked(task)) {
    const right = task.options.filter((option) => option.right).map((option) => option.id);
    const verdict = judgeChoice(task, right.join(','));
    const passed = verdict.outcome === 'passed' && verdict.score === 1;
    return { ...unmeasured(verdict), problem: passed ? undefined : 'its right options do not pass' };
  }
  const { seen, terminal } = await attempt(desk, task, task.solve, (verdict) => verdict.outcome === 'passed');
  desk.outputs[task.id] = seen.verdict.outputs;
  const problem = crash(task, seen.verdict) ?? unsolved(seen.verdict);
  if (problem !== undefined)
    return { ...seen, problem: `${problem}; the terminal shows: ${desk.hand.shown(terminal)}` };
  // The next task begins where this solution ended.
  const ended = await desk.hand.finished(terminal, task.ripensMs + MARGIN_MS);
  return {
    ...seen,
    problem: ended ? undefined : `solve.sh passes but does not end; the terminal shows: ${desk.hand.shown(terminal)}`,
  };
}

function unsolved(verdict: Judgement): string | undefined {
  if (verdict.outcome === 'passed' && verdict.measured !== undefined && verdict.score >= NEAR_SCORE) return undefined;
  if (verdict.outcome !== 'passed') return `solve.sh does not pass: ${saidOf(verdict)}`;
  return verdict.score === 1 ? undefined : `solve.sh passes with a score of ${verdict.score} instead of 1`;
}

/** A typical mistake does not pass, and the learner is told what lab.yaml promises. */
export async function mistake(desk: Desk, task: CheckedTask, wrong: WrongSolution): Promise<Found> {
  const told = (verdict: Judgement): boolean => verdict.messageIds.includes(wrong.expects);
  const { seen } = await attempt(desk, task, wrong.script, told);
  return { ...seen, problem: crash(task, seen.verdict) ?? unseen(wrong, seen.verdict) };
}

function unseen(wrong: WrongSolution, verdict: Judgement): string | undefined {
  const script = `wrong-${wrong.name}.sh`;
  if (verdict.outcome === 'passed' && verdict.messageIds.includes(wrong.expects) && verdict.score < 1) return undefined;
  if (verdict.outcome === 'passed') return `${script} is accepted: the check does not see this mistake`;
  if (verdict.messageIds.includes(wrong.expects)) return undefined;
  return `${script} yields ${verdict.messageIds.join(', ') || 'no message'} instead of ${wrong.expects}: ${saidOf(verdict)}`;
}

function crash(task: CheckedTask, { outcome, detail }: Judgement): string | undefined {
  if (outcome !== 'error') return undefined;
  if (detail === 'timed out') return `check.sh does not end, not even in several times its ${task.timeoutMs / 1000} s`;
  return `check.sh crashes: ${detail ?? 'without a reason'}`;
}

/** Types the script, answers where an answer is wanted, and looks again and again until `enough` or time is up. */
async function attempt(
  desk: Desk,
  task: CheckedTask,
  script: string,
  enough: (verdict: Judgement) => boolean,
): Promise<{ seen: Seen; terminal: number }> {
  const { hand } = desk;
  const terminal = await desk.busy.with(() => hand.type(script));
  const answered = task.kind === 'do' ? undefined : await hand.answer(terminal, MARGIN_MS);
  if (task.kind === 'predict') await hand.confirm(terminal);
  const interval = task.retryMs ?? POLL_MS;
  const began = Date.now();
  let ended = await hand.finished(terminal, interval);
  let endedAt: number | undefined;
  let cpuMs: number | undefined;
  // A host too busy to run a check in time is told apart from a check that never ends by asking once more.
  let crashes = 0;
  for (;;) {
    const over = Date.now() - began > task.ripensMs + MARGIN_MS;
    const seen = await look(desk, task, answered?.answer, answered?.at);
    cpuMs = least(cpuMs, seen.cpuMs);
    crashes += seen.verdict.outcome === 'error' ? 1 : 0;
    // A find is judged by its answer: nothing will ripen.
    const settled = task.kind === 'find' || seen.verdict.outcome === 'passed' || crashes > 1;
    if (enough(seen.verdict) || settled || over) return { seen: { ...seen, cpuMs }, terminal };
    // Checks asked without a pause would be the load that some of them look at.
    if (ended) await pause(Math.max(task.ripensMs > 0 ? interval : SETTLE_MS, 3 * seen.checkMs));
    else ended = await hand.finished(terminal, interval);
    endedAt ??= ended ? Date.now() : undefined;
    if (endedAt !== undefined && task.ripensMs === 0 && Date.now() - endedAt > SETTLES_MS) {
      return { seen: { ...(await look(desk, task, answered?.answer, answered?.at)), cpuMs }, terminal };
    }
  }
}

/** `alone`: what it costs is to be known, and on a busy host a guest counts the time of others as its own. */
async function look(
  desk: Desk,
  task: CheckedTask,
  answer: string | undefined,
  committedAt: number | undefined,
  alone = false,
): Promise<Seen> {
  const { hand, variables, outputs, busy } = desk;
  const run = async (): Promise<Seen> => {
    const age = committedAt === undefined ? undefined : committedAt === 0 ? 0 : Date.now() - committedAt;
    const result = await hand.check(task, { outputs, ...(age === undefined ? {} : { committedMsAgo: age }) });
    const verdict = judge(task, result, variables, answer);
    return { verdict, checkMs: Math.round(result.wallMs), cpuMs: result.cpuMs };
  };
  return await (alone ? busy.alone(run) : busy.with(run));
}

function unmeasured(verdict: Judgement): Seen {
  return { verdict, checkMs: 0, cpuMs: undefined };
}

/** The smaller one of what there is. */
export function least(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined ? right : right === undefined ? left : Math.min(left, right);
}

export function saidOf(verdict: Judgement): string {
  return verdict.messages.map((message) => message.en).join(' ') || (verdict.detail ?? '');
}

/** The tasks that must be solved before this one opens, in the lab's order. */
export function neededBy(lab: Lab, task: Task): readonly Task[] {
  const wanted = new Set<string>();
  const visit = (id: string): void => {
    lab.tasks.find((other) => other.id === id)?.needs.forEach(visit);
    wanted.add(id);
  };
  task.needs.forEach(visit);
  return lab.tasks.filter((other) => wanted.has(other.id));
}
