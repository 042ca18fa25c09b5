// When a task's check runs by itself: at the task's own pace after something happened, ever more seldom while nothing does.

/** A machine that nobody touches must cost next to nothing; what ripens unseen is seen a minute later at most. */
const LONGEST_MS = 60_000;

type Pace = { readonly everyMs: number; waitMs: number; timer: NodeJS.Timeout };

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

  start(task: string, everyMs: number): void {
    this.stop(task);
    this.#paces.set(task, { everyMs, waitMs: everyMs, timer: this.#wait(task, everyMs) });
  }

  stop(task: string): void {
    clearTimeout(this.#paces.get(task)?.timer);
    this.#paces.delete(task);
  }

  /** Something happened, in a shell or to a verdict: back to the tasks' own pace. */
  stirred(): void {
    for (const [task, pace] of this.#paces) if (pace.waitMs > pace.everyMs) this.start(task, pace.everyMs);
  }

  close(): void {
    for (const task of [...this.#paces.keys()]) this.stop(task);
  }

  #wait(task: string, waitMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      const pace = this.#paces.get(task);
      if (pace === undefined) return;
      pace.waitMs = Math.max(pace.everyMs, Math.min(2 * waitMs, LONGEST_MS));
      pace.timer = this.#wait(task, pace.waitMs);
      this.#due(task);
    }, waitMs);
    return timer.unref();
  }
}
