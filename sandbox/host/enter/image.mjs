// The guest's system image: is it built, and building it as root with progress.
import { join } from 'node:path';
import { tail } from './packages.mjs';
import { run } from './run.mjs';
import { SetupError, step, text } from './speak.mjs';

function prepare(checkout, folders, verb, onLine) {
  const node = join(checkout, 'node_modules/.bin/node');
  return run(node, [join(checkout, 'sandbox/host/prepare.ts'), verb], {
    cwd: checkout,
    env: { ...process.env, UNDERHOOD_CACHE: folders.cache },
    ...(onLine === undefined ? {} : { onLine }),
  });
}

/** Exit code 3 of prepare.ts says "not there"; anything else but 0 is a mistake worth showing. */
export async function imageReady(checkout, folders) {
  const found = await prepare(checkout, folders, 'check');
  if (!found.ok && found.code !== 3) throw new SetupError('image-failed', {}, tail(found.output));
  return found.ok;
}

export async function buildImage(checkout, folders) {
  const progress = step(text('image'));
  const built = await prepare(checkout, folders, 'build', (each) => {
    const match = /^\[\[(.*)\]\]$/.exec(each);
    if (match) progress.detail(match[1]);
  });
  if (built.ok) return progress.done(text('image-done'));
  progress.failed();
  const network = /Temporary failure resolving|Could not resolve|Unable to connect|Failed to fetch/i.test(built.output);
  const said = tail(built.output.replace(/^\[\[.*\]\]$\n?/gm, ''));
  throw new SetupError('image-failed', {}, network ? `${text('image-network')}\n${said}` : said);
}
