// The system packages: which are needed, which are missing, and how they get here.
import { accessSync, constants } from 'node:fs';
import { ask, run } from './run.mjs';
import { SetupError, step, text } from './speak.mjs';

/** What each is for stands beside it: nothing is installed "to be safe". */
const NEEDED = [
  'qemu-system-x86', // the machines
  'qemu-utils', // qemu-img: overlays
  'mmdebstrap', // the guest's root file system
  'debian-archive-keyring', // to trust what mmdebstrap fetches, on Ubuntu too
  'e2fsprogs', // mke2fs -d: the tree becomes a disk image
  'bubblewrap', // the box around each QEMU
  'util-linux', // setpriv, unshare, flock
  'procps', // memory pressure and process tables
  'perl-base', // the small supervisor of each machine
  'python3', // node-pty's build: node-gyp
  'make',
  'g++',
];

export function neededPackages({ forTests, family, chromiumPath }) {
  const chromium = forTests && chromiumPath === undefined && family === 'debian' ? ['chromium'] : [];
  return [...NEEDED, ...chromium];
}

/** @param {string} statusLines `dpkg-query -W -f '${Package} ${db:Status-Status}\n'` */
export function missingPackages(needed, statusLines) {
  const installed = new Set();
  for (const each of statusLines.split('\n')) {
    const [name, status] = each.trim().split(/\s+/);
    if (status === 'installed') installed.add(name);
  }
  return needed.filter((name) => !installed.has(name));
}

export function missingHere(needed) {
  return missingPackages(needed, ask('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n']) ?? '');
}

/** For hosts without dpkg: the programs that the packages would bring. */
const PROGRAMS = [
  'qemu-system-x86_64',
  'qemu-img',
  'mmdebstrap',
  'mke2fs',
  'bwrap',
  'setpriv',
  'flock',
  'perl',
  'make',
  'g++',
];

export function missingPrograms() {
  return PROGRAMS.filter((name) => ask('sh', ['-c', `command -v ${name}`]) === undefined);
}

/** The browser of the end-to-end tests; throws with what to do when there can be none. */
export function checkChromium({ family, chromiumPath }) {
  if (chromiumPath === undefined) {
    if (family === 'ubuntu') throw new SetupError('chromium-snap');
    return;
  }
  try {
    accessSync(chromiumPath, constants.X_OK);
  } catch {
    throw new SetupError('chromium-path', { path: chromiumPath });
  }
}

/** Root only. The lists are fetched only when they do not know a package or what they name is gone. */
export async function installPackages(names) {
  const progress = step(text('packages', { count: names.length, names: names.join(' ') }));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const onLine = (line) => {
    const match = /^(?:Get:\d+ \S+ \S+ \S+ (\S+)|Setting up (\S+))/.exec(line);
    if (match) progress.detail(match[1] ?? match[2]);
  };
  // Another apt may be at work on a fresh machine (unattended upgrades): wait for it instead of failing.
  const apt = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];
  const install = () =>
    run('apt-get', [...apt, 'install', '--yes', '--no-install-recommends', ...names], { env, onLine });
  let result = await install();
  if (!result.ok) {
    progress.detail('apt-get update');
    const update = await run('apt-get', [...apt, 'update'], { env });
    result = await install();
    if (!result.ok && !update.ok) result.output = `${update.output}\n${result.output}`;
  }
  if (!result.ok) {
    progress.failed();
    throw new SetupError('apt-failed', {}, tail(result.output));
  }
  progress.done(text('packages-done'));
}

export function tail(output, lines = 15) {
  return output.trim().split('\n').slice(-lines).join('\n');
}
