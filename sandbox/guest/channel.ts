// The byte stream to the host: a virtio-serial port, read and written through Node's thread pool.
import { close, open, read, write } from 'node:fs';

/** What the agent needs of a stream to its host. */
export type Channel = {
  /** `onBytes` gets views that are valid during the call only; `onGap` says that no host is there (now, or was for a moment). */
  start(onBytes: (bytes: Uint8Array) => void, onGap: () => void): void;
  /** Writes all of `bytes` and calls back; one write at a time. Bytes of a host that went away may be lost. */
  write(bytes: Uint8Array, done: () => void): void;
  close(): void;
};

/** Reading a port that no host is connected to returns nothing at once; only then is it looked at by the clock. */
const ABSENT_POLL_MS = 1000;

/** The port hands out at most one page per read; a little more costs nothing. */
const READ_BYTES = 32 * 1024;

/**
 * Opens a virtio-serial port. A blocking read waits in one thread of the pool, so a connected and silent host costs
 * nothing. A write waits in another while the host does not take its bytes, or while there is none: then what was
 * pending arrives at the next host, who discards everything up to MARKER.
 */
export function openPort(path: string, onBroken: (error: Error) => void): Promise<Channel> {
  return new Promise((resolve, reject) => {
    open(path, 'r+', (error, fd) => {
      if (error) reject(error);
      else resolve(portChannel(fd, onBroken));
    });
  });
}

function portChannel(fd: number, onBroken: (error: Error) => void): Channel {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  return {
    start(onBytes, onGap) {
      let absent = false;
      const next = (): void => {
        if (closed) return;
        read(fd, buffer, 0, READ_BYTES, null, (error, length) => {
          if (closed) return;
          if (error && error.code !== 'EINTR' && error.code !== 'EAGAIN') return onBroken(error);
          if (!error && length > 0) {
            absent = false;
            onBytes(buffer.subarray(0, length));
            return next();
          }
          if (!absent) onGap();
          absent = true;
          timer = setTimeout(next, ABSENT_POLL_MS);
        });
      };
      next();
    },
    write(bytes, done) {
      const more = (offset: number): void => {
        write(fd, bytes, offset, bytes.length - offset, null, (error, written) => {
          if (closed) return;
          if (error && error.code !== 'EINTR' && error.code !== 'EAGAIN') return onBroken(error);
          const reached = offset + (error ? 0 : written);
          if (reached < bytes.length) more(reached);
          else done();
        });
      };
      more(0);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      close(fd, () => undefined);
    },
  };
}
