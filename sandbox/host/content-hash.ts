// The hash of everything that goes into a build: file contents, folders, words. Same inputs, same hash, on every host.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

export type HashInput =
  /** a word: a version, an option, a format number */
  | string
  /** one file, known by `as` (default: not named, so that it may be renamed) */
  | { readonly file: string; readonly as?: string }
  /** every file below, by relative path; `skip` is asked with that path */
  | { readonly folder: string; readonly skip?: (path: string) => boolean };

/** Read in one piece: most inputs are sources, and a stream for each costs more than reading it. */
const SMALL_BYTES = 1024 * 1024;

/** 24 hex digits (96 bits), short enough for a folder name inside a socket's path. */
export async function contentHash(inputs: readonly HashInput[]): Promise<string> {
  const hash = createHash('sha256');
  for (const input of inputs) {
    if (typeof input === 'string') frame(hash, 'word', input);
    else if ('file' in input) await hashFile(hash, input.file, input.as ?? '');
    else await hashFolder(hash, input.folder, '', input.skip ?? (() => false));
  }
  return hash.digest('hex').slice(0, 24);
}

/** Every field is preceded by its length, so that no two lists of inputs can run together into the same bytes. */
function frame(hash: Hash, tag: string, ...fields: readonly string[]): void {
  for (const field of [tag, ...fields]) hash.update(`${Buffer.byteLength(field)}:`).update(field);
}

async function hashFile(hash: Hash, file: string, name: string): Promise<void> {
  const contents = createHash('sha256');
  const { mode, size } = await lstat(file);
  if (size <= SMALL_BYTES) contents.update(await readFile(file));
  else for await (const chunk of createReadStream(file)) contents.update(chunk as Buffer);
  // Only the owner's execute bit counts: the others differ with each one's umask.
  const executable = (mode & 0o100) !== 0;
  frame(hash, 'file', name, executable ? 'x' : '-', contents.digest('hex'));
}

async function hashFolder(hash: Hash, root: string, below: string, skip: (path: string) => boolean): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (skip(path)) continue;
    if (entry.isDirectory()) await hashFolder(hash, root, path, skip);
    else if (entry.isSymbolicLink()) frame(hash, 'link', path, await readlink(join(root, path)));
    else if (entry.isFile()) await hashFile(hash, join(root, path), path);
  }
}
