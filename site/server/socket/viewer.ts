// One page on one WebSocket: parses what it says, passes it to the seat, and sends what the seat tells it.
import type { WebSocket } from 'ws';
import type { Attached } from '../../../sandbox/session/viewer.ts';
import { INPUT_WINDOW_BYTES } from '../../../sandbox/protocol/flow.ts';
import type { XrayMessage } from '../../../sandbox/protocol/xray.ts';
import { XrayRequest, XrayView } from '../../../sandbox/protocol/xray/request.ts';
import {
  CLOSE,
  ClientMessage,
  INPUT_HEADER_BYTES,
  INPUT_MESSAGE,
  OUTPUT_HEADER_BYTES,
  OUTPUT_MESSAGE,
} from '../../api/socket.ts';
import type { PortsView, ServerMessage, SessionView } from '../../api/socket.ts';
import type { TaskView, Verdict } from '../../api/labs.ts';
import { LearnerError, learnerMessage } from '../errors.ts';
import type { Page, Seat } from '../seat.ts';

/** Acknowledgements bound what terminals have under way (384 KiB each); beyond this the page reads nothing at all. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/** A flood acknowledges 8 MB/s in steps of 64 KiB: 130 messages a second. Nothing honest comes near this. */
const MESSAGES_PER_SECOND = 1000;

export type ViewerDeps = {
  readonly log: (event: string, details: Readonly<Record<string, unknown>>) => void;
  /** throws LearnerError where this learner asks for machines too often */
  readonly mayReset: () => void;
};

export class Viewer implements Page {
  readonly #socket: WebSocket;
  readonly #seat: Seat;
  readonly #deps: ViewerDeps;
  /** views with a moment on its way → the newest that came since */
  readonly #sights = new Map<XrayMessage['view'], XrayMessage | undefined>();
  #second = 0;
  #messages = 0;

  constructor(socket: WebSocket, seat: Seat, deps: ViewerDeps) {
    this.#socket = socket;
    this.#seat = seat;
    this.#deps = deps;
    socket.on('message', (data: Buffer, binary: boolean) => this.#receive(data, binary));
    socket.on('close', () => seat.leave(this));
    socket.on('error', (error) => deps.log('a socket failed', { session: seat.id, error: error.message }));
    seat.join(this);
  }

  session(session: SessionView): void {
    this.#send({ type: 'session', session });
  }

  ports(ports: PortsView): void {
    this.#send({ type: 'ports', ports });
  }

  attached(answer: Attached): void {
    this.#send({ type: 'attached', ...answer });
  }

  output(terminal: number, epoch: number, seq: number, bytes: Uint8Array): void {
    const message = Buffer.allocUnsafe(OUTPUT_HEADER_BYTES + bytes.length);
    message[0] = OUTPUT_MESSAGE;
    message.writeUInt16BE(terminal, 1);
    message.writeUInt32BE(epoch, 3);
    message.writeBigUInt64BE(BigInt(seq), 7);
    message.set(bytes, OUTPUT_HEADER_BYTES);
    this.#write(message);
  }

  size(terminal: number, cols: number, rows: number): void {
    this.#send({ type: 'size', terminal, cols, rows });
  }

  exited(terminal: number, exitCode: number): void {
    this.#send({ type: 'exited', terminal, exitCode });
  }

  prompt(terminal: number, free: boolean): void {
    this.#send({ type: 'prompt', terminal, free });
  }

  inputAck(terminal: number, bytes: number): void {
    this.#send({ type: 'input-ack', terminal, bytes });
  }

  checking(task: string): void {
    this.#send({ type: 'checking', task });
  }

  verdict(verdict: Verdict): void {
    this.#send({ type: 'verdict', verdict });
  }

  task(task: TaskView): void {
    this.#send({ type: 'task', task });
  }

  hint(hint: Parameters<Page['hint']>[0]): void {
    this.#send({ type: 'hint', ...hint });
  }

  /** A page that reads slowly gets the newest moment of a view, not every one. */
  xray(message: XrayMessage): void {
    const { view } = message;
    if (this.#sights.has(view)) return void this.#sights.set(view, message);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#sights.set(view, undefined);
    this.#socket.send(JSON.stringify({ type: 'xray', message } satisfies ServerMessage), () => {
      const next = this.#sights.get(view);
      this.#sights.delete(view);
      if (next !== undefined) this.xray(next);
    });
  }

