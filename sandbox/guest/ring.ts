// The last RING_BYTES of a terminal's output, addressed by byte sequence.
import { RING_BYTES } from '../protocol/flow.ts';

export class OutputRing {
  // untouched pages of it are not resident, so a quiet terminal does not pay for the whole
  readonly #bytes: Buffer;
  #next = 0;

  constructor(capacity: number = RING_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Sequence of the oldest byte kept. */
  get firstSeq(): number {
    return Math.max(0, this.#next - this.#bytes.length);
  }

  /** Sequence of the next byte to come. */
  get nextSeq(): number {
    return this.#next;
  }

  append(chunk: Uint8Array): void {
    const capacity = this.#bytes.length;
    const kept = chunk.length > capacity ? chunk.subarray(chunk.length - capacity) : chunk;
    const at = (this.#next + chunk.length - kept.length) % capacity;
    const toEnd = Math.min(kept.length, capacity - at);
    this.#bytes.set(kept.subarray(0, toEnd), at);
    if (toEnd < kept.length) this.#bytes.set(kept.subarray(toEnd), 0);
    this.#next += chunk.length;
  }

  /** Copies `length` bytes beginning with sequence `seq` to `target` at `offset`. The range must be kept. */
  copy(seq: number, length: number, target: Uint8Array, offset: number): void {
    if (seq < this.firstSeq || seq + length > this.#next) throw new RangeError('range is not in the ring');
    const at = seq % this.#bytes.length;
    const toEnd = Math.min(length, this.#bytes.length - at);
    target.set(this.#bytes.subarray(at, at + toEnd), offset);
    if (toEnd < length) target.set(this.#bytes.subarray(0, length - toEnd), offset + toEnd);
  }
}
