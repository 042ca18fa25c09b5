// Chunks to lines, with a bound: a QEMU that a guest took over must not fill the server's memory.
import { QmpError } from './errors.ts';

/** The longest honest line is the greeting or a query's reply, some kilobytes. */
export const MAX_LINE_BYTES = 256 * 1024;

export class LineReader {
  readonly #maxBytes: number;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(maxBytes: number = MAX_LINE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The lines completed by `chunk`, without their ends; empty ones are left out. Throws QmpError `line-too-long`. */
  *push(chunk: Buffer): Generator<string> {
    let start = 0;
    for (let stop = chunk.indexOf(0x0a); stop >= 0; stop = chunk.indexOf(0x0a, start)) {
      this.#hold(chunk.subarray(start, stop));
      start = stop + 1;
      const line = Buffer.concat(this.#held).toString('utf8').trim();
      this.#held = [];
      this.#heldBytes = 0;
      if (line !== '') yield line;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length;
    if (this.#heldBytes > this.#maxBytes) {
      throw new QmpError('line-too-long', `a line of more than ${this.#maxBytes} bytes`);
    }
    this.#held.push(piece);
  }
}
