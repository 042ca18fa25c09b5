// Where this host keeps what Underhood makes: the cache (can be deleted), the data (back it up), the run folder (sockets, pid file).
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type HostPaths = {
  /** made from the checkout and rebuilt when missing: `<kind>/<hash>` */
  readonly cacheDir: string;
  /** caches of other users that may be read, never written: an image that root built serves everyone */
  readonly readOnlyCacheDirs: readonly string[];
  /** everything that cannot be made again: accounts, progress, hibernated machines */
  readonly dataDir: string;
  /** sockets and pid file; short, since a unix socket's path has 107 bytes at most (unix(7)) */
  readonly runDir: string;
  /** the process id of the running server, in decimal */
  readonly pidFile: string;
};

type Env = { readonly [name: string]: string | undefined };
type Who = { readonly uid: number; readonly home: string };

const SYSTEM = { cacheDir: '/var/cache/underhood', dataDir: '/var/lib/underhood', runDir: '/run/underhood' } as const;

/** The folders of `who`: the system's for root, else those of the XDG base directory specification; `UNDERHOOD_*` wins. */
export function hostPaths(
  env: Env = process.env,
  who: Who = { uid: process.getuid?.() ?? 0, home: homedir() },
): HostPaths {
  const root = who.uid === 0;
  const cacheDir =
    override(env, 'UNDERHOOD_CACHE') ??
    (root ? SYSTEM.cacheDir : join(xdg(env, 'XDG_CACHE_HOME') ?? join(who.home, '.cache'), 'underhood'));
  const dataDir =
    override(env, 'UNDERHOOD_DATA') ??
    (root ? SYSTEM.dataDir : join(xdg(env, 'XDG_DATA_HOME') ?? join(who.home, '.local/share'), 'underhood'));
  const runtime = xdg(env, 'XDG_RUNTIME_DIR');
  const runDir =
    override(env, 'UNDERHOOD_RUN') ??
    (root ? SYSTEM.runDir : runtime === undefined ? `/tmp/underhood-${who.uid}` : join(runtime, 'underhood'));
  const readOnlyCacheDirs = cacheDir === SYSTEM.cacheDir || root ? [] : [SYSTEM.cacheDir];
  return { cacheDir, readOnlyCacheDirs, dataDir, runDir, pidFile: join(runDir, 'server.pid') };
}

function override(env: Env, name: string): string | undefined {
  const value = env[name];
  if (value === undefined || value === '') return undefined;
  if (!isAbsolute(value)) throw new Error(`${name}: expected an absolute path, got ${JSON.stringify(value)}`);
  return value;
}

/** The XDG specification says that a relative path is to be ignored. */
function xdg(env: Env, name: string): string | undefined {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : undefined;
}
