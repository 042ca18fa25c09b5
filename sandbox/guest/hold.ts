// A FIFO at which the template's shell waits before its first prompt, until the copy has its own name.
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';

export type Hold = {
  readonly path: string;
  /** Lets the shell go on, whether it waits already or comes later. Idempotent. */
  release(): void;
};

export function makeHold(path: string): Hold {
  rmSync(path, { force: true });
  execFileSync('/usr/bin/mkfifo', ['-m', '0644', path]);
  // opened for both directions, so that neither side waits for the other and the line is kept until it is read
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  let released = false;
  return {
    path,
    release() {
      if (released) return;
      released = true;
      writeSync(fd, '\n');
      // The shell opens the FIFO by name, perhaps only now; ten seconds are far more than a cold boot needs for that.
      setTimeout(() => {
        closeSync(fd);
        rmSync(path, { force: true });
      }, 10_000).unref();
    },
  };
}
