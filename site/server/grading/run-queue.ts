// Which checks are due: coalesces what made them due, lets one round run at a time, keeps their cost down.

/** After a round the guest gets at least as much rest as twice the round took: checks must not become the load. */
const REST_FACTOR = 2;
const MIN_REST_MS = 50;

export type Cause = 'command' | 'button' | 'timer' | 'answer';
export type Due = { readonly task: string; readonly cause: Cause };

const WEIGHT: Readonly<Record<Cause, number>> = { timer: 0, command: 1, button: 2, answer: 3 };

/** Asked-for checks never wait for a rest; of several causes for one task the strongest counts. */
export class RunQueue {
  readonly #round: (due: readonly Due[]) => Promise<void>;
  readonly #due = new Map<string, Cause>();
  #running = false;
  #closed = false;
  #restUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #idle: (() => void)[] = [];

  constructor(round: (due: readonly Due[]) => Promise<void>) {
    this.#round = round;
  }

  add(due: readonly Due[]): void {
    if (this.#closed) return;
    for (const { task, cause } of due) {
      const known = this.#due.get(task);
      if (known === undefined || WEIGHT[cause] > WEIGHT[known]) this.#due.set(task, cause);
    }
    this.#consider();
  }

  /** Resolves when nothing runs and nothing is due. */
  settled(): Promise<void> {
    if (!this.#running && this.#due.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#closed = true;
    this.#due.clear();
    clearTimeout(this.#timer);
    this.#wakeIdle();
  }

  #consider(): void {
    if (this.#running || this.#closed) return;
    clearTimeout(this.#timer);
    if (this.#due.size === 0) return this.#wakeIdle();
    const asked = [...this.#due].filter(([, cause]) => WEIGHT[cause] >= WEIGHT.button);
    const waitMs = asked.length > 0 ? 0 : this.#restUntilMs - performance.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#consider(), waitMs);
      return;
    }
    const resting = performance.now() < this.#restUntilMs;
    const now = resting ? asked : [...this.#due];
    for (const [task] of now) this.#due.delete(task);
    void this.#run(now.map(([task, cause]) => ({ task, cause })));
  }

  async #run(due: readonly Due[]): Promise<void> {
    this.#running = true;
    const startMs = performance.now();
    try {
      await this.#round(due);
    } finally {
      const tookMs = performance.now() - startMs;
      this.#restUntilMs = performance.now() + Math.max(MIN_REST_MS, tookMs * REST_FACTOR);
      this.#running = false;
      this.#consider();
    }
  }

  #wakeIdle(): void {
    for (const wake of this.#idle.splice(0)) wake();
  }
}
