// What earlier versions of the course left in the cache goes once nobody has used it for two weeks; a template alone is 300 MiB.
import { prune } from '../../sandbox/host/cache.ts';
import type { Log } from './server.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KINDS = ['agent', 'catalog', 'image', 'site', 'template'] as const;

export type CacheCare = {
  readonly cacheDir: string;
  /** paths in the cache that this server needs at the time it is asked */
  readonly needed: () => Promise<readonly string[]>;
  readonly log: Log;
};

/** Now and once a day; nobody waits for it, and a failure is only logged. */
export function careForCache(care: CacheCare): void {
  void tidy(care);
  setInterval(() => void tidy(care), DAY_MS).unref();
}

async function tidy({ cacheDir, needed, log }: CacheCare): Promise<void> {
  try {
    const gone = await prune({ cacheDir, kinds: KINDS, needed: await needed() });
    if (gone.length > 0) log('old entries of the cache were removed', { folders: gone });
  } catch (error) {
    log('the cache could not be tidied', { error });
  }
}
