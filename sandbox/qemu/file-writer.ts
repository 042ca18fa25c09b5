// Writes small pieces to their places in a file, neighbours together, in the order in which they came.
import type { FileHandle } from 'node:fs/promises';

const RUN_BYTES = 1024 * 1024;
const MAX_WAITING_BYTES = 4 * RUN_BYTES;

export const PAGE_BYTES = 4096;

export class FileWriter {
  readonly #file: FileHandle;
  readonly #maxBytes: number;
  /** what is collected for one write, and where it goes */
  #run: Buffer = Buffer.allocUnsafe(RUN_BYTES);
  #length = 0;
  #at = 0;
  #end = 0;
  #waiting = 0;
  #writes: Promise<void> = Promise.resolve();

  /** Throws where something would be written at or beyond `maxBytes`. */
  constructor(file: FileHandle, maxBytes: number) {
    this.#file = file;
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the file once everything is written. */
  get end(): number {
    return this.#end;
  }

  append(bytes: Uint8Array): void {
    this.#put(this.#end, bytes);
  }

  overwrite(at: number, bytes: Uint8Array): void {
    this.#put(at, bytes);
  }

  /** Resolves when little enough waits to be written. Throws what a write threw. */
  async room(): Promise<void> {
    if (this.#waiting > MAX_WAITING_BYTES) await this.#writes;
  }

  async flush(): Promise<void> {
    this.#send();
    await this.#writes;
  }

  #put(at: number, bytes: Uint8Array): void {
    if (at + bytes.length > this.#maxBytes) throw new Error(`a state of more than ${String(this.#maxBytes)} bytes`);
    this.#end = Math.max(this.#end, at + bytes.length);
    for (let done = 0; done < bytes.length;) {
      if (at + done !== this.#at + this.#length || this.#length === RUN_BYTES) {
        this.#send();
        this.#at = at + done;
      }
      const piece = bytes.subarray(done, done + RUN_BYTES - this.#length);
      this.#run.set(piece, this.#length);
      this.#length += piece.length;
      done += piece.length;
    }
  }

  #send(): void {
    if (this.#length === 0) return;
    const bytes = this.#run.subarray(0, this.#length);
    const at = this.#at;
    // What little was collected is copied; else the pieces of a scattered memory would each hold a megabyte.
    const own = bytes.length > RUN_BYTES / 2 ? bytes : Buffer.from(bytes);
    if (own === bytes) this.#run = Buffer.allocUnsafe(RUN_BYTES);
    this.#length = 0;
    this.#waiting += own.length;
    this.#writes = this.#writes.then(() => this.#write(own, at));
    // Told to whoever waits for room, or for the end.
    this.#writes.catch(() => undefined);
  }

  async #write(bytes: Buffer, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += (await this.#file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    }
    this.#waiting -= bytes.length;
  }
}
