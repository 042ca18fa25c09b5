// The course as it was read and rendered before: that takes longer than all the rest of a start, and learners are waiting.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Catalog } from '../../labs/lab.ts';
import { cached } from '../../sandbox/host/cache.ts';
import { hostPaths } from '../../sandbox/host/paths.ts';

const FILE = 'catalog';

/** The catalog of `contentDir`, whose `courseHash` is `hash`. Throws labs' LabFormatError for mistakes in the content. */
export async function keptCatalog(contentDir: string, hash: string): Promise<Catalog> {
  const { cacheDir } = hostPaths();
  const { dir } = await cached({
    // Not other users' caches: what comes out of this file is believed.
    cacheDir,
    kind: 'catalog',
    hash,
    make: async (folder) => {
      const { loadCatalog } = await import('../../labs/catalog.ts');
      await writeFile(join(folder, FILE), serialize(await loadCatalog(contentDir)));
    },
  });
  return deserialize(await readFile(join(dir, FILE))) as Catalog;
}
