// Token bucket: how many bytes of output one machine may push through the server, on average.

export class Budget {
  readonly #bytesPerSecond: number;
  readonly #burstBytes: number;
  #tokens: number;
  #atMs: number;

  /** One second's worth may come at once: a screenful is never slowed, a flood is. */
  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#burstBytes = bytesPerSecond;
    this.#tokens = this.#burstBytes;
    this.#atMs = nowMs;
  }

  /** Takes up to `wanted` bytes and returns how many were granted. */
  take(wanted: number, nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#tokens = Math.min(this.#burstBytes, this.#tokens + (elapsedMs * this.#bytesPerSecond) / 1000);
    const granted = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= granted;
    return granted;
  }

  /** How long until `bytes` can be granted in one piece. */
  waitMs(bytes: number): number {
    const missing = Math.min(bytes, this.#burstBytes) - this.#tokens;
    return missing <= 0 ? 0 : Math.ceil((missing * 1000) / this.#bytesPerSecond);
  }
}
