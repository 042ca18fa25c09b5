// Pure judging: (task, what the check's process did, variables, answer) → verdict with messages in both languages.
import type { CheckedTask, ChooseTask, DoTask, FindTask, PredictTask, Task } from '../lab.ts';
import type { Messages } from '../schema/messages.ts';
import type { LocalText } from '../schema/text.ts';
import type { Variables } from '../variables.ts';
import { allowance, isWithin, parseChoice, parseNumber, sameText } from './answer.ts';
import { builtIn, fillMessage } from './messages.ts';
import { presentable, readReport } from './report.ts';
import type { MessageReport, Report } from './report.ts';

/** What the agent's `exec` gave back, with its output as text. */
export type CheckResult = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly truncated: boolean;
  readonly stdout: string;
  readonly stderr: string;
};

export type Measured = {
  readonly value: number;
  readonly predicted: number;
  readonly tolerance: number;
  readonly unit: string;
};

export type Judgement = {
  readonly outcome: 'passed' | 'not-yet' | 'wrong' | 'error';
  /** 0 to 1 */
  readonly score: number;
  /** plain text */
  readonly messages: readonly LocalText[];
  /** of a `do` task: which sub-goals hold */
  readonly goals: Readonly<Record<string, boolean>>;
  /** to be kept and given to later checks as `CheckContext.outputs` */
  readonly outputs: Readonly<Record<string, string>>;
  /** predict with a number: to be drawn beside the prediction */
  readonly measured: Measured | undefined;
  /** id of the place in the text that explains what is said; undefined = the task's own section */
  readonly explain: string | undefined;
  /** ids of the authored messages, for proofs and statistics */
  readonly messageIds: readonly string[];
  /** for the log where outcome is `error`; never shown to learners */
  readonly detail: string | undefined;
};

const NOTHING = {
  score: 0,
  messages: [],
  goals: {},
  outputs: {},
  measured: undefined,
  explain: undefined,
  messageIds: [],
  detail: undefined,
};

/** Judges a task that a check has looked at. `answer` as typed: needed for find and predict. */
export function judge(task: CheckedTask, result: CheckResult, variables: Variables, answer?: string): Judgement {
  if (result.timedOut) {
    const late = builtIn('check-late', { seconds: String(Math.round(task.timeoutMs / 1000)) });
    return { ...NOTHING, outcome: 'error', messages: [late], detail: 'timed out' };
  }
  const report = readReport(result.stdout);
  const broken = brokenBecause(task, result, report);
  if (broken !== undefined) {
    const detail = `${broken}; stderr: ${result.stderr.slice(0, 500)}`;
    return { ...NOTHING, outcome: 'error', messages: [builtIn('check-broken')], detail };
  }
  const said = authored(task, report.messages, variables);
  switch (task.kind) {
    case 'do':
      return explained(task, judgeDo(task, report, said));
    case 'find':
      return explained(task, judgeFind(task, report, said, variables, answer));
    case 'predict':
      return explained(task, judgePredict(task, report, said, answer));
  }
}

/** The place that the first message with one names, else the task's. Who has passed needs no way back. */
function explained(task: Task, judgement: Judgement): Judgement {
  if (judgement.outcome === 'passed') return judgement;
  const messages: Messages = task.kind === 'choose' ? {} : task.messages;
  const named = judgement.messageIds.map((id) => messages[id]?.explain).find((place) => place !== undefined);
  return { ...judgement, explain: named ?? task.explain };
}

/** Exit 0 with `pass` or `value`, or exit 1 with `fail`, and every command was there: all else is a broken check, never a verdict. */
function brokenBecause(task: CheckedTask, result: CheckResult, report: Report): string | undefined {
  if (result.signal !== null) return `ended by ${result.signal}`;
  if (report.unknown !== undefined) return `${report.unknown}: command not found`;
  if (result.exitCode === 1) return report.failed ? undefined : 'exit 1 without `fail`';
  if (result.exitCode !== 0) return `exit ${result.exitCode}`;
  if (task.kind === 'do') return report.passed ? undefined : 'exit 0 without `pass`';
  return report.values.length > 0 ? undefined : 'exit 0 without `value`';
}

type Said = { readonly messages: readonly LocalText[]; readonly messageIds: readonly string[] };

function authored(task: CheckedTask, reports: readonly MessageReport[], variables: Variables): Said {
  const known = reports.filter(({ id }) => Object.hasOwn(task.messages, id));
  return {
    messages: known.flatMap(({ id, params }) => {
      const message = task.messages[id];
      return message ? [fillMessage(message, params, variables)] : [];
    }),
    messageIds: known.map(({ id }) => id),
  };
}

function judgeDo(task: DoTask, report: Report, said: Said): Judgement {
  const goals = Object.fromEntries(
    Object.keys(task.goals).map((id) => [id, report.passed || report.goals.get(id) === true]),
  );
  const total = Object.values(task.goals).reduce((sum, goal) => sum + goal.weight, 0);
  const held = Object.entries(task.goals).reduce((sum, [id, goal]) => sum + (goals[id] === true ? goal.weight : 0), 0);
  const done: Judgement = { ...NOTHING, ...said, outcome: 'passed', score: 1, goals, outputs: report.outputs };
  if (report.passed) return done;
  return { ...done, outcome: 'not-yet', score: total === 0 ? 0 : held / total, outputs: {} };
}

