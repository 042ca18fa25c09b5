// The cache of everything that is built: `<cache>/<kind>/<hash>`, made once however many ask, never used half-written.
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { lockFile } from './file-lock.ts';
import { flawIn, MANIFEST, writeManifest } from './manifest.ts';

export type CacheRequest = {
  readonly cacheDir: string;
  /** looked at first and never written (see `HostPaths.readOnlyCacheDirs`) */
  readonly readOnlyCacheDirs?: readonly string[];
  /** a noun: `image`, `template`, `site` */
  readonly kind: string;
  /** over everything that goes in: `contentHash` */
  readonly hash: string;
  /** Fills the empty folder `dir`. When it throws, the folder is removed and the error passed on. */
  readonly make: (dir: string) => Promise<void>;
  /** an entry was there and is made anew, with the reason (`it was never finished`, `disk.img is missing`) */
  readonly onBroken?: (flaw: string) => void;
  /** somebody else is making it at this moment */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
};

export type CacheEntry = { readonly dir: string; readonly made: boolean };

/** The folder of the entry, sound and complete: found, or made under a lock that other processes respect. */
export async function cached(request: CacheRequest): Promise<CacheEntry> {
  const found = await lookUp(request);
  if (found !== undefined) return { dir: found, made: false };

  const { kind, hash, signal } = request;
  const folder = join(request.cacheDir, kind);
  const dir = join(folder, hash);
  await mkdir(folder, { recursive: true });
  // Said only when the lock is not to be had at once; an uncontended flock takes a few milliseconds.
  const waiting = setTimeout(() => request.onWait?.(), 500);
  await using _lock = await lockFile(join(folder, `.${hash}.lock`), signal).finally(() => clearTimeout(waiting));

  // Whoever held the lock before us may have made it.
  const flaw = await flawIn(dir, kind, hash);
  if (flaw === undefined) return { dir, made: false };
  if (await exists(dir)) {
    request.onBroken?.(flaw);
    await rm(dir, { recursive: true, force: true });
  }
  await removePartials(folder, hash);

  const partial = join(folder, `${hash}.partial-${process.pid}`);
  await mkdir(partial);
  try {
    await request.make(partial);
    signal?.throwIfAborted();
    await writeManifest(partial, kind, hash);
    await rename(partial, dir);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
  return { dir, made: true };
}

/** The entry's folder when it is there and sound, without making anything. */
export async function lookUp(
  request: Pick<CacheRequest, 'cacheDir' | 'readOnlyCacheDirs' | 'kind' | 'hash'>,
): Promise<string | undefined> {
  for (const cacheDir of [request.cacheDir, ...(request.readOnlyCacheDirs ?? [])]) {
    const dir = join(cacheDir, request.kind, request.hash);
    if ((await flawIn(dir, request.kind, request.hash)) !== undefined) continue;
    // The manifest's own time says when the entry was last used; in somebody else's folder we may not set it.
    const now = new Date();
    await utimes(join(dir, MANIFEST), now, now).catch(() => undefined);
    return dir;
  }
  return undefined;
}

export type PruneRequest = {
  readonly cacheDir: string;
  readonly kinds: readonly string[];
  /** paths in entries that are needed: these stay, and count as used now for everybody else who prunes */
  readonly needed: readonly string[];
  /** entries used since then stay; default: two weeks */
  readonly unusedForMs?: number;
  /** this many of the most recently used of a kind stay in any case; default 2 */
  readonly keep?: number;
};

const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000;

/** Removes entries that nobody has used for long. Returns their folders. */
export async function prune(request: PruneRequest): Promise<readonly string[]> {
  const now = new Date();
  const needed = new Set(request.needed.map((path) => entryOf(request.cacheDir, path)));
  // What is only found, never looked up, as by a server that runs for months, is used all the same.
  for (const dir of needed) if (dir !== undefined) await utimes(join(dir, MANIFEST), now, now).catch(() => undefined);
  const before = now.getTime() - (request.unusedForMs ?? TWO_WEEKS_MS);
  const gone: string[] = [];
  for (const kind of request.kinds) {
    const entries = await entriesOf(join(request.cacheDir, kind));
    const old = entries.slice(request.keep ?? 2).filter(({ dir, usedMs }) => usedMs < before && !needed.has(dir));
    for (const { dir } of old) await rm(dir, { recursive: true, force: true });
    gone.push(...old.map(({ dir }) => dir));
  }
  return gone;
}

/** The entry that a path lies in; undefined for one elsewhere. */
function entryOf(cacheDir: string, path: string): string | undefined {
  const [kind, hash] = relative(cacheDir, path).split(sep);
  return kind === undefined || kind === '..' || hash === undefined ? undefined : join(cacheDir, kind, hash);
}

/** The last used one first. What is being made is none yet. */
async function entriesOf(folder: string): Promise<readonly { readonly dir: string; readonly usedMs: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const entries = names
    .filter((name) => !name.startsWith('.') && !name.includes('.partial-'))
    .map(async (name) => {
      const dir = join(folder, name);
      const manifest = await stat(join(dir, MANIFEST)).catch(() => undefined);
      return { dir, usedMs: manifest?.mtimeMs ?? 0 };
    });
  return (await Promise.all(entries)).sort((left, right) => right.usedMs - left.usedMs);
}

/** What a killed maker left: nobody writes there any more, since we hold the lock. */
async function removePartials(folder: string, hash: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(`${hash}.partial-`)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
