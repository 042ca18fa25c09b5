// A TCP connection made inside the machine, carried on lane 0 of its call.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { CallValue, Params } from '../protocol/messages.ts';
import type { CallStream } from './call-stream.ts';
import { GuestError } from './guest-error.ts';

const CONNECT_TIMEOUT_MS = 5000;

export type Dialled = {
  readonly result: CallValue<'dial'>;
  /** settles when both directions have ended */
  readonly ended: Promise<void>;
};

/** Resolves once connected; the stream lives on until both ends ended or the call is cancelled. */
export function dial(params: Params<'dial'>, stream: CallStream): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: params.host, port: params.port, allowHalfOpen: true });
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy(new GuestError('connect-timeout', `no answer from ${params.host}:${params.port}`));
    });
    const abort = (): void => void socket.destroy();
    stream.signal.addEventListener('abort', abort);
    socket.once('error', reject);
    const closed = new Promise<void>((close) => {
      socket.once('close', () => {
        stream.signal.removeEventListener('abort', abort);
        close();
      });
    });
    void closed.then(() => reject(new GuestError('cancelled', 'the call was cancelled')));

    // the host may speak first, before it knows that the connection stands: Node queues until then
    stream.onData = (bytes) => {
      socket.write(Uint8Array.from(bytes), (error) => {
        if (!error) stream.consumed(bytes.length);
      });
    };
    stream.onEnd = () => socket.end();

    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      // not `for await`: leaving it would destroy the socket while the host may still write
      socket.on('data', (chunk: Buffer) => {
        socket.pause();
        stream.send(0, chunk).then(
          () => socket.resume(),
          () => socket.destroy(),
        );
      });
      const outgoing = closedOrEnded(socket).then(() => stream.end(0).catch(() => undefined));
      resolve({ result: {}, ended: Promise.all([outgoing, closed]).then(() => undefined) });
    });
  });
}

/** A reset ends the stream like an end does: there is no second error path. */
function closedOrEnded(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
}
