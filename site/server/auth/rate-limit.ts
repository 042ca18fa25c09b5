// How often one learner, or one address, may ask for something.
import { LearnerError } from '../errors.ts';
import type { LearnerErrorCode } from '../errors.ts';

const WINDOW_MS = 60_000;

export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #refusal: LearnerErrorCode;
  readonly #taken = new Map<string, number[]>();

  constructor(perMinute: number, now: () => number = Date.now, refusal: LearnerErrorCode = 'too-many-claims') {
    this.#refusal = refusal;
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Counts one; throws LearnerError when there were too many within the last minute. */
  take(key: string): void {
    const nowMs = this.#now();
    const recent = (this.#taken.get(key) ?? []).filter((atMs) => nowMs - atMs < WINDOW_MS);
    if (recent.length >= this.#perMinute) throw new LearnerError(this.#refusal);
    recent.push(nowMs);
    this.#taken.set(key, recent);
    if (this.#taken.size > 10_000) this.#forget(nowMs);
  }

  #forget(nowMs: number): void {
    for (const [key, times] of this.#taken) {
      if (times.every((atMs) => nowMs - atMs >= WINDOW_MS)) this.#taken.delete(key);
    }
  }
}
