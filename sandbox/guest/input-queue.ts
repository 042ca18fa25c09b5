// Keystrokes and pastes that the pty has not taken yet. A full pty is tried again when it writes something, and by a
// slowing clock: Node cannot wait for a pty to become writable without spinning.

const FIRST_RETRY_MS = 4;
const LAST_RETRY_MS = 250;

export class InputQueue {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #onTaken: (bytes: number) => void;
  #chunks: Uint8Array[] = [];
  /** bytes at the front that came from a host that is gone: their acknowledgement is owed to nobody */
  #orphaned = 0;
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;

  constructor(write: (bytes: Uint8Array) => number, onTaken: (bytes: number) => void) {
    this.#write = write;
    this.#onTaken = onTaken;
  }

  get queuedBytes(): number {
    return this.#queued;
  }

  /** `bytes` must stay as they are until taken. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#queued += bytes.length;
    if (this.#chunks.length === 1) this.flush();
  }

  /** Tries again; called when the pty showed signs of life. */
  flush(): void {
    let taken = 0;
    while (this.#chunks.length > 0) {
      const first = this.#chunks[0] as Uint8Array;
      const written = this.#write(first);
      taken += written;
      if (written < first.length) {
        this.#chunks[0] = first.subarray(written);
        break;
      }
      this.#chunks.shift();
    }
    this.#queued -= taken;
    if (taken > 0) this.#retryMs = FIRST_RETRY_MS;
    this.#plan();
    const orphaned = Math.min(this.#orphaned, taken);
    this.#orphaned -= orphaned;
    if (taken > orphaned) this.#onTaken(taken - orphaned);
  }

  /** The host changed: what is queued still goes to the pty, unacknowledged. */
  orphan(): void {
    this.#orphaned = this.#queued;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#chunks = [];
    this.#queued = 0;
  }

  #plan(): void {
    if (this.#chunks.length === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
      this.flush();
    }, this.#retryMs);
  }
}
