// The last bytes of a terminal's output, addressed by sequence number.

/** Memory grows by one block at a time, so a terminal that printed little costs little. */
const BLOCK_BYTES = 32 * 1024;

export class Ring {
  readonly #capacity: number;
  #blocks: Buffer[] = [];
  /** sequence number of the first byte of the first block */
  #origin: number;
  #first: number;
  #next: number;

  constructor(capacityBytes: number, startSeq = 0) {
    this.#capacity = capacityBytes;
    this.#origin = this.#first = this.#next = startSeq;
  }

  /** Oldest byte still kept. */
  get firstSeq(): number {
    return this.#first;
  }

  /** The byte to come. */
  get nextSeq(): number {
    return this.#next;
  }

  has(seq: number): boolean {
    return seq >= this.#first && seq <= this.#next;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      const offset = this.#next - this.#origin;
      const index = Math.floor(offset / BLOCK_BYTES);
      let block = this.#blocks[index];
      if (block === undefined) this.#blocks.push((block = Buffer.allocUnsafe(BLOCK_BYTES)));
      const at = offset % BLOCK_BYTES;
      const part = rest.subarray(0, BLOCK_BYTES - at);
      block.set(part, at);
      this.#next += part.length;
      rest = rest.subarray(part.length);
    }
    this.#first = Math.max(this.#first, this.#next - this.#capacity);
    while (this.#first - this.#origin >= BLOCK_BYTES) {
      this.#blocks.shift();
      this.#origin += BLOCK_BYTES;
    }
  }

  /** A copy of at most `maxBytes` from `seq`; `seq` must be in the ring. */
  read(seq: number, maxBytes: number): Buffer {
    if (!this.has(seq)) throw new RangeError(`byte ${seq} is not among ${this.#first}..${this.#next}`);
    const length = Math.min(maxBytes, this.#next - seq);
    const out = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const offset = seq + done - this.#origin;
      const block = this.#blocks[Math.floor(offset / BLOCK_BYTES)];
      if (block === undefined) throw new RangeError(`byte ${seq + done} is missing`);
      const at = offset % BLOCK_BYTES;
      done += block.copy(out, done, at, Math.min(BLOCK_BYTES, at + length - done));
    }
    return out;
  }

  /** Forgets everything and goes on at `seq`: bytes in between were lost. */
  restart(seq: number): void {
    this.#blocks = [];
    this.#origin = this.#first = this.#next = seq;
  }
}
