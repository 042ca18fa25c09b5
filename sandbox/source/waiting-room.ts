// The queue in front of the host's memory and its processors: first come, first served, everybody told where they stand.
//
// Starting keeps a processor busy. If thirty machines did it together, all of their learners would wait as long as the last one;
// one after the other, most wait half of that, and none so long that the machine counts as hung.
import { readFile } from 'node:fs/promises';
import { SandboxError } from '../machine/errors.ts';
import type { BootProgress } from '../machine/machine.ts';
import { availableMib, estimateMs, room, turnMs, type HostMemory } from './admission.ts';

/**
 * One machine's place. `started` says that its start is over, well or not; `settled` that its memory shows in the host's
 * figures; `release` that it is gone.
 */
export type Place = { started(): void; settled(): void; release(): void };

export type WaitingRoomOptions = {
  readonly maxMachines: number;
  /** at the same time */
  readonly maxStarting: number;
  readonly reserveMib: number;
  readonly readMemory?: () => Promise<number>;
};

type Waiter = {
  readonly neededMib: number;
  readonly onProgress: ((progress: BootProgress) => void) | undefined;
  readonly admit: (place: Place) => void;
  readonly refuse: (error: unknown) => void;
};

/** Memory is freed by others, too: while somebody waits, it is looked at that often. */
const LOOK_MS = 1000;
const RELEASES_KEPT = 20;
const STARTS_KEPT = 20;

export class WaitingRoom {
  readonly #options: WaitingRoomOptions;
  readonly #queue: Waiter[] = [];
  readonly #promised = new Map<Place, number>();
  readonly #places = new Set<Place>();
  /** since when, by `performance.now()` */
  readonly #starting = new Map<Place, number>();
  #startsMs: number[] = [];
  /** whether the first in the queue waits for memory, not only for others that start */
  #full = false;
  #releasesMs: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #lookAgain = false;
  #memory: HostMemory = { availableMib: 0, reserveMib: 0 };
  #closed = false;

  constructor(options: WaitingRoomOptions) {
    this.#options = options;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get machines(): number {
    return this.#places.size;
  }

  /** Resolves when there is room. A caller that aborts leaves the queue. */
  enter(
    neededMib: number,
    options: { readonly signal?: AbortSignal | undefined; readonly onProgress?: (progress: BootProgress) => void } = {},
  ): Promise<Place> {
    const { signal, onProgress } = options;
    if (this.#closed) return Promise.reject(new SandboxError('closed', 'no more machines are given'));
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const done = (): void => signal?.removeEventListener('abort', abort);
      const waiter: Waiter = {
        neededMib,
        onProgress,
        admit: (place) => {
          done();
          resolve(place);
        },
        refuse: (error) => {
          done();
          reject(error instanceof Error ? error : new Error('refused'));
        },
      };
      const abort = (): void => {
        const at = this.#queue.indexOf(waiter);
        if (at >= 0) this.#queue.splice(at, 1);
        waiter.refuse(signal?.reason);
        this.#announce();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(waiter);
      void this.#look();
    });
  }

  /** A machine that is there already (adopted): it takes a place without asking. */
  occupy(): Place {
    const place = this.#place(0);
    this.#starting.delete(place);
    return place;
  }

  /** How many more machines of this size would fit, by the last look at the host. */
  async free(neededMib: number): Promise<number> {
    await this.#readMemory();
    return this.freeNow(neededMib);
  }

  freeNow(neededMib: number): number {
    return room(this.#memory, this.#load(), neededMib);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const waiter of this.#queue.splice(0)) {
      waiter.refuse(new SandboxError('closed', 'no more machines are given'));
    }
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    clearTimeout(this.#timer);
    try {
      do {
        this.#lookAgain = false;
        await this.#readMemory();
        for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
          this.#full = room(this.#memory, this.#load(), next.neededMib) < 1;
          if (this.#full || this.#starting.size >= this.#options.maxStarting) break;
          this.#queue.shift();
          next.admit(this.#place(next.neededMib));
        }
      } while (this.#lookAgain);
    } finally {
      this.#looking = false;
    }
    this.#announce();
    if (this.#queue.length > 0 && !this.#closed) this.#timer = setTimeout(() => void this.#look(), LOOK_MS);
  }

  #place(neededMib: number): Place {
    const place: Place = {
      started: () => {
        const sinceMs = this.#starting.get(place);
        if (sinceMs === undefined) return;
        this.#starting.delete(place);
        this.#startsMs = [...this.#startsMs, performance.now() - sinceMs].slice(-STARTS_KEPT);
        if (this.#queue.length > 0) void this.#look();
      },
      settled: () => void this.#promised.delete(place),
      release: () => {
        this.#promised.delete(place);
        if (!this.#places.delete(place)) return;
        this.#starting.delete(place);
        this.#releasesMs = [...this.#releasesMs, Date.now()].slice(-RELEASES_KEPT);
        if (this.#queue.length > 0) void this.#look();
      },
    };
    this.#places.add(place);
    this.#starting.set(place, performance.now());
    if (neededMib > 0) this.#promised.set(place, neededMib);
    return place;
  }

  #load(): { machines: number; maxMachines: number; promisedMib: number } {
    const promisedMib = [...this.#promised.values()].reduce((sum, mib) => sum + mib, 0);
    return { machines: this.#places.size, maxMachines: this.#options.maxMachines, promisedMib };
  }

  #announce(): void {
    const now = Date.now();
    this.#queue.forEach(({ onProgress }, at) => {
      const position = at + 1;
      const waitMs = this.#full
        ? estimateMs(position, this.#releasesMs, now)
        : turnMs(position, this.#startsMs, this.#options.maxStarting);
      onProgress?.({ stage: 'queued', position, estimateMs: waitMs, full: this.#full });
    });
  }

  async #readMemory(): Promise<void> {
    const read = this.#options.readMemory ?? (async () => availableMib(await readFile('/proc/meminfo', 'utf8')));
    this.#memory = { availableMib: await read(), reserveMib: this.#options.reserveMib };
  }
}
