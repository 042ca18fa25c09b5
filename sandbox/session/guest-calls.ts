// Calls with a byte stream, made comfortable: run a program, store and fetch a file, open a connection.
import { Duplex } from 'node:stream';
import type { CallValue, Params } from '../protocol/messages.ts';
import type { AgentLink, CallOptions } from './agent-link.ts';
import type { CallLane, LaneReader } from './call-lane.ts';

export type ExecOptions = {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: string;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
  readonly stdin?: Uint8Array | string;
  readonly nice?: number;
  readonly signal?: AbortSignal;
};

export type ExecResult = CallValue<'exec'> & { readonly stdout: Buffer; readonly stderr: Buffer };

export type FileOptions = CallOptions & { readonly mode?: number; readonly owner?: string };

const EXEC_TIMEOUT_MS = 10_000;
const EXEC_OUTPUT_BYTES = 256 * 1024;
/** How much longer than its own limit a call may take before the guest counts as stuck. */
const GRACE_MS = 5000;
const FILE_TIMEOUT_MS = 60_000;

/** Gathers lanes up to `maxBytes` in all; a guest that sends more than was asked for only loses it. */
function collector(maxBytes: number): { reader: (lane: CallLane) => LaneReader; taken: (lane: number) => Buffer } {
  const chunks: Buffer[][] = [[], [], []];
  let left = maxBytes;
  return {
    reader: (lane) => ({
      onData: (number, bytes) => {
        const kept = bytes.subarray(0, left);
        left -= kept.length;
        if (kept.length > 0) chunks[number]?.push(Buffer.from(kept));
        lane.consumed(bytes.length);
      },
      onEnd: () => undefined,
    }),
    taken: (lane) => Buffer.concat(chunks[lane] ?? []),
  };
}

export async function execute(link: AgentLink, options: ExecOptions): Promise<ExecResult> {
  const params: Params<'exec'> = {
    argv: [...options.argv],
    env: { ...options.env },
    cwd: options.cwd ?? '/',
    user: options.user ?? 'root',
    timeoutMs: options.timeoutMs ?? EXEC_TIMEOUT_MS,
    maxOutputBytes: options.maxOutputBytes ?? EXEC_OUTPUT_BYTES,
    stdin: options.stdin !== undefined,
    nice: options.nice ?? 0,
  };
  const output = collector(params.maxOutputBytes);
  const timeoutMs = params.timeoutMs + GRACE_MS;
  const { lane, result } = link.begin('exec', params, output.reader, { signal: options.signal, timeoutMs });
  if (options.stdin !== undefined && lane !== undefined) {
    void lane.send(Buffer.from(options.stdin)).then(() => lane.end());
  }
  const value = await result;
  return { ...value, stdout: output.taken(1), stderr: output.taken(2) };
}

export async function storeFile(
  link: AgentLink,
  path: string,
  contents: Uint8Array,
  options: FileOptions,
): Promise<void> {
  const { mode = 0o644, owner = 'root' } = options;
  const params = { path, mode, owner, bytes: contents.length };
  const { reader } = collector(0);
  const { lane, result } = link.begin('file.put', params, reader, { timeoutMs: FILE_TIMEOUT_MS, ...options });
  void lane?.send(contents).then(() => lane.end());
  await result;
}

export async function fetchFile(
  link: AgentLink,
  path: string,
  maxBytes: number,
  options: CallOptions,
): Promise<{ contents: Buffer; truncated: boolean }> {
  const output = collector(maxBytes);
  const { result } = link.begin('file.get', { path, maxBytes }, output.reader, {
    timeoutMs: FILE_TIMEOUT_MS,
    ...options,
  });
  const { truncated } = await result;
  return { contents: output.taken(1), truncated };
}

/** Resolves once connected. */
export async function openConnection(
  link: AgentLink,
  host: string,
  port: number,
  options: CallOptions,
): Promise<Duplex> {
  let connection: GuestConnection | undefined;
  const reader = (lane: CallLane): LaneReader => (connection = new GuestConnection(link, lane)).reader;
  const { result } = link.begin('dial', { host, port }, reader, options);
  try {
    await result;
  } catch (error) {
    connection?.destroy();
    throw error;
  }
  if (connection === undefined) throw new Error('a dial without a stream');
  return connection;
}

/** Lane 0 of a dial as a stream. Bytes nobody has read count against the guest's credit, so a slow reader stops it. */
class GuestConnection extends Duplex {
  readonly #link: AgentLink;
  readonly #lane: CallLane;
  #unsettled = 0;

  constructor(link: AgentLink, lane: CallLane) {
    super({ allowHalfOpen: true });
    this.#link = link;
    this.#lane = lane;
    // whoever will hold it may not listen yet
    this.on('error', () => undefined);
  }

  get reader(): LaneReader {
    return {
      onData: (_lane, bytes) => {
        this.#unsettled += bytes.length;
        this.push(Buffer.from(bytes));
        // a listening reader had it at once, without a read
        this.#settle();
      },
      onEnd: () => void this.push(null),
      onClose: (error) => void this.destroy(error),
    };
  }

  override _read(): void {
    // what is being read is taken out of the buffer only after this call
    queueMicrotask(() => this.#settle());
  }

  /** Gives credit for what has left the buffer. */
  #settle(): void {
    const taken = this.#unsettled - this.readableLength;
    if (taken <= 0) return;
    this.#unsettled -= taken;
    this.#lane.consumed(taken);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    void this.#lane.send(chunk).then(() => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#lane.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#lane.sentEnd && this.#lane.hasEnded(0)) this.#link.release(this.#lane);
    else this.#link.cancel(this.#lane);
    done(error);
  }
}
