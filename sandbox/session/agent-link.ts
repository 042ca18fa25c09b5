// The host's end of the stream to a guest's agent. The guest is hostile: whatever it sends is bounded and checked here.
import type { Duplex } from 'node:stream';
import {
  FROM_GUEST,
  FrameDecoder,
  ProtocolError,
  SEQUENCE_BYTES,
  decodeJson,
  encodeFrame,
  encodeJson,
  payloadsOf,
  readSequence,
  readU32,
  writeSequence,
} from '../protocol/codec.ts';
import { Calls, GuestEvent, Result } from '../protocol/messages.ts';
import type { CallValue, Method, Params, Welcome } from '../protocol/messages.ts';
import { FRAME } from '../protocol/wire.ts';
import type { Frame } from '../protocol/wire.ts';
import { CallLane } from './call-lane.ts';
import type { LaneReader } from './call-lane.ts';
import { execute, fetchFile, openConnection, storeFile } from './guest-calls.ts';
import type { ExecOptions, ExecResult, FileOptions } from './guest-calls.ts';
import { ScriptRunner } from './script-runner.ts';
import type { ScriptOptions } from './script-runner.ts';
import { FloodGate } from './flood-gate.ts';
import { shakeHands } from './handshake.ts';
import { LinkError } from './link-error.ts';
import { TerminalWindow } from './terminal-window.ts';

export type LinkHandlers = {
  /** `bytes` is a view: copy it to keep it past the call. Each byte must be acknowledged with `ack` in the end. */
  onOutput?: (terminal: number, seq: number, bytes: Uint8Array) => void;
  /** the terminal took that many bytes of input */
  onInputAck?: (terminal: number, bytes: number) => void;
  onEvent?: (event: GuestEvent) => void;
  /** what the guest calls a message of the X-ray: a view, not parsed yet; beyond a rate they are dropped */
  onXray?: (payload: Uint8Array) => void;
  /** once; undefined where `close` was asked for */
  onClose?: (error: LinkError | undefined) => void;
};

export type LinkOptions = LinkHandlers & {
  readonly signal?: AbortSignal;
  readonly helloTimeoutMs?: number;
};

export type CallOptions = { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined };

