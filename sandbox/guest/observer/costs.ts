// What looking costs: the observer's own CPU time and that of the programs it started, over the last looks. Pure.

const WINDOW_MS = 10_000;
/** A view may use this part of a CPU in the long run. */
const SHARE = 0.02;
/** CPU time in hand, ms: when much happens at once, the looks that see it need not come less often. */
const CREDIT_MS = 500;
/** However much a look cost, the next one comes after this. */
const LONGEST_REST_MS = 5000;

type Look = { readonly atMs: number; readonly costMs: number };

/** CPU time that may still be spent: a share of the time that passes, and some in hand. */
export class Credit {
  #ms = CREDIT_MS;
  #atMs: number | undefined;

  spend(costMs: number, nowMs: number): void {
    const ms = Math.min(CREDIT_MS, this.#ms + (nowMs - (this.#atMs ?? nowMs)) * SHARE) - costMs;
    this.#ms = Math.max(ms, -LONGEST_REST_MS * SHARE);
    this.#atMs = nowMs;
  }

  /** How long to spend nothing, ms. */
  restMs(): number {
    return Math.max(0, -this.#ms / SHARE);
  }
}

export class Costs {
  readonly #looks: Look[] = [];
  readonly #credit = new Credit();
  #helpers: ReadonlyMap<number, number> = new Map();

  /** `ownMs` of this look; `helpers`: pid → CPU time so far of a program that works for it. */
  add(ownMs: number, helpers: ReadonlyMap<number, number>, atMs: number): void {
    let costMs = ownMs;
    for (const [pid, ms] of helpers) costMs += Math.max(0, ms - (this.#helpers.get(pid) ?? 0));
    this.#helpers = helpers;
    // the first look opens everything and is no measure
    this.#credit.spend(this.#looks.length === 0 ? 0 : costMs, atMs);
    this.#looks.push({ atMs, costMs });
    while (this.#looks.length > 2 && (this.#looks[0]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#looks.shift();
  }

  /** How long to look at nothing after the last look, so that looking takes no more than its share. */
  restMs(): number {
    return this.#credit.restMs();
  }

  /** Percent of one CPU over the looks remembered, but for the first of them: it opened everything, and began the time that is shared out. */
  percent(nowMs: number): number {
    const spent = this.#looks.slice(1).reduce((sum, { costMs }) => sum + costMs, 0);
    const spanMs = Math.max(1000, nowMs - (this.#looks[0]?.atMs ?? nowMs));
    return Math.round((spent / spanMs) * 1000) / 10;
  }
}