function judgeFind(
  task: FindTask,
  report: Report,
  said: Said,
  variables: Variables,
  answer: string | undefined,
): Judgement {
  const wrong = (message: LocalText, messageIds: readonly string[] = []): Judgement => ({
    ...NOTHING,
    outcome: 'wrong',
    messages: [...said.messages, message],
    messageIds: [...said.messageIds, ...messageIds],
  });
  if (answer === undefined) return { ...NOTHING, outcome: 'not-yet', messages: [builtIn('answer-first')] };
  if (!report.values.length) return { ...NOTHING, ...said, outcome: 'not-yet' };
  const shown = presentable(answer);
  let fits: (truth: string) => boolean;
  if (task.answer.type === 'number') {
    const spec = task.answer;
    const parsed = parseNumber(spec, answer);
    if (!parsed.ok) return wrong(builtIn(parsed.problem, { answer: shown, units: unitsOf(spec) }));
    const truth = Number(report.values[0]);
    if (parsed.spread > allowance(spec.tolerance, truth)) return wrong(builtIn('spread-too-wide'));
    fits = (value) => isWithin(parsed.value, Number(value), allowance(spec.tolerance, Number(value)));
  } else {
    const spec = task.answer;
    fits = (value) => sameText(spec, answer, value);
  }
  if (report.values.some(fits)) {
    return { ...NOTHING, ...said, outcome: 'passed', score: 1, outputs: report.outputs };
  }
  const near = report.near.find(({ message, value }) => Object.hasOwn(task.messages, message) && fits(value));
  const message = near && task.messages[near.message];
  if (near && message) return wrong(fillMessage(message, { answer: shown }, variables), [near.message]);
  return wrong(builtIn('answer-wrong', { answer: shown }));
}

function unitsOf(spec: { readonly unit: string; readonly units: Readonly<Record<string, number>> }): string {
  return [...new Set([spec.unit, ...Object.keys(spec.units)])].filter((unit) => unit !== '').join(', ') || '–';
}

/**
 * A prediction passes once it was measured: it cannot be taken back, and being wrong is what teaches. How close it was
 * decides the score: full within the tolerance, then falling in a straight line to a half at three times the tolerance.
 */
function judgePredict(task: PredictTask, report: Report, said: Said, answer: string | undefined): Judgement {
  if (answer === undefined) return { ...NOTHING, outcome: 'not-yet', messages: [builtIn('predict-first')] };
  const truth = report.values[0];
  if (report.failed || truth === undefined) return { ...NOTHING, ...said, outcome: 'not-yet' };
  const spec = task.prediction;
  let close: boolean;
  let score: number;
  let measured: Measured | undefined;
  let params: { predicted: string; measured: string };
  if (spec.type === 'number') {
    const parsed = parseNumber(spec, answer);
    const value = Number(truth);
    if (!parsed.ok || !Number.isFinite(value)) {
      const detail = parsed.ok ? `not a number: ${truth}` : `unreadable prediction was locked: ${parsed.problem}`;
      return { ...NOTHING, outcome: 'error', messages: [builtIn('check-broken')], detail };
    }
    const tolerance = allowance(spec.tolerance, value);
    const off = Math.abs(parsed.value - value) / Math.max(tolerance, Number.EPSILON);
    close = isWithin(parsed.value, value, tolerance);
    score = close ? 1 : Math.max(0.5, 1 - (off - 1) / 4);
    measured = { value, predicted: parsed.value, tolerance, unit: spec.unit };
    params = { predicted: withUnit(parsed.value, spec.unit), measured: withUnit(value, spec.unit) };
  } else {
    const predicted = parseChoice(spec.options, answer)?.join(',') ?? '';
    close = predicted === truth.replaceAll(' ', '');
    score = close ? 1 : 0.5;
    params = { predicted: presentable(answer), measured: truth };
  }
  const verdict = builtIn(close ? 'predicted-close' : 'predicted-far', params);
  const messages = [verdict, ...said.messages];
  return { ...NOTHING, ...said, outcome: 'passed', score, messages, outputs: report.outputs, measured };
}

function withUnit(value: number, unit: string): string {
  const digits = String(Math.round(value * 100) / 100);
  return unit === '%' ? `${digits}%` : `${digits}${unit && ` ${unit}`}`;
}

/** Judges a choose task; nothing runs in the guest. `answer` is option ids separated by commas. */
export function judgeChoice(task: ChooseTask, answer: string | undefined): Judgement {
  return explained(task, chosenOf(task, answer));
}

function chosenOf(task: ChooseTask, answer: string | undefined): Judgement {
  if (answer === undefined) return { ...NOTHING, outcome: 'not-yet', messages: [builtIn('answer-first')] };
  const ids = parseChoice(task.options, answer);
  if (ids === undefined || (!task.several && ids.length > 1)) {
    return { ...NOTHING, outcome: 'wrong', messages: [builtIn('not-an-option')] };
  }
  const chosen = task.options.filter((option) => ids.includes(option.id));
  const mistaken = chosen.filter((option) => !option.right);
  const missing = task.options.some((option) => option.right && !ids.includes(option.id));
  if (mistaken.length === 0 && !missing) {
    return { ...NOTHING, outcome: 'passed', score: 1, messages: chosen.map((option) => option.reason) };
  }
  if (mistaken.length === 0) return { ...NOTHING, outcome: 'wrong', messages: [builtIn('choose-missing')] };
  return {
    ...NOTHING,
    outcome: 'wrong',
    messages: mistaken.map((option) => option.reason),
    messageIds: mistaken.map((option) => option.id),
  };
}

/** Whether a task is judged by `judgeChoice` rather than by running a check. */
export function isChoice(task: Task): task is ChooseTask {
  return task.kind === 'choose';
}
