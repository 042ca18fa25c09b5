// Files into and out of the machine.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CallValue, Params } from '../protocol/messages.ts';
import type { CallStream } from './call-stream.ts';
import { GuestError } from './guest-error.ts';
import type { Platform } from './platform.ts';

const READ_BYTES = 64 * 1024;

/** Writes beside the target and renames, so that a reader sees the old file or the new one. Missing folders are made. */
export async function putFile(
  platform: Platform,
  params: Params<'file.put'>,
  stream: CallStream,
): Promise<CallValue<'file.put'>> {
  const account = platform.account(params.owner);
  const incoming = checked(arrivals(stream), params.bytes);
  await mkdir(dirname(params.path), { recursive: true });
  const beside = `${params.path}.${randomBytes(6).toString('hex')}`;
  const file = await open(beside, 'wx', 0o600);
  try {
    try {
      for await (const bytes of incoming) {
        await file.writeFile(bytes);
        stream.consumed(bytes.length);
      }
      await platform.own(file.fd, account);
      // after the owner: a change of owner clears the set-id bits
      await file.chmod(params.mode);
    } finally {
      await file.close();
    }
    await rename(beside, params.path);
  } catch (error) {
    await unlink(beside).catch(() => undefined);
    throw error;
  }
  return {};
}

async function* checked(incoming: AsyncIterable<Uint8Array>, expected: number): AsyncGenerator<Uint8Array> {
  for await (const bytes of incoming) {
    expected -= bytes.length;
    if (expected < 0) break;
    yield bytes;
  }
  if (expected !== 0) throw new GuestError('size-mismatch', 'the contents do not have the announced size');
}

/** What the host sends on this call until its `end`. The window bounds what waits here. */
function arrivals(stream: CallStream): AsyncIterable<Uint8Array> {
  const queue: (Uint8Array | 'end')[] = [];
  let wake: (() => void) | undefined;
  const put = (item: Uint8Array | 'end'): void => {
    queue.push(item);
    wake?.();
  };
  // listening begins at once, before the first file operation: the contents are on their way already
  stream.onData = (bytes) => put(Uint8Array.from(bytes));
  stream.onEnd = () => put('end');
  stream.signal.addEventListener('abort', () => wake?.());
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (stream.signal.aborted) throw stream.signal.reason;
        const item = queue.shift();
        if (item === 'end') return;
        if (item !== undefined) yield item;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    },
  };
}

export async function getFile(params: Params<'file.get'>, stream: CallStream): Promise<CallValue<'file.get'>> {
  // without O_NONBLOCK a FIFO, or /proc/kmsg, would hold a thread of the pool for ever
  const file = await open(params.path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    if (!(await file.stat()).isFile()) throw new GuestError('not-a-file', `${params.path} is no ordinary file`);
    let sent = 0;
    let truncated = false;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, null);
      if (bytesRead === 0) break;
      const kept = Math.min(bytesRead, params.maxBytes - sent);
      await stream.send(1, buffer.subarray(0, kept));
      sent += kept;
      truncated = kept < bytesRead;
      if (truncated) break;
    }
    await stream.end(1);
    return { bytes: sent, truncated };
  } finally {
    await file.close();
  }
}
