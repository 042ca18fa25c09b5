// Notices sockets whose other end is gone without a word: a laptop that was closed, a network that changed.
import type { WebSocket } from 'ws';

export const HEARTBEAT_MS = 20_000;

/** Pings every `everyMs` and ends a socket that did not answer the one before. */
export function keepAlive(socket: WebSocket, everyMs = HEARTBEAT_MS): void {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, everyMs);
  timer.unref();
  socket.on('close', () => clearInterval(timer));
}
