// Everything between a fresh clone and a host that can run machines, in order; on a host that is ready, a second of checks.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureAccount, foldersOf, makeFolders, whoRuns } from './account.mjs';
import { delegateCgroup } from './cgroup.mjs';
import { allowBoxes, checkBox } from './confine.mjs';
import { checkMount, runAsUser, runningServer } from './handover.mjs';
import {
  addressOf,
  checkDisk,
  checkMachine,
  checkPort,
  FIRST_BUILD_MIB,
  LATER_MIB,
  thisDistribution,
} from './host.mjs';
import { buildImage, imageReady } from './image.mjs';
import { installModules, modulesReady } from './modules.mjs';
import { checkChromium, installPackages, missingHere, missingPrograms, neededPackages } from './packages.mjs';
import { ask } from './run.mjs';
import { note, SetupError, text } from './speak.mjs';

/**
 * @param {{checkout: string, verb: string, listens?: boolean, browser?: boolean, machines?: boolean}} wish
 * `listens`: the port must be free; `browser`: Chromium too; `machines: false`: no image is needed
 * @returns what handOver wants to know
 */
export async function setUp(wish) {
  const { checkout } = wish;
  const machines = wish.machines !== false;
  const root = process.getuid() === 0;
  checkMachine();
  // What is made here, another user reads.
  process.umask(0o022);
  const os = thisDistribution();
  if (!os.tested) note(text('os-unknown', { found: os.name }));

  // Root's user may not exist yet; its folders do not depend on it.
  const folders = placesFor(whoRuns() ?? { uid: 0, home: '/' });
  if (wish.listens) await checkFree(folders);

  const chromiumPath = process.env.CHROMIUM_PATH || undefined;
  if (wish.browser) checkChromium({ family: os.family, chromiumPath });
  const missing = missingOn(neededPackages({ forTests: wish.browser === true, family: os.family, chromiumPath }));
  const modules = modulesReady(checkout);
  const image = !machines || (modules && missing.length === 0 && (await imageReady(checkout, folders)));

  // Somebody else's checkout, not set up yet: its packages are not ours to install.
  const foreign = !modules && !writable(checkout);
  if (!root && (missing.length > 0 || foreign || (modules && !image))) {
    const what = [...missing, ...(foreign ? [text('what-modules')] : []), ...(image ? [] : [text('what-image')])];
    throw needRoot(wish.verb, what);
  }
  checkDisk(folders.cache, image ? LATER_MIB : FIRST_BUILD_MIB);
  if (missing.length > 0) {
    if (!haveApt()) throw new SetupError('packages-missing', { names: missing.join(' ') });
    await installPackages(missing);
  }
  if (!modules) await installModules(checkout);

  const user = root ? await ensureAccount() : whoRuns();
  makeFolders(folders, user);
  if (root) await allowBoxes();
  const cgroup = root ? delegateCgroup(user) : undefined;
  const context = await checkMount({ checkout, user, folders, ...(cgroup === undefined ? {} : { cgroup }) });
  if (!machines) return context;
  await checkBox((command) => runAsUser(context, command));
  if (!image && !(await imageReady(checkout, folders))) {
    if (!root) throw needRoot(wish.verb, [text('what-image')]);
    await buildImage(checkout, folders);
  }
  return context;
}

/** The folders, with the place where the checkout is mounted for the unprivileged user. */
export function placesFor(user) {
  const folders = foldersOf(process.env, user);
  return { ...folders, app: join(folders.run, 'app') };
}

async function checkFree(folders) {
  const pidFile = join(folders.run, 'server.pid');
  const user = whoRuns();
  const pid = user && existsSync(pidFile) ? runningServer(readFileSync(pidFile, 'utf8'), user) : undefined;
  if (pid !== undefined) throw new SetupError('already', { pid });
  await checkPort(addressOf(process.env));
}

function missingOn(needed) {
  return haveDpkg() ? missingHere(needed) : missingPrograms();
}

function writable(dir) {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const haveDpkg = () => ask('sh', ['-c', 'command -v dpkg-query']) !== undefined;
const haveApt = () => ask('sh', ['-c', 'command -v apt-get']) !== undefined;

/** The one line to run. On a fresh Debian there may be no sudo. */
function needRoot(verb, what) {
  const npm = verb === 'start' || verb === 'test' ? `npm ${verb}` : `npm run ${verb}`;
  const sudo = ask('sh', ['-c', 'command -v sudo']) !== undefined;
  const command = sudo ? `sudo ${npm}` : `su -c '${npm}'`;
  return new SetupError('need-root', { command }, text('need-root-why', { what: what.join(', ') }));
}
