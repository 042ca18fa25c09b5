// When a task's check runs by itself: at the task's own pace after something happened, ever more seldom while nothing does.

/** What ripens unseen is seen a minute later at most, while it may be ripening. */
const LONGEST_MS = 60_000;
/** As long after the last run, whatever that was for, as keeps the check to this share of the time: on a busy host it takes longer, and comes more seldom. */
const SHARE = 1 / 20;
/** Afterwards: every check starts programs, and a machine that nobody touches must cost next to nothing. */
const ASLEEP_MS = 600_000;

type Pace = {
  readonly everyMs: number;
  readonly ripensMs: number;
  /** when something happened last, by performance.now() */
  stirredAtMs: number;
  waitMs: number;
  timer: NodeJS.Timeout;
};

export class CheckTimers {
  readonly #due: (task: string) => void;
  readonly #paces = new Map<string, Pace>();

  constructor(due: (task: string) => void) {
    this.#due = due;
  }

  get size(): number {
    return this.#paces.size;
  }

  has(task: string): boolean {
    return this.#paces.has(task);
  }

  /** `ripensMs`: how long what was done may need until the check can see it. */
  start(task: string, everyMs: number, ripensMs: number): void {
    this.stop(task);
    const timer = this.#wait(task, everyMs);
    this.#paces.set(task, { everyMs, ripensMs, stirredAtMs: performance.now(), waitMs: everyMs, timer });
  }

  stop(task: string): void {
    clearTimeout(this.#paces.get(task)?.timer);
    this.#paces.delete(task);
  }

  /** Something happened, in a shell or to a verdict: back to the tasks' own pace. */
  stirred(): void {
    for (const [task, pace] of this.#paces) {
      pace.stirredAtMs = performance.now();
      if (pace.waitMs > pace.everyMs) this.start(task, pace.everyMs, pace.ripensMs);
    }
  }

  /** The check was run, whatever for: what it would find is known for a whole pace. */
  ran(task: string, tookMs: number): void {
    const pace = this.#paces.get(task);
    if (pace === undefined) return;
    clearTimeout(pace.timer);
    pace.timer = this.#wait(task, Math.max(pace.waitMs, Math.min(LONGEST_MS, tookMs / SHARE)));
  }

  close(): void {
    for (const task of [...this.#paces.keys()]) this.stop(task);
  }

  #wait(task: string, waitMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      const pace = this.#paces.get(task);
      if (pace === undefined) return;
      const ripening = performance.now() - pace.stirredAtMs < pace.ripensMs + LONGEST_MS;
      pace.waitMs = Math.max(pace.everyMs, Math.min(2 * pace.waitMs, ripening ? LONGEST_MS : ASLEEP_MS));
      pace.timer = this.#wait(task, pace.waitMs);
      this.#due(task);
    }, waitMs);
    return timer.unref();
  }
}
