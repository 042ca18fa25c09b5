// One learner in one lab: the session that holds the machine, the pages looking at it, and the grader.
import type { MachineSource } from '../../sandbox/source/source.ts';
import type { Machine } from '../../sandbox/machine/machine.ts';
import type { OneByOne } from '../../sandbox/machine/one-by-one.ts';
import { Session } from '../../sandbox/session/session.ts';
import type { SessionOptions } from '../../sandbox/session/session.ts';
import type { IdlePolicy } from '../../sandbox/session/idle.ts';
import type { ViewerPort } from '../../sandbox/session/viewer.ts';
import type { XrayPort } from '../../sandbox/session/xray-port.ts';
import type { Lab } from '../../labs/lab.ts';
import { drawVariables } from '../../labs/variables.ts';
import type { Variables } from '../../labs/variables.ts';
import type { TaskView, Verdict } from '../api/labs.ts';
import type { PortsView, SessionView } from '../api/socket.ts';
import type { Database } from './db/database.ts';
import { LearnerError } from './errors.ts';
import { Grader } from './grading/grader.ts';
import { setUpLab } from './grading/set-up.ts';
import type { Mode } from './grading/task-view.ts';
import type { Attempt } from './models/attempts.ts';
import { addEvent } from './models/events.ts';
import type { EventKind } from './models/events.ts';
import { saveSession } from './models/sessions.ts';
import type { SessionRow } from './models/sessions.ts';
import type { TaskProgress } from './models/tasks.ts';
import { PortWatch } from './preview/port-watch.ts';
import type { Previewed, Previews } from './preview/previews.ts';
import { StepKeeper } from './step-keeper.ts';
import { sessionView } from './session-view.ts';

/** A page, as its seat sees it. */
export interface Page extends ViewerPort, XrayPort {
  session(view: SessionView): void;
  ports(view: PortsView): void;
  checking(task: string): void;
  verdict(verdict: Verdict): void;
  task(view: TaskView): void;
  failed(error: LearnerError): void;
  hint(hint: ReturnType<Grader['shownHints']>[number]): void;
}

export type SeatDeps = {
  readonly db: Database;
  readonly source: MachineSource;
  readonly idle: IdlePolicy;
  readonly hibernations: OneByOne;
  readonly mode: Mode;
  readonly outputBytesPerSecond: number;
  readonly previews: Previews;
  /** whether moments of a machine are kept that it can be taken back to */
  readonly checkpoints: boolean;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
  readonly now: () => number;
};

export class Seat {
  readonly id: string;
  readonly learnerId: string;
  readonly lab: Lab;
  readonly attempt: Attempt;
  readonly variables: Variables;
  readonly grader: Grader;
  readonly #deps: SeatDeps;
  readonly #pages = new Set<Page>();
  #session: Session | undefined;
  #unwatch: (() => void) | undefined;
  #epochBase: number;
  readonly #ports: PortWatch;
  readonly #steps: StepKeeper;
  #portsView: PortsView;
  #shown = '';
  #telling = false;
  #resetting = false;

