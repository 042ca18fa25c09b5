// The WebSocket between this page and its session: opened, watched, opened again. Knows nothing of terminals.
import { ServerMessage, type ClientMessage } from '../api/socket.ts';
import { backoffMs } from './backoff.ts';
import { endReason, IDLE, next, type EndReason, type Link, type LinkEvent } from './connection-state.ts';
import { decodeOutput, encodeInput, type OutputFrame } from './frames.ts';

/** A dead connection looks like a quiet one; so we ask every so often, and sooner when the page wakes up. */
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 8_000;
const PONG_ON_WAKE_MS = 2_500;
const OPEN_WITHIN_MS = 10_000;

export type ConnectionEvents = {
  link(link: Link, reason: EndReason | undefined): void;
  message(message: ServerMessage): void;
  output(frame: OutputFrame): void;
};

export class Connection {
  readonly #url: string;
  readonly #on: ConnectionEvents;
  readonly #whenClosed = new AbortController();
  #link: Link = IDLE;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setInterval> | undefined;

  constructor(url: string, on: ConnectionEvents) {
    this.#url = url;
    this.#on = on;
    const { signal } = this.#whenClosed;
    window.addEventListener('online', () => this.#wake(), { signal });
    window.addEventListener('pageshow', () => this.#wake(), { signal });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.#wake(), {
      signal,
    });
  }

  get link(): Link {
    return this.#link;
  }

  connect(): void {
    this.#step('connect');
  }

  send(message: ClientMessage): void {
    if (this.#link.status === 'open') this.#socket?.send(JSON.stringify(message));
  }

  sendInput(terminal: number, bytes: Uint8Array): void {
    if (this.#link.status === 'open') this.#socket?.send(encodeInput(terminal, bytes));
  }

  close(): void {
    this.#whenClosed.abort();
    this.#step('close');
  }

  #step(event: LinkEvent, reason?: EndReason): void {
    const before = this.#link;
    this.#link = next(before, event);
    if (this.#link === before) return;
    clearTimeout(this.#retry);
    if (this.#link.status !== 'open') this.#stopPulse();
    if (this.#link.status === 'connecting') this.#dial();
    if (this.#link.status === 'ended') this.#drop();
    if (this.#link.status === 'waiting') {
      this.#drop();
      this.#retry = setTimeout(() => this.#step('timer'), backoffMs(this.#link.attempt, Math.random()));
    }
    this.#on.link(this.#link, reason);
  }

  #dial(): void {
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    // A socket that was replaced may still report; only the present one counts.
    const current = (act: () => void) => () => this.#socket === socket && act();
    this.#deadline = setTimeout(() => this.#step('lost'), OPEN_WITHIN_MS);
    socket.onopen = current(() => {
      clearTimeout(this.#deadline);
      this.#step('opened');
      this.#pulse = setInterval(() => this.#ping(PONG_WITHIN_MS), PING_EVERY_MS);
    });
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      const reason = endReason(event.code);
      this.#step(reason === undefined ? 'lost' : 'refused', reason);
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      if (this.#socket === socket) this.#receive(event.data);
    };
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      const frame = decodeOutput(data);
      if (frame !== undefined) this.#on.output(frame);
      return;
    }
    const message = parseMessage(data);
    if (message === undefined) return;
    if (message.type === 'pong') clearTimeout(this.#deadline);
    else this.#on.message(message);
  }

  #ping(withinMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#step('lost'), withinMs);
    this.send({ type: 'ping', at: Date.now() });
  }

  #wake(): void {
    if (this.#link.status === 'open') this.#ping(PONG_ON_WAKE_MS);
    else this.#step('nudge');
  }

  #stopPulse(): void {
    clearInterval(this.#pulse);
    clearTimeout(this.#deadline);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    clearTimeout(this.#deadline);
    socket?.close(1000);
  }
}

/** What a server of another version sends is ignored rather than fatal: the page still has its terminals. */
function parseMessage(data: string): ServerMessage | undefined {
  try {
    const parsed = ServerMessage.safeParse(JSON.parse(data));
    if (parsed.success) return parsed.data;
    console.warn('A message of the server does not fit the contract', parsed.error.issues);
  } catch {
    console.warn('A message of the server is no JSON');
  }
  return undefined;
}