  failed(error: LearnerError): void {
    this.#send({ type: 'error', code: error.code, message: learnerMessage(error.code) });
  }

  #receive(data: Buffer, binary: boolean): void {
    const second = Math.floor(performance.now() / 1000);
    this.#messages = second === this.#second ? this.#messages + 1 : 1;
    this.#second = second;
    if (this.#messages > MESSAGES_PER_SECOND) return this.#refuse('too many messages');
    if (binary) return this.#input(data);
    let message: ClientMessage;
    try {
      message = ClientMessage.parse(JSON.parse(data.toString('utf8')));
    } catch {
      return this.#refuse('not a message of this contract');
    }
    this.#act(message).catch((error: unknown) => {
      if (error instanceof LearnerError) return this.failed(error);
      this.#deps.log('a message could not be served', { session: this.#seat.id, type: message.type, error });
      this.failed(new LearnerError('internal'));
    });
  }

  #input(data: Buffer): void {
    const length = data.length - INPUT_HEADER_BYTES;
    if (data[0] !== INPUT_MESSAGE || length < 0 || length > INPUT_WINDOW_BYTES) return this.#refuse('no input message');
    const terminal = data.readUInt16BE(1);
    if (!this.#seat.session.input(this, terminal, data.subarray(INPUT_HEADER_BYTES)))
      this.#refuse('more input than allowed');
  }

  async #act(message: ClientMessage): Promise<void> {
    const { session, grader } = this.#seat;
    switch (message.type) {
      case 'attach':
        return session.terminals.attach(this, message.terminal, message.position, message.cols, message.rows);
      case 'detach':
        return session.terminals.get(message.terminal)?.detach(this);
      case 'ack':
        if (session.terminals.get(message.terminal)?.acknowledge(this, message.seq) !== false) return;
        return this.#refuse('acknowledged what was never sent');
      case 'resize':
        return session.terminals.get(message.terminal)?.resize(this, message.cols, message.rows);
      case 'focus':
        return session.focus(this, message.terminal);
      case 'open':
        return await this.#open(message.request, message.cols, message.rows);
      case 'close':
        return await session.terminals.closeTerminal(message.terminal);
      case 'settled':
        return grader.somethingHappened();
      case 'check':
        return grader.check(message.task);
      case 'answer':
        return await grader.answer(message.task, message.value);
      case 'hint':
        this.hint({ task: message.task, ...(await grader.hint(message.task)) });
        return this.#seat.event('hint', { task: message.task });
      case 'solution':
        this.#send({ type: 'solution', task: message.task, html: grader.solution(message.task) });
        return this.#seat.event('solution', { task: message.task });
      case 'extend':
        return session.extend();
      case 'reset':
        this.#deps.mayReset();
        return await this.#seat.reset();
      case 'rewind':
        this.#deps.mayReset();
        return await this.#seat.rewind(message.checkpoint);
      case 'ports':
        return await this.#seat.lookForPorts();
      case 'watch': {
        const { type: _type, ...request } = message;
        const parsed = XrayRequest.safeParse(request);
        return parsed.success ? session.xray.watch(this, parsed.data) : this.#refuse('no view of the X-ray');
      }
      case 'unwatch': {
        const view = XrayView.safeParse(message.view);
        return view.success ? session.xray.unwatch(this, view.data) : this.#refuse('no view of the X-ray');
      }
      case 'ping':
        return this.#send({ type: 'pong', at: message.at });
    }
  }

  async #open(request: number, cols: number, rows: number): Promise<void> {
    try {
      const terminal = await this.#seat.session.openTerminal(cols, rows);
      this.#send({ type: 'opened', request, terminal });
    } catch (error) {
      throw new LearnerError('terminal-refused', { cause: error });
    }
  }

  #send(message: ServerMessage): void {
    this.#write(JSON.stringify(message));
  }

  #write(message: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#deps.log('a page does not read', { session: this.#seat.id });
      return this.#socket.terminate();
    }
    this.#socket.send(message, { binary: typeof message !== 'string' });
  }

  #refuse(reason: string): void {
    this.#deps.log('a page broke the contract', { session: this.#seat.id, reason });
    this.#seat.leave(this);
    this.#socket.removeAllListeners('message');
    this.#socket.on('message', () => undefined);
    this.#socket.close(CLOSE.badMessage, reason);
  }
}
