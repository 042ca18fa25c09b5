// Takes a machine's state from QEMU and writes it to files: the memory as it lies, so that it can be mapped, and the rest.
import { open, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BOX_DIR } from './arguments.ts';
import { FileWriter } from './file-writer.ts';
import { StateSplitter } from './state-splitter.ts';

export type StateReceiver = AsyncDisposable & {
  /** for the command `migrate` */
  readonly uri: string;
  /** resolves when QEMU closed the connection and the files are written */
  readonly done: Promise<void>;
  /** Resolves as `sending` does. Where that failed, throws why this side hung up on QEMU, which itself can only say that it did. */
  readonly whileSending: (sending: Promise<void>) => Promise<void>;
};

export type StateFiles = {
  /** where the devices' state goes; with `memory` left out, everything goes there as it comes */
  readonly state: string;
  readonly memory?: { readonly file: string; readonly bytes: number };
};

const NAME = 'state.sock';
/** Devices, ROMs, and in a stream that is not split the headers of pages; with room. */
const MAX_REST_BYTES = 64 * 1024 ** 2;

/** Listens in the machine's box folder for one connection and writes what comes; a state that is too long or none ends it. */
export async function receiveState(boxDir: string, files: StateFiles): Promise<StateReceiver> {
  const path = join(boxDir, NAME);
  for (const file of [path, files.state, files.memory?.file]) if (file !== undefined) await rm(file, { force: true });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits for the migration hears of it first; an error here must not be unhandled until then.
  done.catch(() => undefined);
  let taken: Socket | undefined;
  let failure: unknown;
  const server = createServer((socket) => {
    server.close();
    taken = socket;
    write(socket, files).then(resolve, (error: unknown) => {
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
      await sending.catch((error: unknown) => {
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

async function write(from: Socket, { state, memory }: StateFiles): Promise<void> {
  try {
    // `wx` follows no link: the folder is QEMU's, and a guest that took it over could have laid one to a file of ours.
    await using stateFile = await open(state, 'wx', 0o600);
    const rest = new FileWriter(stateFile, MAX_REST_BYTES);
    if (memory === undefined) {
      await pipeline(
        from,
        written((chunk) => rest.append(chunk), [rest]),
      );
      return await rest.flush();
    }
    await using memoryFile = await open(memory.file, 'wx', 0o600);
    await memoryFile.truncate(memory.bytes);
    const pages = new FileWriter(memoryFile, memory.bytes);
    const splitter = new StateSplitter({
      memoryBytes: memory.bytes,
      page: (address, content) => pages.page(address, content),
      rest: (bytes) => rest.append(bytes),
    });
    await pipeline(
      from,
      written((chunk) => splitter.take(chunk), [pages, rest]),
    );
    splitter.end();
    await pages.flush();
    await rest.flush();
  } catch (error) {
    from.destroy();
    throw error;
  }
}

/** Ends of a pipeline that takes no more while `writers` have much to do. */
function written(take: (chunk: Buffer) => void, writers: readonly FileWriter[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, next) {
      try {
        take(chunk);
      } catch (error) {
        return next(error instanceof Error ? error : new Error(String(error)));
      }
      Promise.all(writers.map((writer) => writer.room())).then(() => next(), next);
    },
  });
}
