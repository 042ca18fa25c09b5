// Takes a machine's state from QEMU and writes it to a file, without the memory that its template has.
import { open, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BOX_DIR } from './arguments.ts';
import { BaseMemory, ChangedPages } from './changed-pages.ts';
import { FileWriter } from './file-writer.ts';
import { StateSplitter } from './state-splitter.ts';

export type StateReceiver = AsyncDisposable & {
  /** for the command `migrate` */
  readonly uri: string;
  /** resolves when QEMU closed the connection and the file is written */
  readonly done: Promise<void>;
  /** Resolves as `sending` does. Where that failed, throws why this side hung up on QEMU, which itself can only say that it did. */
  readonly whileSending: <T>(sending: Promise<T>) => Promise<T>;
};

export type StateFile = {
  readonly file: string;
  /** What the machine has of memory, and the file of what it had on its first day (undefined: zeroes). Left out: everything is written as it comes. */
  readonly memory?: { readonly bytes: number; readonly base: string | undefined };
};

const NAME = 'state.sock';
/** Devices, ROMs and the headers of pages; with room. */
const MAX_REST_BYTES = 64 * 1024 ** 2;

/** Listens in the machine's box folder for one connection and writes what comes; a state that is too long or none ends it. */
export async function receiveState(boxDir: string, to: StateFile): Promise<StateReceiver> {
  const path = join(boxDir, NAME);
  for (const file of [path, to.file]) await rm(file, { force: true });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits for the migration hears of it first; an error here must not be unhandled until then.
  done.catch(() => undefined);
  let taken: Socket | undefined;
  let failure: unknown;
  const server = createServer((socket) => {
    server.close();
    taken = socket;
    write(socket, to).then(resolve, (error: unknown) => {
      failure = error;
      reject(error);
    });
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(path, listening);
  });
  return {
    uri: `unix:${BOX_DIR}/${NAME}`,
    done,
    async whileSending(sending) {
      return await sending.catch((error: unknown) => {
        throw failure ?? error;
      });
    },
    async [Symbol.asyncDispose]() {
      server.close();
      taken?.destroy();
      reject(new Error('given up'));
      await rm(path, { force: true });
    },
  };
}

async function write(from: Socket, { file, memory }: StateFile): Promise<void> {
  try {
    // `wx` follows no link: the folder is QEMU's, and a guest that took it over could have laid one to a file of ours.
    await using handle = await open(file, 'wx', 0o600);
    const state = new FileWriter(handle, MAX_REST_BYTES + (memory?.bytes ?? 0));
    if (memory === undefined) {
      await pipeline(
        from,
        written((chunk) => state.append(chunk), state),
      );
      return await state.flush();
    }
    await using base = await BaseMemory.open(memory.base);
    const changed = new ChangedPages(base, memory.bytes, state);
    const splitter = new StateSplitter({
      memoryBytes: memory.bytes,
      takePage: (address, content) => changed.take(address, content),
      keepPage: (address, content) => changed.keep(address, content),
      rest: (bytes) => state.append(bytes),
    });
    await pipeline(
      from,
      written((chunk) => splitter.take(chunk), state),
    );
    splitter.end();
    changed.end();
    await state.flush();
  } catch (error) {
    from.destroy();
    throw error;
  }
}

/** End of a pipeline that takes no more while `writer` has much to do. */
function written(take: (chunk: Buffer) => void, writer: FileWriter): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, next) {
      try {
        take(chunk);
      } catch (error) {
        return next(error instanceof Error ? error : new Error(String(error)));
      }
      writer.room().then(() => next(), next);
    },
  });
}
