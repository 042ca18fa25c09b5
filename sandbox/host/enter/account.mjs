// Who runs the course: the system user `underhood` when set-up is root, else whoever started it; and the folders.
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ask, run } from './run.mjs';
import { SetupError, step, text } from './speak.mjs';

export const USER = 'underhood';

/** @param {string} passwdLine one line of passwd(5) */
export function parsePasswd(passwdLine) {
  const [name, , uid, gid, , home] = passwdLine.trim().split(':');
  return { name, uid: Number(uid), gid: Number(gid), home };
}

export function whoRuns() {
  const found = ask('getent', ['passwd', process.getuid() === 0 ? USER : String(process.getuid())]);
  if (found !== undefined) return parsePasswd(found);
  return process.getuid() === 0
    ? undefined
    : { name: String(process.getuid()), uid: process.getuid(), gid: process.getgid(), home: homedir() };
}

/** Root only: creates the user where it is missing and lets it use /dev/kvm where there is one. */
export async function ensureAccount() {
  if (whoRuns() === undefined) {
    const progress = step(text('account', { user: USER }));
    const created = await run('useradd', [
      '--system',
      '--user-group',
      '--home-dir=/var/lib/underhood',
      '--no-create-home',
      '--shell=/usr/sbin/nologin',
      '--comment=Underhood course server',
      USER,
    ]);
    if (!created.ok) {
      progress.failed();
      throw new SetupError('account-failed', { user: USER }, created.output);
    }
    progress.done();
  }
  const groups = (ask('id', ['-nG', USER]) ?? '').trim().split(' ');
  if (ask('getent', ['group', 'kvm']) !== undefined && !groups.includes('kvm')) {
    await run('usermod', ['--append', '--groups', 'kvm', USER]);
  }
  return whoRuns();
}

/** The folders, as sandbox/host/paths.ts reads them; every later process gets them by environment. */
export function foldersOf(env, user) {
  const root = process.getuid() === 0;
  const base = root
    ? { cache: '/var/cache/underhood', data: '/var/lib/underhood', run: '/run/underhood' }
    : {
        cache: join(env.XDG_CACHE_HOME || join(user.home, '.cache'), 'underhood'),
        data: join(env.XDG_DATA_HOME || join(user.home, '.local/share'), 'underhood'),
        run: env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'underhood') : `/tmp/underhood-${user.uid}`,
      };
  return {
    cache: env.UNDERHOOD_CACHE || base.cache,
    data: env.UNDERHOOD_DATA || base.data,
    run: env.UNDERHOOD_RUN || base.run,
  };
}

/**
 * Creates the folders. Those in which root itself makes things belong to root and are sticky: the unprivileged user may add
 * entries beside root's, but cannot put a link in the place of one of them.
 */
export function makeFolders(folders, user) {
  const root = process.getuid() === 0;
  const shared = root ? { owner: 0, mode: 0o1775 } : { owner: user.uid, mode: 0o755 };
  makeFolder(folders.cache, shared, user);
  if (root) makeFolder(join(folders.cache, 'image'), { owner: 0, mode: 0o755 }, user);
  makeFolder(folders.run, root ? shared : { owner: user.uid, mode: 0o700 }, user);
  if (root) makeFolder(join(folders.run, 'app'), { owner: 0, mode: 0o755 }, user);
  makeFolder(folders.data, { owner: user.uid, mode: 0o700 }, user);
}

function makeFolder(dir, { owner, mode }, user) {
  try {
    mkdirSync(dir, { recursive: true });
    const found = lstatSync(dir);
    if (!found.isDirectory()) throw new Error('not a folder');
    if (process.getuid() === 0) chownSync(dir, owner, user.gid);
    else if (found.uid !== owner) throw new Error(`it belongs to user ${found.uid}`);
    chmodSync(dir, mode);
  } catch (error) {
    throw new SetupError('folder-failed', { dir, reason: error.message });
  }
}
