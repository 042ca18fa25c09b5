// The built site: where it was given, there; else found in the cache or built by a process of its own (site/prepare.ts).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StartError } from './errors.ts';

const PREPARE = fileURLToPath(new URL('../prepare.ts', import.meta.url));

/** What the bundler needs, hundreds of MB, must not stay with a server that runs for months. */
export async function builtSite(given: string | undefined, onLine: (line: string) => void): Promise<string> {
  if (given !== undefined) return given;
  const child = spawn(process.execPath, [PREPARE], { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const progress = /^\[\[(.*)\]\]$/.exec(line);
    if (progress?.[1] !== undefined) onLine(progress[1]);
    else last = line;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new StartError('site-missing', errors.slice(-20).join('\n'), 'See the message above.');
  return last;
}
