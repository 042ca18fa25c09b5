// When to look which ports a machine listens on: after something happened in a shell, a few times, then no more.
import type { Listening } from '../../../sandbox/session/listening.ts';

/** A server needs a moment until it listens, under emulation several seconds; one in the foreground never ends its command. */
const LOOKS_AFTER_MS = [300, 1500, 5000, 15_000];

export type PortWatchOptions = {
  readonly look: () => Promise<readonly Listening[]>;
  readonly found: (ports: readonly Listening[]) => void;
  /** whether a page would see the answer */
  readonly wanted: () => boolean;
};

export class PortWatch {
  readonly #options: PortWatchOptions;
  #step = LOOKS_AFTER_MS.length;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #closed = false;

  constructor(options: PortWatchOptions) {
    this.#options = options;
  }

  /** A command began or ended. Looks begin anew, but the first of them is never put off: a busy shell is looked at, too. */
  somethingHappened(): void {
    if (this.#closed || (this.#step === 0 && this.#timer !== undefined)) return;
    this.#step = 0;
    this.#schedule();
  }

  async lookNow(): Promise<void> {
    if (this.#looking || this.#closed || !this.#options.wanted()) return;
    this.#looking = true;
    try {
      this.#options.found(await this.#options.look());
    } catch {
      // It rests, or is too busy to answer: the next thing that happens makes us look again.
    } finally {
      this.#looking = false;
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const afterMs = LOOKS_AFTER_MS[this.#step];
    if (afterMs === undefined || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.lookNow().then(() => {
        if (this.#timer !== undefined) return;
        this.#step += 1;
        this.#schedule();
      });
    }, afterMs);
    this.#timer.unref();
  }
}
