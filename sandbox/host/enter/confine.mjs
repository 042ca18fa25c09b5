// Whether an unprivileged user can make a box here, and the AppArmor profile that Ubuntu 24.04 needs for it.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { SetupError, step, text } from './speak.mjs';

const PROFILES = '/etc/apparmor.d';
const PROFILE = `${PROFILES}/underhood-bwrap`;

// "unconfined" with "userns": the profile adds no rule but the right that Ubuntu 24.04 takes from programs without one.
// Boxes without that right would have to be made by root, and everything around QEMU would be privileged.
const PROFILE_TEXT = `# Lets bubblewrap make user namespaces: Underhood boxes each of its virtual machines with it, unprivileged.
abi <abi/4.0>,
include <tunables/global>

profile underhood-bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
  include if exists <local/underhood-bwrap>
}
`;

/** @param {string | undefined} sysctl contents of /proc/sys/kernel/apparmor_restrict_unprivileged_userns, undefined where there is none */
export function needsProfile(sysctl, profiles) {
  if (sysctl === undefined || sysctl.trim() !== '1') return false;
  return !profiles.some(
    (contents) => /^[^#\n]*\/(usr\/)?bin\/bwrap\b/m.test(contents) && /^\s*userns\b/m.test(contents),
  );
}

/** Root only. */
export async function allowBoxes() {
  if (!needsProfile(readSysctl('kernel/apparmor_restrict_unprivileged_userns'), installedProfiles())) return;
  const progress = step(text('apparmor', { file: PROFILE }));
  writeFileSync(PROFILE, PROFILE_TEXT);
  const loaded = await run('apparmor_parser', ['--replace', PROFILE]);
  if (loaded.ok) progress.done();
  else {
    progress.failed();
    process.stderr.write(`${text('apparmor-failed', { file: PROFILE })}\n${loaded.output}\n`);
  }
}

/** What the real box (sandbox/qemu/box.ts) needs most: namespaces of its own, and in them a /proc and a /dev. */
export const BOX_PROBE = [
  'bwrap',
  '--unshare-user',
  '--unshare-pid',
  '--unshare-net',
  '--unshare-ipc',
  '--disable-userns',
  '--ro-bind',
  '/usr',
  '/usr',
  '--symlink',
  'usr/lib',
  '/lib',
  '--symlink',
  'usr/lib64',
  '/lib64',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '/usr/bin/true',
];

/** Makes one box as the user who will make them all; `start` runs a command the way the server will be run. */
export async function checkBox(start) {
  const probe = await start(BOX_PROBE);
  if (probe.ok) return;
  throw new SetupError('box-failed', { reason: probe.output.trim() || `exit ${probe.code}` }, adviceFor());
}

function adviceFor() {
  const off =
    readSysctl('kernel/unprivileged_userns_clone')?.trim() === '0' ||
    readSysctl('user/max_user_namespaces')?.trim() === '0';
  if (off) return text('box-userns');
  if (readSysctl('kernel/apparmor_restrict_unprivileged_userns')?.trim() === '1') return text('box-apparmor');
  return text('box-container');
}

function readSysctl(name) {
  const file = join('/proc/sys', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function installedProfiles() {
  if (!existsSync(PROFILES)) return [];
  return readdirSync(PROFILES, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(PROFILES, entry.name), 'utf8'));
}
