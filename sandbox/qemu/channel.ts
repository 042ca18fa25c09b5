// The agent's byte stream: one lasting connection to QEMU's socket, lent out as one stream after another.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { SandboxError } from '../machine/errors.ts';

/**
 * Closing and opening the socket itself would be seen by the guest as its host leaving, and an agent without a host
 * looks for one only once a second. So the socket stays, and whoever comes next begins with MARKER and HELLO, which
 * the protocol expects in the middle of anything.
 */
export class AgentChannel {
  readonly #dial: () => Promise<Socket>;
  #socket: Socket | undefined;
  #stream: LentStream | undefined;
  #closed = false;

  constructor(dial: () => Promise<Socket>) {
    this.#dial = dial;
  }

  /** Connects now, so that QEMU knows of the host before the guest runs. */
  async prepare(): Promise<void> {
    await this.#connected();
  }

  /** A new stream; the one before ends. */
  async open(signal?: AbortSignal): Promise<Duplex> {
    signal?.throwIfAborted();
    this.#lend(undefined);
    // What the one before could not get rid of would stand in the new one's way for as long as the guest reads nothing.
    if (this.#socket !== undefined && this.#socket.writableLength > 0) this.#drop();
    const socket = await this.#connected();
    signal?.throwIfAborted();
    const stream = new LentStream(socket);
    this.#lend(stream);
    return stream;
  }

  close(): void {
    this.#closed = true;
    this.#lend(undefined);
    this.#drop();
  }

  async #connected(): Promise<Socket> {
    if (this.#closed) throw new SandboxError('machine-gone', 'the machine has no channel any more');
    if (this.#socket !== undefined && !this.#socket.destroyed) return this.#socket;
    const socket = await this.#dial();
    if (this.#closed) {
      socket.destroy();
      throw new SandboxError('machine-gone', 'the machine ended meanwhile');
    }
    socket.pause();
    socket.on('data', (chunk: Buffer) => this.#stream?.deliver(chunk));
    const gone = (): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#lend(undefined);
    };
    socket.on('error', gone);
    socket.on('close', gone);
    // `on('data')` lets it flow; nobody listens yet.
    socket.pause();
    this.#socket = socket;
    return socket;
  }

  #lend(stream: LentStream | undefined): void {
    this.#stream?.destroy();
    this.#stream = stream;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}

class LentStream extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    // Its holder may listen only later; an unheard error would end the process.
    this.on('error', () => undefined);
  }

  deliver(chunk: Buffer): void {
    if (!this.push(chunk)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.pause();
    done(error);
  }
}
