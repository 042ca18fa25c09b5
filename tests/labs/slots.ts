// Places for work that runs side by side: machines (bounded by memory) and hands that keep a processor busy (bounded by cores).
import { availableParallelism } from 'node:os';

/** First come, first served; among those who wait, the lowest `rank` goes first. */
export class Slots {
  #free: number;
  readonly #waiting: { readonly rank: number; readonly go: () => void }[] = [];

  constructor(count: number) {
    this.#free = count;
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
