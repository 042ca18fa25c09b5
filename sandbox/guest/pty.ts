// A pseudoterminal with a process on it: node-pty's native part, read without strings and written without spinning.
//
// node-pty's own JavaScript is left out for three reasons: without an encoding it does not set IUTF8 (backspace would
// then cut Korean in `cat`), it retries a full pty on every turn of the event loop (a paste into `sleep` would burn a
// core of a machine whose load is the lesson), and it does not say when input was really taken.
import { existsSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ReadStream } from 'node:tty';

type Native = {
  fork(
    file: string,
    args: string[],
    env: string[],
    cwd: string,
    cols: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helperPath: string,
    onExit: (code: number, signal: number) => void,
  ): { fd: number; pid: number; pty: string };
  resize(fd: number, cols: number, rows: number): void;
};

let loaded: Native | undefined;

/** The native module lies beside the bundle in the guest, and in node-pty's folder in a checkout. */
function native(): Native {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    const beside = new URL('./pty.node', import.meta.url).pathname;
    loaded = require(existsSync(beside) ? beside : 'node-pty/build/Release/pty.node') as Native;
  }
  return loaded;
}

export type PtyOptions = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly cols: number;
  readonly rows: number;
};

export type PtyHandlers = {
  /** A view that is valid during the call only. */
  onOutput(bytes: Buffer): void;
  /** The process is gone and all that it wrote was handed out. Signal n gives 128 + n, as in a shell. */
  onExit(exitCode: number): void;
};

/** All that one read of a pty returns (N_TTY_BUF_SIZE - 1). With a larger buffer libuv takes a full read for a short one
 * and goes through epoll for each, instead of reading on. */
const READ_BYTES = 4095;

/** How long output is waited for once the process is gone, when a child of it keeps the terminal open. */
const LINGER_MS = 200;

export class Pty {
  readonly pid: number;
  readonly fd: number;
  readonly #stream: ReadStream;
  readonly #handlers: PtyHandlers;
  #exitCode: number | undefined;
  #drained = false;
  #finished = false;
  #paused = false;
  #linger: NodeJS.Timeout | undefined;

  constructor(options: PtyOptions, handlers: PtyHandlers) {
    this.#handlers = handlers;
    const env = Object.entries(options.env).map(([key, value]) => `${key}=${value}`);
    const forked = native().fork(
      options.file,
      [...options.args],
      env,
      options.cwd,
      options.cols,
      options.rows,
      -1,
      -1,
      true,
      '',
      (code, signal) => this.#onProcessExit(signal > 0 ? 128 + signal : code),
    );
    this.pid = forked.pid;
    this.fd = forked.fd;
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    this.#stream = new ReadStream(forked.fd, {
      onread: {
        buffer,
        callback: (length: number) => {
          this.#handlers.onOutput(buffer.subarray(0, length));
          return !this.#paused;
        },
      },
    });
    // EIO is how Linux says that nobody holds the other side any more
    this.#stream.on('error', () => this.#onDrained());
    this.#stream.on('close', () => this.#onDrained());
    this.#stream.resume();
  }

  /** Writes what the pty takes now; returns the count, which may be 0. */
  write(bytes: Uint8Array): number {
    if (this.#drained) return bytes.length;
    try {
      return writeSync(this.fd, bytes, 0, bytes.length);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
      // the other side is gone: nobody will read it, so it counts as taken
      return bytes.length;
    }
  }

  resize(cols: number, rows: number): void {
    if (!this.#drained) native().resize(this.fd, cols, rows);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#stream.resume();
    if (this.#exitCode !== undefined) this.#startLinger();
  }

  /** Hangs up: the shell and its foreground job get SIGHUP, and SIGKILL follows for what ignores it. */
  close(): void {
    if (this.#exitCode === undefined) {
      signalGroup(this.pid, 'SIGHUP');
      signalGroup(this.pid, 'SIGCONT');
      setTimeout(() => {
        if (this.#exitCode === undefined) signalGroup(this.pid, 'SIGKILL');
      }, 1000).unref();
    }
    this.#stream.destroy();
  }

  #onProcessExit(exitCode: number): void {
    this.#exitCode = exitCode;
    if (this.#drained) this.#finish();
    else if (!this.#paused) this.#startLinger();
  }

  #startLinger(): void {
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      if (!this.#paused) this.#stream.destroy();
    }, LINGER_MS);
  }

  #onDrained(): void {
    this.#drained = true;
    this.#stream.destroy();
    if (this.#exitCode !== undefined) this.#finish();
  }

  #finish(): void {
    if (this.#finished || this.#exitCode === undefined) return;
    this.#finished = true;
    clearTimeout(this.#linger);
    this.#handlers.onExit(this.#exitCode);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}
