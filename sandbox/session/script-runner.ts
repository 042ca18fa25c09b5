// Runs bash scripts in a guest, one after the other, each in a fork of one bash that stays. Under emulation it is the start of a program that is expensive: a check of
// the first lab takes about a third of what it takes by `exec`, where most goes into the agent's fork and the start of bash. Whoever killed that bash, or took its
// memory, only costs a start: the script is run once more.
import { randomBytes } from 'node:crypto';
import type { CallLane, LaneReader } from './call-lane.ts';
import type { AgentLink } from './agent-link.ts';
import type { ExecResult } from './guest-calls.ts';
import { LinkError } from './link-error.ts';

export type ScriptOptions = {
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** after this the script and what it started are killed, and `timedOut` says so */
  readonly timeoutMs: number;
  /** of standard output, and as much of standard error; what is beyond is dropped, and `truncated` says so */
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
};

/** Reads a mark, a number of bytes and as many bytes of script; answers with what the script wrote, then the mark and its exit code. */
const LOOP =
  'echo underhood-checks > /proc/$BASHPID/comm; ' +
  'while read -r uh_mark uh_size && read -r -N "$uh_size" uh_script; do (eval "$uh_script") < /dev/null; uh_code=$?; ' +
  'printf "\\n%s %s\\n" "$uh_mark" "$uh_code"; printf "\\n%s 0\\n" "$uh_mark" >&2; done';

/** Scripts must not compete with what they look at. */
const NICE = 10;
/** The agent ends a program after this at the latest; a bash that may not last for a script is replaced before. */
const LIFE_MS = 600_000;
/** The agent drops output beyond this. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const FRESH_OUTPUT_BYTES = 8 * 1024 * 1024;
const MARK_BYTES = 16;
/** `\n`, the mark, a blank, up to three digits, `\n` */
const END_BYTES = MARK_BYTES + 6;

type Ended = 'done' | 'timed-out' | 'gone';

/** What one script wrote on one lane, up to its mark. */
class Output {
  readonly #end: RegExp;
  readonly #max: number;
  readonly #kept: Buffer[] = [];
  #length = 0;
  /** the last bytes that came, in which a mark may have begun */
  #tail = '';
  exitCode: number | undefined;

  constructor(mark: string, max: number) {
    this.#end = new RegExp(`\\n${mark} (\\d{1,3})\\n`);
    this.#max = max;
  }

