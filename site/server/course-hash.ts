// What the course and its pages are made of, as one hash: whoever starts again finds both as they were made.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isEditorFile } from '../../labs/editor-files.ts';
import { contentHash, type HashInput } from '../../sandbox/host/content-hash.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Besides the content, relative to the checkout. An input's place counts too: the same bytes elsewhere are another site. */
const SOURCES = [
  'site/src',
  'site/client',
  'site/api',
  'site/bundle',
  'site/public',
  'site/build.ts',
  'labs',
  'sandbox/protocol',
  'package-lock.json',
] as const;

/** Over the lessons in `contentDir` and all code that makes pages and tasks of them. */
export async function courseHash(contentDir: string): Promise<string> {
  const inputs: HashInput[] = ['site', { folder: contentDir, skip: isEditorFile }];
  for (const source of SOURCES) {
    const path = join(CHECKOUT, source);
    inputs.push(source, (await lstat(path)).isDirectory() ? { folder: path, skip: isContent } : { file: path });
  }
  return contentHash(inputs);
}

/** The content of the checkout itself is an input of its own, or none. */
const isContent = (path: string): boolean => path === 'content';
