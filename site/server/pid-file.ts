// The pid file: `npm stop` finds the server by it, and a second server on the same folders is refused.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from './errors.ts';

/** Writes this process's id. Throws StartError where another server holds these folders. */
export function takePidFile(path: string): { release: () => void } {
  const other = runningServer(path);
  if (other !== undefined) {
    throw new StartError('already-running', `Its process is ${other} (${path}).`, 'End it with: npm stop');
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
  return {
    release: () => {
      if (readPid(path) === process.pid) rmSync(path, { force: true });
    },
  };
}

/** A pid file may be older than the last boot, and its number somebody else's by now. */
function runningServer(path: string): number | undefined {
  const pid = readPid(path);
  if (pid === undefined || pid === process.pid) return undefined;
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.some((word) => word.endsWith('site/server/main.ts')) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
