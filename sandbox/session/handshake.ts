// The opening of a link: MARKER and HELLO out, everything in dropped up to the guest's WELCOME to this very HELLO.
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { encodeOpening } from '../protocol/codec.ts';
import { MarkerScanner } from '../protocol/marker-scanner.ts';
import { Welcome } from '../protocol/messages.ts';
import { FRAME, MAX_PAYLOAD_BYTES, PROTOCOL_VERSION } from '../protocol/wire.ts';
import { LinkError } from './link-error.ts';

export type Handshake = { readonly welcome: Welcome; readonly rest: Uint8Array };

/** Leaves the stream paused and without listeners of its own. Rejects with LinkError; the caller then destroys the stream. */
export function shakeHands(duplex: Duplex, timeoutMs: number, signal?: AbortSignal): Promise<Handshake> {
  const nonce = randomBytes(16).toString('hex');
  const scanner = new MarkerScanner<Welcome>({
    type: FRAME.welcome,
    maxPayloadBytes: MAX_PAYLOAD_BYTES,
    parse: (value) => {
      const parsed = Welcome.safeParse(value);
      return parsed.success && parsed.data.nonce === nonce ? parsed.data : undefined;
    },
  });
  return new Promise((resolve, reject) => {
    const settle = (result: Handshake | LinkError): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      duplex.off('data', onData).off('error', onGone).off('close', onGone).off('end', onGone);
      duplex.pause();
      if (result instanceof LinkError) reject(result);
      else resolve(result);
    };
    const onData = (chunk: Uint8Array): void => {
      const scan = scanner.push(chunk);
      if (!scan.found) return;
      const { opening: welcome, rest } = scan;
      if (welcome.version !== PROTOCOL_VERSION) {
        settle(new LinkError('version-mismatch', `the guest speaks version ${welcome.version}`));
      } else settle({ welcome, rest });
    };
    const onGone = (): void => settle(new LinkError('disconnected', 'the stream ended before the guest answered'));
    const onAbort = (): void => settle(new LinkError('aborted', 'opening the link was aborted'));
    const timer = setTimeout(() => {
      settle(new LinkError('hello-timeout', `no answer from the guest within ${timeoutMs} ms`));
    }, timeoutMs);
    duplex.on('data', onData).on('error', onGone).on('close', onGone).on('end', onGone);
    if (signal?.aborted) return onAbort();
    if (duplex.destroyed) return onGone();
    signal?.addEventListener('abort', onAbort);
    duplex.write(encodeOpening(FRAME.hello, { version: PROTOCOL_VERSION, nonce }));
  });
}
