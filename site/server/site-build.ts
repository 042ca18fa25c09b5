// The built site: where it was given, there; else found in the cache or built by a process of its own (site/prepare.ts).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { lookUp } from '../../sandbox/host/cache.ts';
import { hostPaths } from '../../sandbox/host/paths.ts';
import { StartError } from './errors.ts';

const PREPARE = fileURLToPath(new URL('../prepare.ts', import.meta.url));

/** The folder with the site for the content whose `courseHash` is `hash`. */
export async function builtSite(contentDir: string, hash: string, onLine: (line: string) => void): Promise<string> {
  const { cacheDir, readOnlyCacheDirs } = hostPaths();
  const found = await lookUp({ cacheDir, readOnlyCacheDirs, kind: 'site', hash });
  return found ?? (await build(contentDir, hash, onLine));
}

/** What the bundler needs, hundreds of MB, must not stay with a server that runs for months. */
async function build(contentDir: string, hash: string, onLine: (line: string) => void): Promise<string> {
  const child = spawn(process.execPath, [PREPARE, contentDir, hash], { stdio: ['ignore', 'pipe', 'pipe'] });
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
