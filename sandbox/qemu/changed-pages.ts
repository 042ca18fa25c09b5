// Which pages of a machine's memory its template does not have: only these are written, and read when it comes back.
//
// A machine that comes back maps the memory it was made from, as on its first day, and QEMU lays the changed pages over it. So what
// rests on a host's disk is some tens of megabytes a machine, and what comes back shares the rest with all the others again.
import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { PAGE_BYTES, type FileWriter } from './file-writer.ts';

const WINDOW_BYTES = 256 * 1024;
const ZEROES = Buffer.alloc(PAGE_BYTES);
/** in place of a page's place */
const NOT_SEEN = -1;
const AS_IN_BASE = -2;

/** The memory a machine was made from. */
export class BaseMemory implements AsyncDisposable {
  readonly #file: FileHandle | undefined;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowAt = -1;

  private constructor(file: FileHandle | undefined) {
    this.#file = file;
  }

  /** Without a file it is all zeroes, as of a machine that was booted. */
  static async open(file: string | undefined): Promise<BaseMemory> {
    return new BaseMemory(file === undefined ? undefined : await open(file, 'r'));
  }

  /** Whether the page at `address` has this content; undefined: all zeroes. */
  has(address: number, content: Buffer = ZEROES): boolean {
    if (this.#file === undefined) return content.equals(ZEROES);
    const windowAt = address - (address % WINDOW_BYTES);
    if (windowAt !== this.#windowAt) this.#read(this.#file, windowAt);
    const at = address - windowAt;
    return this.#window.compare(content, 0, PAGE_BYTES, at, at + PAGE_BYTES) === 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
  }

  /** At once: the clones that run keep it in the host's memory. */
  #read(file: FileHandle, at: number): void {
    this.#windowAt = -1;
    let done = 0;
    while (done < WINDOW_BYTES) {
      const bytes = readSync(file.fd, this.#window, done, WINDOW_BYTES - done, at + done);
      if (bytes === 0) break;
      done += bytes;
    }
    this.#window.fill(0, done);
    this.#windowAt = at;
  }
}

export class ChangedPages {
  readonly #base: BaseMemory;
  readonly #state: FileWriter;
  /** per page of the memory: where in the state its content stands, or one of the two above */
  readonly #places: Float64Array;
  #missing: number;

  constructor(base: BaseMemory, memoryBytes: number, state: FileWriter) {
    this.#base = base;
    this.#state = state;
    this.#missing = memoryBytes / PAGE_BYTES;
    this.#places = new Float64Array(this.#missing).fill(NOT_SEEN);
  }

  /**
   * Whether this page must be told to whoever comes back; then `keep` is called with it next. One that was kept before, and changed
   * while it was written, is written over in its place.
   */
  take(address: number, content: Buffer | undefined): boolean {
    const page = address / PAGE_BYTES;
    const place = this.#places[page] ?? NOT_SEEN;
    if (place >= 0) {
      this.#state.overwrite(place, content ?? ZEROES);
      return false;
    }
    if (place === NOT_SEEN) this.#missing--;
    this.#places[page] = AS_IN_BASE;
    return !this.#base.has(address, content);
  }

  keep(address: number, content: Buffer | undefined): void {
    this.#places[address / PAGE_BYTES] = this.#state.end;
    this.#state.append(content ?? ZEROES);
  }

  /** Throws where QEMU has left pages out: the base's would show instead. */
  end(): void {
    if (this.#missing > 0) throw new Error(`${String(this.#missing)} pages of the memory are missing`);
  }
}