  constructor(deps: SeatDeps, row: SessionRow, lab: Lab, attempt: Attempt, progress: Map<string, TaskProgress>) {
    this.id = row.id;
    this.learnerId = row.learnerId;
    this.lab = lab;
    this.attempt = attempt;
    this.variables = drawVariables(lab.variables, attempt.seed);
    this.#deps = deps;
    this.#epochBase = row.record.epochBase;
    this.grader = new Grader(
      {
        db: deps.db,
        lab,
        attempt,
        variables: this.variables,
        mode: deps.mode,
        machine: () => this.#readyMachine(),
        watched: () => this.#pages.size > 0,
        tell: {
          checking: (task) => this.#each((page) => page.checking(task)),
          verdict: (verdict) => {
            this.#each((page) => page.verdict(verdict));
            if (verdict.outcome === 'passed' && deps.checkpoints) this.#steps.passed(verdict.task);
          },
          task: (view) => this.#each((page) => page.task(view)),
          failed: (error) => this.#each((page) => page.failed(error)),
        },
        log: (event, details) => deps.log(event, { session: this.id, lab: lab.id, ...details }),
        now: deps.now,
      },
      progress,
    );
    this.#steps = new StepKeeper({
      keep: (task) => this.session.checkpoint(task),
      failed: (error) => deps.log('a checkpoint could not be taken', { session: this.id, error }),
    });
    this.#portsView = deps.previews.view(this.#previewed, []);
    this.#ports = new PortWatch({
      look: () => this.session.ports(),
      found: (ports) => this.#tellPorts(deps.previews.view(this.#previewed, ports)),
      wanted: () => this.#pages.size > 0 && this.#session?.state === 'ready',
    });
  }

  /** What a preview of this machine needs; it stays the same over a reset. */
  get #previewed(): Previewed {
    return {
      id: this.id,
      awake: () => this.#session?.state === 'ready',
      dial: (at, signal) => this.session.dial(at, signal),
      used: () => {
        this.session.extend();
        this.grader.stirred();
      },
    };
  }

  /** The names under which an earlier server showed this machine's ports lead there again. */
  showAgain(rows: Parameters<Previews['restore']>[1]): void {
    this.#deps.previews.restore(this.#previewed, rows);
  }

  get session(): Session {
    if (this.#session === undefined) throw new Error('the seat has no session yet');
    return this.#session;
  }

  get pages(): number {
    return this.#pages.size;
  }

  lookForPorts(): Promise<void> {
    return this.#ports.lookNow();
  }

  /** Takes a fresh machine. */
  begin(): void {
    this.#take(Session.start(this.#options()));
    this.grader.fresh();
  }

  /** Takes up the machine an earlier process left. */
  async adopt(machine: Machine, record: SessionRow['record']): Promise<void> {
    this.#take(await Session.adopt(this.#options(), machine, record));
  }

  view(): SessionView {
    return sessionView(this.session.view());
  }

  join(page: Page): void {
    this.#pages.add(page);
    page.session(this.view());
    page.ports(this.#portsView);
    for (const task of this.grader.views()) page.task(task);
    for (const hint of this.grader.shownHints()) page.hint(hint);
    this.session.join(page);
    this.grader.reconsiderTimers();
    this.#ports.somethingHappened();
  }

  leave(page: Page): void {
    if (!this.#pages.delete(page)) return;
    this.#session?.leave(page);
    this.grader.reconsiderTimers();
  }

  /** A fresh machine in place of this one; progress, attempt and variables stay. */
  async reset(): Promise<void> {
    // A second click while the first is at work means the same machine.
    if (this.#resetting) return;
    this.#resetting = true;
    try {
      const old = this.session;
      this.#steps.forget();
      this.#epochBase = old.terminals.epoch + 1;
      this.#unwatch?.();
      const watched = [...this.#pages].map((page) => [page, old.xray.requestsOf(page)] as const);
      for (const page of this.#pages) old.leave(page);
      // The new one starts while the old one ends: nobody waits for a machine's burial.
      const closing = old.close('reset');
      this.begin();
      for (const page of this.#pages) this.session.join(page);
      for (const [page, requests] of watched) for (const request of requests) this.session.xray.watch(page, request);
      this.event('reset', {});
      await closing;
    } finally {
      this.#resetting = false;
    }
  }

  /** Back to the moment a task was passed. Progress and verdicts stay: what was learned is not unlearned. */
  async rewind(checkpoint: number): Promise<void> {
    if (!this.view().checkpoints.some(({ id }) => id === checkpoint)) throw new LearnerError('no-checkpoint');
    this.#steps.forget();
    try {
      await this.session.rewind(checkpoint);
    } catch (cause) {
      throw new LearnerError('rewind-failed', { cause });
    }
    this.event('rewound', { checkpoint });
  }

  async detach(): Promise<void> {
    this.#unwatch?.();
    this.#steps.close();
    this.#ports.close();
    this.grader.close();
    await this.#session?.detach();
  }

  async close(reason: string): Promise<void> {
    this.#steps.close();
    this.#ports.close();
    this.#deps.previews.forget(this.id);
    this.grader.close();
    await this.#session?.close(reason);
  }

  event(kind: EventKind, detail: Readonly<Record<string, unknown>>): void {
    const { db, log, now } = this.#deps;
    const row = { learnerId: this.learnerId, sessionId: this.id, kind, detail: { lab: this.lab.id, ...detail } };
    addEvent(db, { ...row, atMs: now() }).catch((error: unknown) => log('an event could not be kept', { kind, error }));
  }

  #options(): SessionOptions {
    const { db, source, idle, hibernations, outputBytesPerSecond, log, now } = this.#deps;
    const epochBase = this.#epochBase;
    return {
      id: this.id,
      source,
      bake: this.lab.bake,
      setUp: (link, signal) => setUpLab(this.lab, this.variables, link, signal),
      idle,
      hibernations,
      outputBytesPerSecond,
      epochBase,
      // The machine of before a reset is still closing when the new one is being saved.
      save: async (record) => {
        if (epochBase === this.#epochBase) await saveSession(db, this.id, record, now());
      },
      log,
      now,
    };
  }

  #take(session: Session): void {
    this.#session = session;
    let state = session.state;
    this.#unwatch = session.watch({
      changed: () => {
        if (state !== session.state) {
          state = session.state;
          this.grader.reconsiderTimers();
          // A machine that just came, or came back, may serve something else than the one before.
          if (state === 'ready') this.#ports.somethingHappened();
          if (state === 'failed') this.event('failed', { reason: session.view().reason });
        }
        this.#tellSession();
      },
      commandFinished: () => this.grader.somethingHappened(),
      prompted: (free) => {
        this.#steps.prompted(free);
        // That it ended is told by `commandFinished`.
        if (!free) this.grader.stirred();
        this.#ports.somethingHappened();
      },
    });
    this.#tellSession();
  }

  /** Once per turn of the event loop, and only what is new. */
  #tellSession(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      const view = this.view();
      const json = JSON.stringify(view);
      if (json === this.#shown) return;
      this.#shown = json;
      this.#each((page) => page.session(view));
    });
  }

  #tellPorts(view: PortsView): void {
    if (JSON.stringify(view) === JSON.stringify(this.#portsView)) return;
    this.#portsView = view;
    this.#each((page) => page.ports(view));
  }

  #each(tell: (page: Page) => void): void {
    for (const page of this.#pages) tell(page);
  }

  #readyMachine(): ReturnType<ConstructorParameters<typeof Grader>[0]['machine']> {
    const session = this.#session;
    if (session?.state !== 'ready' || session.machine === undefined) return undefined;
    return { facts: session.machine.facts, script: (options) => session.script(options) };
  }
}
