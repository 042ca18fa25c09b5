// How long to wait before the next attempt to connect.

/** A restarted server is back within seconds, so the first attempts come quickly; an outage is not hammered. */
const FIRST_MS = 200;
const LONGEST_MS = 10_000;

/** Half of the wait is fixed and half random, so that a roomful of pages does not come back in the same instant. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
