// Judges one learner's tasks in one lab: runs checks when something happened, keeps progress and evidence, tells the pages.
import { checkInvocation } from '../../../labs/checks/invocation.ts';
import { isAcceptable } from '../../../labs/checks/answer.ts';
import { isChoice, judge, judgeChoice } from '../../../labs/checks/judge.ts';
import type { Judgement } from '../../../labs/checks/judge.ts';
import { runsOnCommands } from '../../../labs/lab.ts';
import type { CheckedTask, Lab, Task } from '../../../labs/lab.ts';
import type { Variables } from '../../../labs/variables.ts';
import type { MachineFacts } from '../../../sandbox/machine/machine.ts';
import type { ExecResult } from '../../../sandbox/session/guest-calls.ts';
import type { ScriptOptions } from '../../../sandbox/session/script-runner.ts';
import type { LocalText, TaskView, Verdict } from '../../api/labs.ts';
import type { Database } from '../db/database.ts';
import { LearnerError } from '../errors.ts';
import { addAnswer, countAnswers } from '../models/answers.ts';
import { touchAttempt } from '../models/attempts.ts';
import type { Attempt } from '../models/attempts.ts';
import { saveProgress } from '../models/tasks.ts';
import type { TaskProgress } from '../models/tasks.ts';
import { addVerdict } from '../models/verdicts.ts';
import type { Evidence } from '../models/verdicts.ts';
import { applyJudgement } from './apply.ts';
import { CheckTimers } from './check-timers.ts';
import { RunQueue } from './run-queue.ts';
import type { Cause, Due } from './run-queue.ts';
import { hintsOf, maySeeSolution, progressFor, taskView, waitsFor } from './task-view.ts';
import type { Mode } from './task-view.ts';

/** What is kept of a check's own output, per stream. */
const EVIDENCE_CHARS = 4096;

export type Judged = { readonly checking: (task: string) => void; readonly verdict: (verdict: Verdict) => void } & {
  readonly task: (view: TaskView) => void;
  /** an asked-for check could not run */
  readonly failed: (error: LearnerError) => void;
};

export type GraderOptions = {
  readonly db: Database;
  readonly lab: Lab;
  readonly attempt: Attempt;
  readonly variables: Variables;
  readonly mode: Mode;
  /** the machine that checks may look at now, or undefined while it starts, rests or is gone */
  readonly machine: () =>
    { readonly facts: MachineFacts; readonly script: (options: ScriptOptions) => Promise<ExecResult> } | undefined;
  /** whether a page is there to see what a timer's check says */
  readonly watched: () => boolean;
  readonly tell: Judged;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
  readonly now?: () => number;
};

