// What looking costs: the observer's own CPU time and that of the programs it started, over the last looks. Pure.

const WINDOW_MS = 10_000;
/**
 * A view may use this part of a CPU in the long run. A look of a common machine takes less than half of it, but on a host that is busy with others
 * everything that rested for a second is slow; resting longer would make it slower still (measured there: 50 ms for a look every second, 200 ms for
 * one every five) and the picture late, for nothing.
 */
const SHARE = 0.05;
/** CPU time in hand, ms: when much happens at once, the looks that see it need not come less often. */
const CREDIT_MS = 500;
/** However much a look cost, the next one comes after this. */
const LONGEST_REST_MS = 5000;
/** Opening a view goes on behind its first looks: what the agent did between those says nothing. */
const FIRST_LOOKS = 3;

type Look = { readonly atMs: number; readonly costMs: number; readonly betweenMs: number };

export type LookCost = {
  /** CPU time of the look itself */
  readonly lookMs: number;
  /** CPU time of the agent between the look before and this one */
  readonly betweenMs: number;
  /** pid → CPU time so far of a program that works for the view */
  readonly helpers: ReadonlyMap<number, number>;
  /** when it began */
  readonly atMs: number;
};

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
  #count = 0;
  #helpers: ReadonlyMap<number, number> = new Map();

  /**
   * Waking up for a look and sending what it saw cost as much as many a look, and are not told apart from what else the agent does meanwhile:
   * what it did between looks when it did least is taken for them.
   */
  add({ lookMs, betweenMs, helpers, atMs }: LookCost): void {
    const least = this.#looks.reduce((ms, look) => Math.min(ms, look.betweenMs), betweenMs);
    // the first look opens everything and is no measure
    let costMs = lookMs + (++this.#count <= FIRST_LOOKS ? 0 : least);
    // nor is a program that has just been started
    for (const [pid, ms] of helpers) costMs += Math.max(0, ms - (this.#helpers.get(pid) ?? ms));
    this.#helpers = helpers;
    this.#credit.spend(this.#count === 1 ? 0 : costMs, atMs);
    this.#looks.push({ atMs, costMs, betweenMs });
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