  take(bytes: Uint8Array): void {
    if (this.exitCode !== undefined) return;
    const text = this.#tail + Buffer.from(bytes).toString('latin1');
    const end = this.#end.exec(text);
    const before = end === null ? text.length : end.index;
    const fresh = Buffer.from(text.slice(this.#tail.length, before), 'latin1');
    // a mark that began in what was kept already is cut off at the end
    this.#length += before - this.#tail.length;
    const room = this.#max + END_BYTES - this.#kept.reduce((sum, { length }) => sum + length, 0);
    if (fresh.length > 0 && room > 0) this.#kept.push(fresh.subarray(0, room));
    this.#tail = text.slice(-END_BYTES);
    if (end !== null) this.exitCode = Number(end[1]);
  }

  get contents(): Buffer {
    return Buffer.concat(this.#kept).subarray(0, Math.min(this.#length, this.#max));
  }

  get truncated(): boolean {
    return this.#length > this.#max;
  }
}

/** The bash that stays. Used for one script at a time. */
class Shell {
  readonly #link: AgentLink;
  readonly #lane: CallLane | undefined;
  readonly #startedMs = performance.now();
  #received = 0;
  #gone = false;
  #outputs: readonly Output[] = [];
  #settle: ((ended: Ended) => void) | undefined;

  constructor(link: AgentLink) {
    this.#link = link;
    const params = {
      argv: ['bash', '-c', LOOP, 'underhood-checks'],
      env: { LC_ALL: 'C' },
      cwd: '/',
      user: 'root',
      timeoutMs: LIFE_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      stdin: true,
      nice: NICE,
    };
    const reader = (lane: CallLane): LaneReader => ({
      onData: (number, bytes) => {
        this.#received += bytes.length;
        this.#outputs[number - 1]?.take(bytes);
        lane.consumed(bytes.length);
        this.#consider();
      },
      onEnd: () => undefined,
    });
    const { lane, result } = link.begin('exec', params, reader, { timeoutMs: LIFE_MS + 60_000 });
    this.#lane = lane;
    const gone = (): void => {
      this.#gone = true;
      this.#settle?.('gone');
    };
    result.then(gone, gone);
  }

  /** Whether a script that may take `timeoutMs` can be given to it. */
  lastsFor(timeoutMs: number): boolean {
    const leftMs = this.#startedMs + LIFE_MS - performance.now();
    return !this.#gone && leftMs > timeoutMs + 1000 && this.#received < FRESH_OUTPUT_BYTES;
  }

  async run(options: ScriptOptions): Promise<{ ended: Ended; stdout: Output; stderr: Output }> {
    const { timeoutMs, maxOutputBytes, signal } = options;
    const mark = randomBytes(MARK_BYTES / 2).toString('hex');
    const [stdout, stderr] = [new Output(mark, maxOutputBytes), new Output(mark, maxOutputBytes)];
    this.#outputs = [stdout, stderr];
    const script = Buffer.from(`${exportsOf(options.env)}${options.script}`);
    let timer: NodeJS.Timeout | undefined;
    const over = (): void => {
      this.end();
      this.#settle?.('timed-out');
    };
    const ended = await new Promise<Ended>((resolve) => {
      this.#settle = resolve;
      if (this.#gone) return resolve('gone');
      timer = setTimeout(over, timeoutMs);
      signal?.addEventListener('abort', over, { once: true });
      void this.#lane?.send(Buffer.concat([Buffer.from(`${mark} ${String(script.length)}\n`), script]));
    });
    clearTimeout(timer);
    signal?.removeEventListener('abort', over);
    this.#settle = undefined;
    return { ended, stdout, stderr };
  }

  /** Kills it, with what its script started. */
  end(): void {
    this.#gone = true;
    if (this.#lane !== undefined) this.#link.cancel(this.#lane);
  }

  #consider(): void {
    const [stdout, stderr] = this.#outputs;
    if (stdout?.exitCode === undefined || stderr?.exitCode === undefined) return;
    this.#settle?.('done');
  }
}

export class ScriptRunner {
  readonly #link: AgentLink;
  #shell: Shell | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(link: AgentLink) {
    this.#link = link;
  }

  /** As root. Waits for scripts that were given before. Rejects with LinkError where the link ended or bash cannot be kept alive. */
  run(options: ScriptOptions): Promise<ExecResult> {
    const mine = this.#turn.then(() => this.#run(options));
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #run(options: ScriptOptions): Promise<ExecResult> {
    if (options.script.includes('\0')) throw new LinkError('call-failed', 'a script cannot contain a NUL');
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      if (options.signal?.aborted) throw new LinkError('aborted', 'the script was aborted');
      if (this.#link.closed) throw new LinkError('disconnected', 'the stream to the guest ended');
      const { ended, stdout, stderr } = await this.#lasting(options.timeoutMs).run(options);
      if (options.signal?.aborted) throw new LinkError('aborted', 'the script was aborted');
      if (ended === 'gone' && attempt < 2) continue;
      if (ended === 'gone') throw new LinkError('call-failed', 'the bash that runs scripts ended');
      const timedOut = ended === 'timed-out';
      return {
        exitCode: timedOut ? null : (stdout.exitCode ?? null),
        signal: timedOut ? 'SIGKILL' : null,
        timedOut,
        truncated: stdout.truncated || stderr.truncated,
        wallMs: performance.now() - startedMs,
        stdout: stdout.contents,
        stderr: stderr.contents,
      };
    }
  }

  #lasting(timeoutMs: number): Shell {
    if (this.#shell?.lastsFor(timeoutMs) === true) return this.#shell;
    this.#shell?.end();
    return (this.#shell = new Shell(this.#link));
  }
}

function exportsOf(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}
