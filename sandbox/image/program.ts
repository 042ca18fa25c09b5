// Runs one of the host's programs for the build, line by line, to its end.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { failureOf, ImageError } from './errors.ts';

/** Enough for the longest complaint of dpkg, little enough to keep in an error. */
const KEPT_LINES = 400;

export type RunOptions = {
  readonly signal?: AbortSignal | undefined;
  /** every line of both outputs, as it comes */
  readonly onLine?: (line: string) => void;
};

/** Its output lines (the last 400), or an ImageError that ends with them. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { signal, onLine } = options;
  signal?.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        LC_ALL: 'C.UTF-8',
        DEBIAN_FRONTEND: 'noninteractive',
        // The kernel package would make an initrd that customise.sh replaces.
        INITRD: 'No',
      },
      ...(signal ? { signal } : {}),
    });
    const lines: string[] = [];
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        onLine?.(line);
      });
    }
    let failed: Error | undefined;
    child.once('error', (cause: NodeJS.ErrnoException) => {
      if (signal?.aborted) {
        // Not yet: a program that is still unwinding its mounts has our folder open. `close` follows.
        failed = signal.reason instanceof Error ? signal.reason : cause;
        if (child.pid !== undefined) return;
      }
      const missing = cause.code === 'ENOENT' && program === 'mmdebstrap';
      reject(new ImageError(missing ? 'no-mmdebstrap' : 'build-failed', `${program}: ${cause.message}`, { cause }));
    });
    child.once('close', (code) => {
      const output = lines.join('\n');
      if (failed !== undefined) reject(failed);
      else if (code === 0) resolve(output);
      else reject(failureOf(program, output));
    });
  });
}
