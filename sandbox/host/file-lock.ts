// A lock between processes, held by flock(1): the kernel drops it when its holder dies, so it cannot go stale.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type FileLock = AsyncDisposable & { release(): Promise<void> };

/**
 * Waits until nobody else holds `file` (created when missing) and holds it until `release()`.
 * The lock sits in a small child that ends with our end of its standard input, so even SIGKILL of this process frees it.
 */
export async function lockFile(file: string, signal?: AbortSignal): Promise<FileLock> {
  signal?.throwIfAborted();
  // Its own session: a Ctrl-C in the terminal must not free the lock under a build that is still winding down.
  const child = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  child.stdin.on('error', () => undefined); // EPIPE after it died: the exit below says more
  const abort = (): void => void child.kill();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`cannot lock ${file}: ${complaint.trim() || 'flock ended'}`)));
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  const release = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  return { release, [Symbol.asyncDispose]: release };
}
