// The event loop of one control socket: greeting, commands and their replies, events, and the one way it ends.
import type { Duplex } from 'node:stream';
import * as z from 'zod/mini';
import { QmpError } from './errors.ts';
import { LineReader } from './lines.ts';
import { parseMessage, type QmpEvent, type QmpMessage } from './messages.ts';

type Waiting = {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: QmpError) => void;
};

const COMMAND_TIMEOUT_MS = 10_000;

/**
 * Owns the stream. Whatever ends it (QEMU's exit, a hostile line, `close()`) rejects what was waiting and calls the
 * `ended` listeners once: a lost control socket is how a machine's end is learned.
 */
export class QmpConnection {
  readonly #stream: Duplex;
  readonly #lines = new LineReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(event: QmpEvent) => void>();
  readonly #ended = new Set<(error: QmpError) => void>();
  #greeted: ((message: QmpMessage) => void) | undefined;
  #nextId = 1;
  #end: QmpError | undefined;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', (error) => this.#finish(new QmpError('closed', `control socket: ${error.message}`, error)));
    const closed = (): void => this.#finish(new QmpError('closed', 'QEMU closed the control socket'));
    stream.on('end', closed);
    stream.on('close', closed);
  }

  /** Waits for the greeting and leaves negotiation mode. The stream is destroyed when that fails. */
  static async open(stream: Duplex, timeoutMs: number = COMMAND_TIMEOUT_MS): Promise<QmpConnection> {
    const connection = new QmpConnection(stream);
    try {
      await connection.#greeting(timeoutMs);
      await connection.execute('qmp_capabilities', undefined, z.unknown(), timeoutMs);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Sends one command and parses its reply. Throws QmpError; a timeout leaves the connection open. */
  async execute<T extends z.ZodMiniType>(
    command: string,
    args: Readonly<Record<string, unknown>> | undefined,
    reply: T,
    timeoutMs: number = COMMAND_TIMEOUT_MS,
  ): Promise<z.infer<T>> {
    if (this.#end) throw this.#end;
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      reject(new QmpError('timeout', `${command}: no reply within ${timeoutMs} ms`));
    }, timeoutMs);
    this.#waiting.set(id, { command, resolve, reject });
    this.#stream.write(`${JSON.stringify({ execute: command, ...(args ? { arguments: args } : {}), id })}\n`);
    try {
      const parsed = z.safeParse(reply, await promise);
      if (!parsed.success) throw new QmpError('bad-message', `${command}: unexpected reply`, parsed.error);
      return parsed.data;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Every event from now on. Returns the function that stops it. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Called once, at once when it already ended. */
  onEnd(listener: (error: QmpError) => void): () => void {
    if (this.#end) listener(this.#end);
    else this.#ended.add(listener);
    return () => void this.#ended.delete(listener);
  }

  /** The first event for which `pick` gives something. Rejects when the connection ends or time is over. */
  event<T>(pick: (event: QmpEvent) => T | undefined, timeoutMs: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => reject(new QmpError('timeout', `no event within ${timeoutMs} ms`)), timeoutMs);
    const stopEvents = this.onEvent((event) => {
      const value = pick(event);
      if (value !== undefined) resolve(value);
    });
    const stopEnd = this.onEnd(reject);
    return promise.finally(() => {
      clearTimeout(timer);
      stopEvents();
      stopEnd();
    });
  }

  close(): void {
    this.#stream.destroy();
    this.#finish(new QmpError('closed', 'the control socket was closed here'));
  }

  async #greeting(timeoutMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<QmpMessage>();
    const timer = setTimeout(() => reject(new QmpError('timeout', `no greeting within ${timeoutMs} ms`)), timeoutMs);
    this.#greeted = resolve;
    const stop = this.onEnd(reject);
    try {
      const first = await promise;
      if (first.kind !== 'greeting') throw new QmpError('bad-message', 'QEMU did not begin with a greeting');
    } finally {
      clearTimeout(timer);
      stop();
      this.#greeted = undefined;
    }
  }

  #take(chunk: Buffer): void {
    try {
      for (const line of this.#lines.push(chunk)) this.#message(parseMessage(line));
    } catch (error) {
      this.#stream.destroy();
      this.#finish(error instanceof QmpError ? error : new QmpError('bad-message', 'unreadable message', error));
    }
  }

  #message(message: QmpMessage): void {
    if (this.#greeted) return this.#greeted(message);
    if (message.kind === 'event') {
      for (const listener of [...this.#listeners]) listener(message.event);
    } else if (message.kind !== 'greeting' && message.id !== undefined) {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.kind === 'reply') waiting?.resolve(message.value);
      else waiting?.reject(new QmpError('refused', `${waiting.command}: ${message.message}`));
    }
  }

  #finish(error: QmpError): void {
    if (this.#end) return;
    this.#end = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    for (const listener of [...this.#ended]) listener(error);
    this.#ended.clear();
    this.#listeners.clear();
  }
}
