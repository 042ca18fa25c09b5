// What looking costs: the observer's own CPU time and that of the programs it started, over the last looks. Pure.

const WINDOW_MS = 10_000;
/** Looks whose average says how much the next one will cost. */
const RECENT = 5;

type Look = { readonly atMs: number; readonly costMs: number };

export class Costs {
  readonly #looks: Look[] = [];
  #helpers: ReadonlyMap<number, number> = new Map();

  /** `ownMs` of this look; `helpers`: pid → CPU time so far of a program that works for it. */
  add(ownMs: number, helpers: ReadonlyMap<number, number>, atMs: number): void {
    let costMs = ownMs;
    for (const [pid, ms] of helpers) costMs += Math.max(0, ms - (this.#helpers.get(pid) ?? 0));
    this.#helpers = helpers;
    this.#looks.push({ atMs, costMs });
    while (this.#looks.length > RECENT && (this.#looks[0]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#looks.shift();
  }

  /** CPU time per look, of the last few. The first look opens everything and is no measure. */
  perLookMs(): number {
    const recent = this.#looks.slice(1).slice(-RECENT);
    return recent.reduce((sum, { costMs }) => sum + costMs, 0) / Math.max(1, recent.length);
  }

  /** Percent of one CPU over the looks remembered, but for the first of them: it opened everything, and began the time that is shared out. */
  percent(nowMs: number): number {
    const spent = this.#looks.slice(1).reduce((sum, { costMs }) => sum + costMs, 0);
    const spanMs = Math.max(1000, nowMs - (this.#looks[0]?.atMs ?? nowMs));
    return Math.round((spent / spanMs) * 1000) / 10;
  }
}
