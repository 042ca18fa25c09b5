// Builds the site into the cache: `prepare.ts CONTENT-FOLDER HASH`. Prints its progress in double brackets and, last, its folder.
import { cached } from '../sandbox/host/cache.ts';
import { hostPaths } from '../sandbox/host/paths.ts';
import { buildSite } from './build.ts';

try {
  const [contentDir = '', hash = ''] = process.argv.slice(2);
  const { cacheDir, readOnlyCacheDirs } = hostPaths();
  const entry = await cached({
    cacheDir,
    readOnlyCacheDirs,
    kind: 'site',
    hash,
    make: async (dir) => await buildSite({ outDir: dir, contentDir, log: (line) => console.log(`[[${line}]]`) }),
    onBroken: (flaw) => console.log(`[[${flaw}]]`),
  });
  console.log(entry.dir);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
