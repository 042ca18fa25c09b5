// What may be sent to a terminal's shell now, and what waits: the browser's half of the input window.
import { INPUT_WINDOW_BYTES } from '../../sandbox/protocol/flow.ts';

/** Kept back for Ctrl-C and its like, so that they go out although a paste fills the window. */
export const URGENT_RESERVE_BYTES = 64;

/** What may wait here. A paste beyond it is refused with a message: no shell line is that long. */
export const QUEUE_LIMIT_BYTES = 1024 * 1024;

/** What may wait while the connection is away or a replay runs: some typing, no paste. */
export const HELD_LIMIT_BYTES = 1024;

const INTERRUPTS = new Set([0x03, 0x1a, 0x1c]);

export type InputWindow = {
  /** false while the connection is away or a replay runs */
  readonly open: boolean;
  readonly credit: number;
  readonly queue: readonly Uint8Array[];
};

export type Sending = { readonly window: InputWindow; readonly send: readonly Uint8Array[]; readonly refused: boolean };

/** Before and between connections: each begins with a whole window. */
export const CLOSED: InputWindow = { open: false, credit: INPUT_WINDOW_BYTES, queue: [] };

export function queuedBytes(window: InputWindow): number {
  return window.queue.reduce((sum, piece) => sum + piece.byteLength, 0);
}

/** Sends as much of the queue as the credit allows. */
function drain(window: InputWindow): Sending {
  const send: Uint8Array[] = [];
  const queue = [...window.queue];
  let credit = window.credit;
  while (window.open && queue[0] !== undefined && credit > URGENT_RESERVE_BYTES) {
    const room = credit - URGENT_RESERVE_BYTES;
    const head = queue[0];
    if (head.byteLength <= room) queue.shift();
    else queue[0] = head.subarray(room);
    const piece = head.subarray(0, room);
    send.push(piece);
    credit -= piece.byteLength;
  }
  return { window: { ...window, credit, queue }, send, refused: false };
}

/** Ctrl-C, Ctrl-Z and Ctrl-\ typed alone: act at once, and what was waiting before them is not wanted any more. */
function isInterrupt(bytes: Uint8Array): boolean {
  const first = bytes[0];
  return bytes.byteLength === 1 && first !== undefined && INTERRUPTS.has(first);
}

export function offer(window: InputWindow, bytes: Uint8Array): Sending {
  if (bytes.byteLength === 0) return { window, send: [], refused: false };
  if (isInterrupt(bytes) && window.open) {
    if (window.credit < 1) return { window: { ...window, queue: [bytes] }, send: [], refused: false };
    return { window: { ...window, credit: window.credit - 1, queue: [] }, send: [bytes], refused: false };
  }
  const limit = window.open ? QUEUE_LIMIT_BYTES : HELD_LIMIT_BYTES;
  if (queuedBytes(window) + bytes.byteLength > limit) return { window, send: [], refused: true };
  return drain({ ...window, queue: [...window.queue, bytes] });
}

/** The shell took `bytes`: the window opens by as much. */
export function grant(window: InputWindow, bytes: number): Sending {
  return drain({ ...window, credit: Math.min(INPUT_WINDOW_BYTES, window.credit + bytes) });
}

/** A replay is done: what was typed meanwhile goes out. */
export function openWindow(window: InputWindow): Sending {
  return drain({ ...window, open: true });
}

/** The server replays on a connection that goes on: what is under way stays owed. */
export function holdWindow(window: InputWindow): InputWindow {
  return { ...window, open: false };
}

/** The connection is gone. The rest of a paste is dropped (its beginning may or may not have arrived); `lost` says how much. */
export function closeWindow(window: InputWindow): { readonly window: InputWindow; readonly lostBytes: number } {
  return { window: CLOSED, lostBytes: window.open ? queuedBytes(window) : 0 };
}
