// Reads small kernel files again and again: the descriptor stays open, so that a look costs one system call and not three.
import { closeSync, openSync, readSync, readdirSync, readlinkSync } from 'node:fs';

/** Descriptors kept; the agent's limit is far above. */
const MAX_OPEN = 2048;
/** No file that is read here is honestly larger; a learner's may be, and is cut off. */
const MAX_BYTES = 64 * 1024;

export class KernelFiles {
  readonly #open = new Map<string, number>();
  readonly #buffer = Buffer.allocUnsafeSlow(MAX_BYTES);

  /** Contents, or undefined where the file is gone or unreadable. A descriptor belongs to the process it was opened for, also when its pid is used again. */
  read(path: string): string | undefined {
    let fd = this.#open.get(path);
    try {
      if (fd === undefined) {
        fd = openSync(path, 'r');
        this.#open.set(path, fd);
        if (this.#open.size > MAX_OPEN) this.#forgetOldest();
      }
      return this.#buffer.toString('utf8', 0, readSync(fd, this.#buffer, 0, MAX_BYTES, 0));
    } catch {
      this.forget(path);
      return undefined;
    }
  }

  /** For what is read once: nothing stays open. */
  readOnce(path: string): string | undefined {
    const known = this.#open.has(path);
    const contents = this.read(path);
    if (!known) this.forget(path);
    return contents;
  }

  forget(path: string): void {
    const fd = this.#open.get(path);
    if (fd === undefined) return;
    this.#open.delete(path);
    closeSync(fd);
  }

  /** Of a folder that is gone, or has become another one of the same name. */
  forgetBelow(folder: string): void {
    for (const path of [...this.#open.keys()]) if (path.startsWith(`${folder}/`)) this.forget(path);
  }

  close(): void {
    for (const path of [...this.#open.keys()]) this.forget(path);
  }

  #forgetOldest(): void {
    for (const path of this.#open.keys()) return this.forget(path);
  }
}

export function list(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

export function link(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** As much of `value` as the contract has room for. */
export function cut(value: string, max: number): string {
  return value.length <= max ? value : `${value.slice(0, max - 1)}…`;
}

/** A whole number ≥ 0 out of a kernel file; 0 where there is none. */
export function whole(value: string | undefined): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) && number > 0 ? Math.min(Math.trunc(number), Number.MAX_SAFE_INTEGER) : 0;
}
