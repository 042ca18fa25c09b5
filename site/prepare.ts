// The built site in the cache: found, or built now. Prints its progress in double brackets and, last, its folder.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached } from '../sandbox/host/cache.ts';
import { contentHash, type HashInput } from '../sandbox/host/content-hash.ts';
import { hostPaths } from '../sandbox/host/paths.ts';
import { buildSite, SITE_SOURCES } from './build.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
const contentDir = process.env['UNDERHOOD_LABS'] ?? join(checkout, 'labs/content');

async function inputs(): Promise<HashInput[]> {
  const all: HashInput[] = ['site', { folder: contentDir }];
  for (const source of SITE_SOURCES) {
    const path = join(checkout, source);
    // An input's place counts too: the same bytes elsewhere are another site.
    all.push(source, (await lstat(path)).isDirectory() ? { folder: path } : { file: path });
  }
  return all;
}

try {
  const { cacheDir, readOnlyCacheDirs } = hostPaths();
  const entry = await cached({
    cacheDir,
    readOnlyCacheDirs,
    kind: 'site',
    hash: await contentHash(await inputs()),
    make: async (dir) => await buildSite({ outDir: dir, contentDir, log: (line) => console.log(`[[${line}]]`) }),
    onBroken: (flaw) => console.log(`[[${flaw}]]`),
  });
  console.log(entry.dir);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
