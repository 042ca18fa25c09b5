// The last five minutes of a view, kept in the browser: what the time scrubber goes back to.

/** One sample. `at`: when it reached this page, Unix ms. */
export type Moment<S> = { readonly at: number; readonly state: S };

export const KEPT_MS = 5 * 60_000;
/** A guest that samples faster than asked must not fill the page's memory. */
const MOST = 400;
/** A gap longer than this is drawn as one: nobody looked in between. */
export const GAP_MS = 5_000;

export function keep<S>(moments: readonly Moment<S>[], moment: Moment<S>): readonly Moment<S>[] {
  const first = moments.findIndex(({ at }) => at > moment.at - KEPT_MS);
  const young = first < 0 ? [] : moments.slice(first);
  return [...young.slice(-(MOST - 1)), moment];
}

/** What was to be seen at `time`: the last sample not younger than that, or the oldest there is. */
export function momentAt<S>(moments: readonly Moment<S>[], time: number): Moment<S> | undefined {
  return moments.findLast(({ at }) => at <= time) ?? moments[0];
}

/** What was to be seen once something had begun at `time`: the first sample not older than that, or the youngest there is. */
export function momentFrom<S>(moments: readonly Moment<S>[], time: number): Moment<S> | undefined {
  return moments.find(({ at }) => at >= time) ?? moments.at(-1);
}

/** The samples up to `time`, for pictures that show how it came about. */
export function until<S>(moments: readonly Moment<S>[], time: number): readonly Moment<S>[] {
  return moments.filter(({ at }) => at <= time);
}

/** Stretches of time without a gap, for the scrubber's track. */
export function stretches(moments: readonly Moment<unknown>[]): readonly { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const { at } of moments) {
    const last = found.at(-1);
    if (last !== undefined && at - last.to <= GAP_MS) last.to = at;
    else found.push({ from: at, to: at });
  }
  return found;
}
