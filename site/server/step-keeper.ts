// When the moment a task was passed is kept: at once where the shell stands at its prompt, else when it does, or a little later.

/** Tasks that fall together, and the check that follows a pass, are one moment. */
const GATHER_MS = 600;

/** A program that runs on is part of the moment. Waiting longer would only carry the next step's beginnings into it. */
const PATIENCE_MS = 15_000;

export type StepKeeperOptions = {
  readonly keep: (task: string) => Promise<void>;
  readonly failed: (error: unknown) => void;
};

export class StepKeeper {
  readonly #options: StepKeeperOptions;
  #wanted: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  /** shells that run something now; what was running when this began is not counted */
  #free = true;
  /** whether anything ran since the last moment that was kept, or since the lab's start */
  #touched = false;
  #closed = false;

  constructor(options: StepKeeperOptions) {
    this.#options = options;
  }

  passed(task: string): void {
    // An answer that was only thought about: the machine is still what it was.
    if (this.#closed || !this.#touched) return;
    this.#wanted = task;
    this.#schedule(this.#free ? GATHER_MS : PATIENCE_MS);
  }

  prompted(free: boolean): void {
    this.#free = free;
    if (!free) this.#touched = true;
    if (free && this.#wanted !== undefined) this.#schedule(GATHER_MS);
  }

  /** The machine is another one, or goes back: what was about to be kept is no more. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#wanted = undefined;
    this.#touched = false;
  }

  close(): void {
    this.#closed = true;
    this.forget();
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(), afterMs);
    this.#timer.unref();
  }

  async #keep(): Promise<void> {
    const task = this.#wanted;
    if (task === undefined || this.#busy || this.#closed) return;
    this.#wanted = undefined;
    this.#touched = false;
    this.#busy = true;
    try {
      await this.#options.keep(task);
    } catch (error) {
      this.#touched = true;
      if (!this.#closed) this.#options.failed(error);
    } finally {
      this.#busy = false;
      if (this.#wanted !== undefined) this.#schedule(GATHER_MS);
    }
  }
}