export class Grader {
  readonly #options: GraderOptions;
  readonly #lab: Lab;
  readonly #progress: Map<string, TaskProgress>;
  readonly #queue: RunQueue;
  readonly #now: () => number;
  readonly #timers = new CheckTimers((task) => this.#queue.add([{ task, cause: 'timer' }]));
  readonly #shown = new Map<string, string>();
  /** whether anything happened on this machine since it was set up; before that no check can find anything */
  #touched = true;
  #closed = false;
  /** changes of progress, one after the other: a prediction sent twice must not be committed twice */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: GraderOptions, progress: Map<string, TaskProgress>) {
    this.#options = options;
    this.#lab = options.lab;
    this.#progress = progress;
    this.#now = options.now ?? Date.now;
    this.#queue = new RunQueue((due) => this.#round(due));
    for (const task of this.#lab.tasks) this.#shown.set(task.id, JSON.stringify(this.#view(task)));
  }

  /** tasks whose check runs by itself at the moment */
  get timers(): number {
    return this.#timers.size;
  }

  views(): TaskView[] {
    return this.#lab.tasks.map((task) => this.#view(task));
  }

  /** A command ended, or a shell without our integration went quiet after Enter. */
  somethingHappened(): void {
    this.stirred();
    this.#queue.add(
      this.#lab.tasks.filter((task) => this.#isOpen(task)).map(({ id }) => ({ task: id, cause: 'command' })),
    );
  }

  /** Something may have changed in the machine: what ripens by itself is worth looking at again. */
  stirred(): void {
    this.#timers.stirred();
    if (this.#touched) return;
    this.#touched = true;
    this.reconsiderTimers();
  }

  /** The machine is one that was just made: until something happens on it, no check runs by itself. */
  fresh(): void {
    this.#touched = false;
    this.reconsiderTimers();
  }

  /** The machine became ready or pages came and went: timers run only while both are there. */
  reconsiderTimers(): void {
    const wanted = this.#touched && this.#options.watched() && this.#options.machine() !== undefined;
    for (const task of this.#lab.tasks) {
      if (!runsOnCommands(task) || task.retryMs === undefined) continue;
      const runs = wanted && this.#isOpen(task);
      if (runs === this.#timers.has(task.id)) continue;
      if (runs) this.#timers.start(task.id, task.retryMs, task.ripensMs);
      else this.#timers.stop(task.id);
    }
  }

  /** The Check button. */
  check(id: string): void {
    const task = this.#task(id);
    this.#mustBeOpen(task);
    if (isChoice(task) || task.kind === 'find') {
      if (progressFor(this.#progress, id).answer === null) throw new LearnerError('bad-request');
    }
    if (this.#options.machine() === undefined && !isChoice(task)) throw new LearnerError('machine-not-ready');
    this.#queue.add([{ task: id, cause: 'button' }]);
  }

  answer(id: string, value: string): Promise<void> {
    return this.#inTurn(() => this.#answer(id, value));
  }

  hint(id: string): Promise<{ readonly index: number; readonly of: number; readonly html: LocalText }> {
    return this.#inTurn(() => this.#hint(id));
  }

  async #answer(id: string, value: string): Promise<void> {
    const task = this.#task(id);
    this.#mustBeOpen(task);
    const before = progressFor(this.#progress, id);
    if (task.kind === 'do') throw new LearnerError('no-answer-wanted');
    if (before.state === 'passed') throw new LearnerError('already-committed');
    if (task.kind === 'predict') {
      if (before.committedAtMs !== null) throw new LearnerError('already-committed');
      if (!isAcceptable(task.prediction, value)) throw new LearnerError('unreadable-answer');
    } else if (this.#options.machine() === undefined && task.kind === 'find') {
      // An attempt must not be used up where the truth cannot be computed.
      throw new LearnerError('machine-not-ready');
    }
    await this.#takeAnswer(task, before, value);
    this.stirred();
    this.#showChanges();
    if (isChoice(task)) await this.#keep(task, judgeChoice(task, value), 'answer', NO_EVIDENCE);
    else if (this.#options.machine() !== undefined) this.#queue.add([{ task: id, cause: 'answer' }]);
    this.reconsiderTimers();
  }

  async #hint(id: string): Promise<{ readonly index: number; readonly of: number; readonly html: LocalText }> {
    const task = this.#task(id);
    this.#mustBeOpen(task);
    const before = progressFor(this.#progress, id);
    const of = hintsOf(this.#lab, task, this.#options.mode);
    const html = before.hintsShown < of ? task.hints[before.hintsShown] : undefined;
    if (html === undefined) throw new LearnerError('no-hint');
    await this.#save({ ...before, hintsShown: before.hintsShown + 1 });
    this.#showChanges();
    return { index: before.hintsShown, of, html };
  }

  /** Hints that were shown before, for a page that was reloaded. */
  shownHints(): readonly {
    readonly task: string;
    readonly index: number;
    readonly of: number;
    readonly html: LocalText;
  }[] {
    return this.#lab.tasks.flatMap((task) => {
      const of = hintsOf(this.#lab, task, this.#options.mode);
      const shown = Math.min(of, progressFor(this.#progress, task.id).hintsShown);
      return task.hints.slice(0, shown).map((html, index) => ({ task: task.id, index, of, html }));
    });
  }

  solution(id: string): LocalText {
    const task = this.#task(id);
    if (!maySeeSolution(this.#lab, task, this.#progress, this.#options.mode)) throw new LearnerError('no-solution-yet');
    return task.solution;
  }

  /** Resolves when no check runs and none is due. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  close(): void {
    this.#closed = true;
    this.#queue.close();
    this.#timers.close();
  }

  #task(id: string): Task {
    const task = this.#lab.tasks.find((one) => one.id === id);
    if (task === undefined) throw new LearnerError('unknown-task');
    return task;
  }

  #view(task: Task): TaskView {
    return taskView(this.#lab, task, this.#progress, this.#options.mode);
  }

  #mustBeOpen(task: Task): void {
    if (waitsFor(task, this.#progress).length > 0) throw new LearnerError('task-locked');
  }

  /** Whether a check run by itself could change something. */
  #isOpen(task: Task): boolean {
    if (!runsOnCommands(task) || waitsFor(task, this.#progress).length > 0) return false;
    const { state } = progressFor(this.#progress, task.id);
    return task.kind === 'predict' ? state === 'committed' : state !== 'passed';
  }

  async #takeAnswer(task: Task, before: TaskProgress, value: string): Promise<void> {
    const { db, attempt } = this.#options;
    const atMs = this.#now();
    const limit = task.kind === 'predict' ? null : this.#lab.settings[this.#options.mode].attempts;
    const after: TaskProgress =
      task.kind === 'predict'
        ? { ...before, answer: value, state: 'committed', committedAtMs: atMs }
        : { ...before, answer: value };
    await db.transaction().execute(async (transaction) => {
      if (limit !== null && (await countAnswers(transaction, attempt.id, task.id)) >= limit) {
        throw new LearnerError('no-attempts-left');
      }
      await addAnswer(transaction, { attemptId: attempt.id, task: task.id, value, atMs });
      await saveProgress(transaction, attempt.id, after);
    });
    this.#progress.set(task.id, after);
  }

  async #round(due: readonly Due[]): Promise<void> {
    const order = new Map(this.#lab.tasks.map((task, index) => [task.id, index]));
    for (const { task: id, cause } of due.toSorted((a, b) => (order.get(a.task) ?? 0) - (order.get(b.task) ?? 0))) {
      const task = this.#task(id);
      const asked = cause === 'button' || cause === 'answer';
      // What was due may have been done, locked or committed by the time it is its turn.
      if (!asked && !this.#isOpen(task)) continue;
      try {
        if (asked) this.#options.tell.checking(id);
        if (isChoice(task)) {
          const { answer } = progressFor(this.#progress, id);
          await this.#judged(task, judgeChoice(task, answer ?? undefined), cause, NO_EVIDENCE);
        } else await this.#run(task, cause);
      } catch (error) {
        // The machine was closed or left under it.
        if (this.#closed) return;
        this.#options.log('a check could not run', { task: id, cause, error });
        if (asked) this.#options.tell.failed(new LearnerError('machine-not-ready', { cause: error }));
      }
    }
    this.reconsiderTimers();
  }

  async #run(task: CheckedTask, cause: Cause): Promise<void> {
    const machine = this.#options.machine();
    if (machine === undefined) throw new Error('there is no machine to look at');
    const before = progressFor(this.#progress, task.id);
    const invocation = checkInvocation(task, this.#options.variables, {
      outputs: Object.fromEntries(task.needs.map((need) => [need, progressFor(this.#progress, need).outputs])),
      ...(before.committedAtMs === null ? {} : { committedMsAgo: this.#now() - before.committedAtMs }),
    });
    const result = await machine.script(invocation);
    this.#timers.ran(task.id, result.wallMs);
    const stdout = result.stdout.toString();
    const stderr = result.stderr.toString();
    const judgement = judge(task, { ...result, stdout, stderr }, this.#options.variables, before.answer ?? undefined);
    if (judgement.detail !== undefined)
      this.#options.log('a check is broken', { task: task.id, detail: judgement.detail });
    await this.#judged(task, judgement, cause, {
      exitCode: result.exitCode,
      stdout: stdout.slice(0, EVIDENCE_CHARS),
      stderr: stderr.slice(0, EVIDENCE_CHARS),
      wallMs: result.wallMs,
      machineId: machine.facts.id,
      template: machine.facts.template,
    });
  }

  #judged(
    task: Task,
    judgement: Judgement,
    cause: Cause,
    evidence: Omit<Evidence, 'answer' | 'labHash'>,
  ): Promise<void> {
    return this.#inTurn(() => this.#keep(task, judgement, cause, evidence));
  }

  async #keep(
    task: Task,
    judgement: Judgement,
    cause: Cause,
    evidence: Omit<Evidence, 'answer' | 'labHash'>,
  ): Promise<void> {
    const before = progressFor(this.#progress, task.id);
    const { progress, verdict, news } = applyJudgement(before, judgement, cause, this.#now());
    if (!news) return;
    if (cause === 'timer') this.stirred();
    const { db, attempt } = this.#options;
    await db.transaction().execute(async (transaction) => {
      await saveProgress(transaction, attempt.id, progress);
      await addVerdict(transaction, attempt.id, verdict, {
        ...evidence,
        answer: before.answer,
        labHash: this.#lab.hash,
      });
      await touchAttempt(transaction, attempt.id, verdict.at);
    });
    this.#progress.set(task.id, progress);
    this.#options.tell.verdict(verdict);
    this.#showChanges();
    // What this opened may hold already.
    if (verdict.outcome === 'passed' && before.state !== 'passed') this.somethingHappened();
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #save(progress: TaskProgress): Promise<void> {
    await saveProgress(this.#options.db, this.#options.attempt.id, progress);
    this.#progress.set(progress.task, progress);
  }

  #showChanges(): void {
    for (const task of this.#lab.tasks) {
      const view = this.#view(task);
      const json = JSON.stringify(view);
      if (this.#shown.get(task.id) === json) continue;
      this.#shown.set(task.id, json);
      this.#options.tell.task(view);
    }
  }
}

const NO_EVIDENCE = { exitCode: null, stdout: '', stderr: '', wallMs: 0, machineId: null, template: null };
