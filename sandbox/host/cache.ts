// The cache of everything that is built: `<cache>/<kind>/<hash>`, made once however many ask, never used half-written.
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
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
  readonly kind: string;
  /** asked before an entry goes: a template whose clones still run stays */
  readonly inUse: (hash: string) => boolean;
  /** entries used since then stay; default: two weeks */
  readonly unusedForMs?: number;
  /** this many of the most recently used stay in any case; default 2 */
  readonly keep?: number;
};

const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000;

/** Removes entries that nobody has used for long. Returns their hashes. */
export async function prune(request: PruneRequest): Promise<readonly string[]> {
  const folder = join(request.cacheDir, request.kind);
  const names = await readdir(folder).catch(() => []);
  const entries: { readonly hash: string; readonly usedMs: number }[] = [];
  for (const hash of names.filter((name) => !name.startsWith('.') && !name.includes('.partial-'))) {
    const manifest = await stat(join(folder, hash, MANIFEST)).catch(() => undefined);
    entries.push({ hash, usedMs: manifest?.mtimeMs ?? 0 });
  }
  entries.sort((a, b) => b.usedMs - a.usedMs);
  const before = Date.now() - (request.unusedForMs ?? TWO_WEEKS_MS);
  const old = entries
    .slice(request.keep ?? 2)
    .filter((entry) => entry.usedMs < before && !request.inUse(entry.hash))
    .map((entry) => entry.hash);
  for (const hash of old) await rm(join(folder, hash), { recursive: true, force: true });
  return old;
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
