// Places for work that runs side by side: machines (bounded by memory) and hands that keep a processor busy (bounded by cores).
import { availableParallelism } from 'node:os';

/** First come, first served; among those who wait, the lowest `rank` goes first. */
export class Slots {
  readonly #count: number;
  #free: number;
  #alone: Promise<unknown> = Promise.resolve();
  readonly #waiting: { readonly rank: number; readonly go: () => void }[] = [];

  constructor(count: number) {
    this.#count = count;
    this.#free = count;
  }

  /** With all slots, so that nothing else is at work: for what is measured. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    // Two that had taken some each would wait for each other for ever.
    const before = this.#alone;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#alone = promise;
    await before;
    const take = (left: number): Promise<T> => (left === 0 ? work() : this.with(() => take(left - 1), -1));
    try {
      return await take(this.#count);
    } finally {
      resolve();
    }
  }

  async with<T>(work: () => Promise<T>, rank = 0): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((go) => this.#queue(rank, go));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next.go();
    }
  }

  #queue(rank: number, go: () => void): void {
    const at = this.#waiting.findIndex((other) => other.rank > rank);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, { rank, go });
  }
}

export type Places = { readonly machines: Slots; readonly busy: Slots };

/** A machine mostly waits for something to ripen; while it is made, set up or looked at, it needs a core. */
export function places(machines = 2 * availableParallelism()): Places {
  return { machines: new Slots(machines), busy: new Slots(Math.min(machines, availableParallelism())) };
}
