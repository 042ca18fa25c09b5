// Follows a program that tells of events as they happen (ip monitor, nft monitor, conntrack -E), without letting a flood in.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** Lines a second beyond which the program is ended for a while: following them would cost more than looking again. */
const LINES_PER_SECOND = 200;
const REST_MS = 5000;
const MAX_LINE = 4096;

export class Follower {
  readonly #argv: readonly [string, ...string[]];
  readonly #onLine: (line: string) => void;
  #child: ChildProcessByStdio<Writable, Readable, null> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #rest = '';
  #second = 0;
  #lines = 0;

  /** `onLine` is given an empty line where some may have been missed. */
  constructor(argv: readonly [string, ...string[]], onLine: (line: string) => void) {
    this.#argv = argv;
    this.#onLine = onLine;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** To the program's standard input. Nothing where it does not run. */
  write(text: string): void {
    this.#child?.stdin.write(text);
  }

  close(): void {
    clearTimeout(this.#timer);
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
    child?.stdin.destroy();
    child?.stdout.destroy();
  }

  #start(): void {
    const [file, ...args] = this.#argv;
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      cwd: '/',
    });
    this.#child = child;
    this.#rest = '';
    const gone = (): void => {
      if (this.#child === child) this.#pause();
    };
    child.once('error', gone).once('exit', gone);
    child.stdin.on('error', () => undefined);
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
  }

  #take(text: string): void {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.#second) this.#lines = 0;
    this.#second = second;
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    this.#lines += lines.length;
    if (this.#lines > LINES_PER_SECOND) return this.#pause();
    for (const line of lines) this.#onLine(line.slice(0, MAX_LINE));
  }

  #pause(): void {
    this.close();
    this.#timer = setTimeout(() => {
      this.#start();
      // whatever happened meanwhile was not told
      this.#onLine('');
    }, REST_MS);
  }
}