const HELLO_TIMEOUT_MS = 5000;
const CALL_TIMEOUT_MS = 30_000;
const MAX_CALLS = 64;
/** A paste of a thousand commands makes three thousand events within seconds; nothing honest makes more. */
const EVENTS_PER_SECOND = 500;
const EVENT_BURST = 4000;
/** Events dropped for the rate before the link is ended. */
const MAX_DROPPED_EVENTS = 4000;
/** Eight views at two a second, and what a late link catches up with. */
const SIGHTS_PER_SECOND = 24;
const SIGHT_BURST = 64;
/** Frames that carry almost nothing: keystroke echoes and small answers are far below, a flood of empty frames is not. */
const SMALL_FRAMES_PER_SECOND = 10_000;
const SMALL_FRAME_BURST = 40_000;
const SMALL_PAYLOAD_BYTES = 64;
/** Bytes the guest does not take from us before the link counts as dead: it would otherwise grow for ever. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

type Pending = {
  readonly method: Method;
  readonly params: unknown;
  readonly lane: CallLane | undefined;
  readonly settle: (result: { value: unknown } | LinkError) => void;
};

export class AgentLink implements AsyncDisposable {
  readonly welcome: Welcome;
  readonly #duplex: Duplex;
  readonly #handlers: LinkHandlers;
  readonly #decoder = new FrameDecoder(FROM_GUEST);
  readonly #pending = new Map<number, Pending>();
  readonly #lanes = new Map<number, CallLane>();
  readonly #terminals = new Map<number, TerminalWindow>();
  /** acknowledgements not sent yet because the stream is full: a state per terminal, not a queue */
  readonly #unsentAcks = new Map<number, number>();
  readonly #eventGate: FloodGate;
  readonly #smallGate: FloodGate;
  readonly #sightGate: FloodGate;
  readonly #scripts = new ScriptRunner(this);
  #droppedEvents = 0;
  #lastId = 0;
  #closed: LinkError | undefined;

  /** Sends MARKER and HELLO and waits for the guest's WELCOME. The link owns `duplex` from here on, also when this rejects. */
  static async open(duplex: Duplex, options: LinkOptions = {}): Promise<AgentLink> {
    // an error after the end has no other listener, and Node would end the process for it
    duplex.on('error', () => undefined);
    try {
      const { welcome, rest } = await shakeHands(duplex, options.helloTimeoutMs ?? HELLO_TIMEOUT_MS, options.signal);
      return new AgentLink(duplex, welcome, rest, options);
    } catch (error) {
      duplex.destroy();
      throw error;
    }
  }

  private constructor(duplex: Duplex, welcome: Welcome, rest: Uint8Array, handlers: LinkHandlers) {
    this.#duplex = duplex;
    this.welcome = welcome;
    this.#handlers = handlers;
    const now = performance.now();
    this.#eventGate = new FloodGate(EVENTS_PER_SECOND, EVENT_BURST, now);
    this.#smallGate = new FloodGate(SMALL_FRAMES_PER_SECOND, SMALL_FRAME_BURST, now);
    this.#sightGate = new FloodGate(SIGHTS_PER_SECOND, SIGHT_BURST, now);
    const gone = (): void => this.#end(new LinkError('disconnected', 'the stream to the guest ended'));
    duplex.on('close', gone).on('end', gone).on('error', gone);
    duplex.on('drain', () => this.#flushAcks());
    if (duplex.destroyed || duplex.readableEnded) queueMicrotask(gone);
    duplex.on('data', (chunk: Uint8Array) => this.#onChunk(chunk));
    // in order: what came with the WELCOME goes before what comes next
    if (rest.length > 0) duplex.unshift(rest);
    duplex.resume();
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Events the guest lost for sending too many. */
  get droppedEvents(): number {
    return this.#droppedEvents;
  }

  /** Bytes of memory held for this link: the unfinished frame and what the guest has not taken. */
  get bufferedBytes(): number {
    return this.#decoder.heldBytes + this.#duplex.writableLength;
  }

  /** One call without a byte stream. Rejects with LinkError. */
  call<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<CallValue<M>> {
    return this.begin(method, params, undefined, options).result;
  }

  exec(options: ExecOptions): Promise<ExecResult> {
    return execute(this, options);
  }

  /** A bash script as root, far cheaper than `exec` from the second on. One at a time. */
  script(options: ScriptOptions): Promise<ExecResult> {
    return this.#scripts.run(options);
  }

  putFile(path: string, contents: Uint8Array, options: FileOptions = {}): Promise<void> {
    return storeFile(this, path, contents, options);
  }

  getFile(
    path: string,
    maxBytes: number,
    options: CallOptions = {},
  ): Promise<{ contents: Buffer; truncated: boolean }> {
    return fetchFile(this, path, maxBytes, options);
  }

  /** A TCP connection made inside the guest. */
  dial(host: string, port: number, options: CallOptions = {}): Promise<Duplex> {
    return openConnection(this, host, port, options);
  }

  /** Says that output up to `seq` was consumed; the guest sends that much more. */
  ack(terminal: number, seq: number): void {
    if (this.#closed || !this.#terminals.get(terminal)?.acknowledge(seq)) return;
    this.#unsentAcks.set(terminal, seq);
    if (!this.#duplex.writableNeedDrain) this.#flushAcks();
  }

  /** Input for a terminal. Resolves once it was sent, which may wait for room in the guest's window. */
  input(terminal: number, bytes: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    return this.#window(terminal).input(bytes, (part) => this.#sendInput(terminal, part));
  }

  /** How much input would leave at once. */
  inputRoom(terminal: number): number {
    return this.#window(terminal).inputRoom;
  }

  /** Starts a call, with a byte stream where `reader` is given. For `guest-calls.ts`; others use the methods above. */
  begin<M extends Method>(
    method: M,
    params: Params<M>,
    reader: ((lane: CallLane) => LaneReader) | undefined,
    options: CallOptions,
  ): { lane: CallLane | undefined; result: Promise<CallValue<M>> } {
    if (this.#closed) return { lane: undefined, result: Promise.reject(this.#closed) };
    if (this.#pending.size >= MAX_CALLS || this.#lanes.size >= MAX_CALLS) {
      return {
        lane: undefined,
        result: Promise.reject(new LinkError('too-many-calls', `more than ${MAX_CALLS} calls at once`)),
      };
    }
    if (options.signal?.aborted) {
      return { lane: undefined, result: Promise.reject(new LinkError('aborted', `${method} was aborted`)) };
    }
    const id = ++this.#lastId;
    const lane = reader === undefined ? undefined : this.#openLane(id, reader);
    const result = new Promise<CallValue<M>>((resolve, reject) => {
      const abandon = (error: LinkError): void => {
        if (lane !== undefined) this.cancel(lane);
        settle(error);
      };
      const onAbort = (): void => abandon(new LinkError('aborted', `${method} was aborted`));
      const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS;
      const timer = setTimeout(
        () => abandon(new LinkError('call-timeout', `${method}: no result within ${timeoutMs} ms`)),
        timeoutMs,
      );
      const settle: Pending['settle'] = (outcome) => {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(id);
        if (outcome instanceof LinkError) {
          this.#dropLane(id);
          reject(outcome);
        } else {
          if (method !== 'dial') this.#dropLane(id);
          resolve(outcome.value as CallValue<M>);
        }
      };
      options.signal?.addEventListener('abort', onAbort);
      this.#pending.set(id, { method, params, lane, settle });
      this.#write(encodeJson(FRAME.call, { id, method, params }));
    });
    return { lane, result };
  }

  /** Ends a call's stream early and tells the guest. */
  cancel(lane: CallLane): void {
    if (this.#closed || !this.#lanes.has(lane.id)) return;
    this.#dropLane(lane.id);
    this.#write(encodeJson(FRAME.call, { id: ++this.#lastId, method: 'cancel', params: { call: lane.id } }));
  }

  /** A dial's stream has ended both ways. */
  release(lane: CallLane): void {
    this.#dropLane(lane.id);
  }

  close(): Promise<void> {
    this.#end(undefined);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #onChunk(chunk: Uint8Array): void {
    if (this.#closed) return;
    const now = performance.now();
    this.#eventGate.refill(now);
    this.#smallGate.refill(now);
    this.#sightGate.refill(now);
    try {
      for (const frame of this.#decoder.push(chunk)) {
        if (frame.payload.length < SMALL_PAYLOAD_BYTES && !this.#smallGate.take()) {
          throw new LinkError('flood', 'too many small frames');
        }
        this.#onFrame(frame);
        if (this.#closed) return;
      }
    } catch (error) {
      if (error instanceof LinkError) this.#end(error);
      else if (error instanceof ProtocolError) this.#end(new LinkError('violation', error.message, { cause: error }));
      else throw error;
    }
  }

  #onFrame({ type, stream, payload }: Frame): void {
    switch (type) {
      case FRAME.output: {
        const seq = readSequence(payload, 0);
        const bytes = payload.subarray(SEQUENCE_BYTES);
        this.#knownTerminal(stream).received(seq, bytes.length);
        return this.#handlers.onOutput?.(stream, seq, bytes);
      }
      case FRAME.inputAck: {
        const taken = readU32(payload, 0);
        this.#knownTerminal(stream).inputTaken(taken, (part) => this.#sendInput(stream, part));
        return this.#handlers.onInputAck?.(stream, taken);
      }
      case FRAME.event:
        return this.#onEvent(payload);
      case FRAME.xray:
        return void (this.#sightGate.take() && this.#handlers.onXray?.(payload));
      case FRAME.result:
        return this.#onResult(payload);
      case FRAME.data:
        return this.#knownLane(stream)?.onData(payload);
      case FRAME.end:
        return this.#knownLane(stream)?.onEnd(payload);
      case FRAME.credit:
        return this.#knownLane(stream)?.onCredit(readU32(payload, 0));
    }
  }

  #onEvent(payload: Uint8Array): void {
    // before it is parsed: a flood must not cost what parsing costs
    if (!this.#eventGate.take()) {
      this.#droppedEvents += 1;
      if (this.#droppedEvents > MAX_DROPPED_EVENTS) throw new LinkError('flood', 'too many events');
      return;
    }
    const parsed = GuestEvent.safeParse(decodeJson(payload));
    if (!parsed.success) throw new LinkError('violation', 'an event that is none');
    this.#handlers.onEvent?.(parsed.data);
  }

  #onResult(payload: Uint8Array): void {
    const parsed = Result.safeParse(decodeJson(payload));
    if (!parsed.success) throw new LinkError('violation', 'a result that is none');
    const result = parsed.data;
    if (result.id > this.#lastId) throw new LinkError('violation', 'a result of a call that was never made');
    const pending = this.#pending.get(result.id);
    // given up meanwhile, or the answer to a cancel
    if (pending === undefined) return;
    if (!result.ok) {
      const { code: guestCode, message } = result.error;
      return pending.settle(new LinkError('call-failed', `${pending.method}: ${message}`, { guestCode }));
    }
    const value = Calls[pending.method].result.safeParse(result.value);
    if (!value.success) throw new LinkError('violation', `a result of ${pending.method} that is none`);
    this.#noteTerminal(pending, value.data);
    pending.settle({ value: value.data });
  }

  /** At once, not when the caller's promise resolves: output follows in the same chunk. */
  #noteTerminal({ method, params }: Pending, value: unknown): void {
    if (method === 'terminal.attach') {
      const { terminal } = params as Params<'terminal.attach'>;
      this.#window(terminal).attached((value as CallValue<'terminal.attach'>).fromSeq);
      this.#unsentAcks.delete(terminal);
    } else if (method === 'terminal.close') {
      const { terminal } = params as Params<'terminal.close'>;
      this.#terminals.get(terminal)?.close(new LinkError('closed', 'the terminal was closed'));
      this.#terminals.delete(terminal);
    }
  }

  #window(terminal: number): TerminalWindow {
    let window = this.#terminals.get(terminal);
    if (window === undefined) {
      window = new TerminalWindow();
      this.#terminals.set(terminal, window);
    }
    return window;
  }

  #knownTerminal(terminal: number): TerminalWindow {
    const window = this.#terminals.get(terminal);
    if (window === undefined) throw new LinkError('violation', `a frame of terminal ${terminal}, which is not in use`);
    return window;
  }

  /** The stream of a call; undefined where it ended meanwhile, a violation where it never was. */
  #knownLane(id: number): CallLane | undefined {
    if (id === 0 || id > this.#lastId) throw new LinkError('violation', 'a stream of a call that was never made');
    return this.#lanes.get(id);
  }

  #openLane(id: number, reader: (lane: CallLane) => LaneReader): CallLane {
    const lane: CallLane = new CallLane(id, (frame) => this.#write(frame), {
      onData: (number, bytes) => handler.onData(number, bytes),
      onEnd: (number) => handler.onEnd(number),
      onClose: (error) => handler.onClose?.(error),
    });
    const handler = reader(lane);
    this.#lanes.set(id, lane);
    return lane;
  }

  #dropLane(id: number, error?: LinkError): void {
    const lane = this.#lanes.get(id);
    this.#lanes.delete(id);
    lane?.close(error);
  }

  #sendInput(terminal: number, bytes: Uint8Array): void {
    for (const payload of payloadsOf(bytes)) this.#write(encodeFrame(FRAME.input, terminal, payload));
  }

  #flushAcks(): void {
    for (const [terminal, seq] of this.#unsentAcks) {
      const payload = new Uint8Array(SEQUENCE_BYTES);
      writeSequence(payload, 0, seq);
      this.#write(encodeFrame(FRAME.outputAck, terminal, payload));
    }
    this.#unsentAcks.clear();
  }

  #write(frame: Uint8Array): void {
    if (this.#closed) return;
    this.#duplex.write(frame);
    if (this.#duplex.writableLength > MAX_UNSENT_BYTES) {
      this.#end(new LinkError('disconnected', 'the guest takes no more bytes'));
    }
  }

  #end(error: LinkError | undefined): void {
    if (this.#closed) return;
    const reason = error ?? new LinkError('closed', 'the link was closed');
    this.#closed = reason;
    this.#duplex.destroy();
    for (const pending of [...this.#pending.values()]) pending.settle(reason);
    for (const id of [...this.#lanes.keys()]) this.#dropLane(id, reason);
    for (const window of this.#terminals.values()) window.close(reason);
    this.#terminals.clear();
    this.#unsentAcks.clear();
    this.#decoder.reset();
    this.#handlers.onClose?.(error);
  }
}
