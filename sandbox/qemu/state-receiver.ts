// Takes a machine's state from QEMU < 8.2, which can write it to a socket only.
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BOX_DIR } from './arguments.ts';

export type StateReceiver = AsyncDisposable & {
  /** for the command `migrate` */
  readonly uri: string;
  /** resolves when QEMU closed the connection and the file is written */
  readonly done: Promise<void>;
};

const NAME = 'state.sock';

/** Listens in the machine's box folder for one connection and writes what comes to `file`; more than `maxBytes` ends it. */
export async function receiveState(boxDir: string, file: string, maxBytes: number): Promise<StateReceiver> {
  const path = join(boxDir, NAME);
  await rm(path, { force: true });
  await rm(file, { force: true });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  // Whoever waits for the migration hears of it first; an error here must not be unhandled until then.
  done.catch(() => undefined);
  let taken: Socket | undefined;
  let bytes = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      next(bytes > maxBytes ? new Error(`a state of more than ${maxBytes} bytes`) : null, chunk);
    },
  });
  const server = createServer((socket) => {
    server.close();
    taken = socket;
    // `wx` follows no link: the folder is QEMU's, and a guest that took it over could have laid one to a file of ours.
    const out = createWriteStream(file, { flags: 'wx', mode: 0o600, highWaterMark: 1024 * 1024 });
    pipeline(socket, bounded, out).then(resolve, reject);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(path, listening);
  });
  return {
    uri: `unix:${BOX_DIR}/${NAME}`,
    done,
    async [Symbol.asyncDispose]() {
      server.close();
      taken?.destroy();
      reject(new Error('given up'));
      await rm(path, { force: true });
    },
  };
}
