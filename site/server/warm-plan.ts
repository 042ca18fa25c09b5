// For which labs machines are kept ready: those that learners lately came for.
import type { Lab } from '../../labs/lab.ts';
import type { MachineSource } from '../../sandbox/source/source.ts';

/** Long enough that one visitor to another lab does not empty the pool of a whole class. */
const REMEMBERED_CLAIMS = 8;

/**
 * Shares `total` machines out among pools in proportion to the latest claims (largest remainder; of equals, the latest first).
 * What gets no share is left out.
 */
export function sharesOf(claims: readonly string[], total: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const pool of claims.toReversed()) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  const quotas = [...counts].map(([pool, count]) => ({ pool, quota: (count * total) / claims.length }));
  const shares = new Map(quotas.map(({ pool, quota }) => [pool, Math.floor(quota)]));
  let left = total - [...shares.values()].reduce((sum, share) => sum + share, 0);
  for (const { pool, quota } of quotas.toSorted((a, b) => (b.quota % 1) - (a.quota % 1))) {
    if (left === 0) break;
    if (quota % 1 === 0) continue;
    shares.set(pool, Math.floor(quota) + 1);
    left -= 1;
  }
  return new Map([...shares].filter(([, share]) => share > 0));
}

export class WarmPlan {
  readonly #source: MachineSource;
  readonly #total: number;
  /** labs without a template of their own share the base's pool, called '' */
  readonly #bakes = new Map<string, Lab['bake']>();
  #claims: string[] = [];
  #kept: ReadonlySet<string> = new Set();

  constructor(source: MachineSource, total: number) {
    this.#source = source;
    this.#total = total;
  }

  /** Somebody came for this lab, or, before anybody did, is expected to. */
  claimed(lab: Lab): void {
    if (this.#total === 0) return;
    const pool = lab.bake === undefined ? '' : lab.id;
    this.#bakes.set(pool, lab.bake);
    this.#claims = [...this.#claims, pool].slice(-REMEMBERED_CLAIMS);
    const shares = sharesOf(this.#claims, this.#total);
    for (const id of this.#kept) if (!shares.has(id)) this.#source.warm(this.#bakes.get(id), 0);
    for (const [id, share] of shares) this.#source.warm(this.#bakes.get(id), share);
    this.#kept = new Set(shares.keys());
  }
}
