// When a terminal's output came and when its size changed: what makes a recording out of the ring's bytes. Bounded like the ring.

/** Output that comes this close together is one moment: nobody sees more, and a flood stays small. */
const ONE_MOMENT_MS = 16;

/** Of some 40 bytes each. With more, neighbours are joined, the older half first. */
const MOST_MOMENTS = 8192;

export type Size = { readonly cols: number; readonly rows: number };

/** Everything up to the byte `until` (excluded) had come at `atMs`; with `size`: from this byte on that size was in force. */
export type Moment = { readonly until: number; readonly atMs: number; readonly size: Size | undefined };

export class Timeline {
  #moments: Moment[] = [];
  /** in force before the first moment that is kept */
  #size: Size;

  constructor(size: Size) {
    this.#size = size;
  }

  output(until: number, atMs: number, firstKept: number): void {
    const last = this.#moments.at(-1);
    const same = last !== undefined && last.size === undefined && atMs - last.atMs < ONE_MOMENT_MS;
    if (same) this.#moments.pop();
    this.#moments.push({ until, atMs: same ? last.atMs : atMs, size: undefined });
    if (this.#moments.length > MOST_MOMENTS) this.#shorten(firstKept);
  }

  resized(size: Size, at: number, atMs: number, firstKept: number): void {
    const last = this.#moments.at(-1);
    if (last?.size !== undefined && last.until === at) this.#moments.pop();
    this.#moments.push({ until: at, atMs, size });
    if (this.#moments.length > MOST_MOMENTS) this.#shorten(firstKept);
  }

  /** The bytes before were lost: what is known of them is worth nothing. */
  restart(size: Size): void {
    this.#moments = [];
    this.#size = size;
  }

  /** From the first byte that is still there. */
  read(firstKept: number): { readonly size: Size; readonly moments: readonly Moment[] } {
    this.#forget(firstKept);
    return { size: this.#size, moments: [...this.#moments] };
  }

  #forget(firstKept: number): void {
    const gone = this.#moments.findIndex(({ until }) => until > firstKept);
    const passed = this.#moments.splice(0, gone < 0 ? this.#moments.length : gone);
    this.#size = passed.findLast(({ size }) => size !== undefined)?.size ?? this.#size;
  }

  #shorten(firstKept: number): void {
    this.#forget(firstKept);
    if (this.#moments.length <= MOST_MOMENTS) return;
    const half = MOST_MOMENTS / 2;
    const old = this.#moments.splice(0, half);
    const joined = old.filter(({ size }, index) => size !== undefined || index % 2 === 1);
    // Nothing but changes of size: only the newest of them can still be seen.
    this.#moments.unshift(...(joined.length > half * 0.75 ? joined.slice(-half / 2) : joined));
  }
}
