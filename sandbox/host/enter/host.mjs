// What kind of machine this is: architecture, distribution, disk space, port.
import { readFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { ask } from './run.mjs';
import { SetupError } from './speak.mjs';

/** Measured after the first build: the image 0.8 GiB (more while it is made), a template for each of the labs 5.5 GiB, packages 0.6 GiB. */
export const FIRST_BUILD_MIB = 8 * 1024;
/** With everything built, machines still need room for their disks. */
export const LATER_MIB = 512;

/** @param {string} osRelease contents of os-release(5) */
export function distribution(osRelease) {
  const fields = {};
  for (const each of osRelease.split('\n')) {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(each.trim());
    if (match) fields[match[1]] = match[2] ?? match[3] ?? match[4];
  }
  const id = fields.ID ?? 'unknown';
  const version = fields.VERSION_ID ?? '';
  const name = fields.PRETTY_NAME ?? id;
  const tested = (id === 'debian' && ['12', '13'].includes(version)) || (id === 'ubuntu' && version === '24.04');
  // Relatives with apt have the same package names; whether all of them exist there, apt will say.
  const family = id === 'ubuntu' || /\bubuntu\b/.test(fields.ID_LIKE ?? '') ? 'ubuntu' : 'debian';
  return { id, version, name, tested, family };
}

export function thisDistribution() {
  const file = ['/etc/os-release', '/usr/lib/os-release'].find((each) => existsSync(each));
  return distribution(file === undefined ? '' : readFileSync(file, 'utf8'));
}

export function checkMachine(platform = process.platform, arch = process.arch) {
  if (platform !== 'linux') throw new SetupError('platform', { found: platform });
  if (arch !== 'x64') throw new SetupError('arch', { found: arch });
}

/** Free MiB for an ordinary user where `dir` is or will be. */
export function freeMib(dir) {
  let existing = dir;
  while (!existsSync(existing)) existing = dirname(existing);
  const table = ask('df', ['-Pk', existing]);
  const available = table?.trim().split('\n').at(-1)?.trim().split(/\s+/)[3];
  return available === undefined ? Infinity : Math.floor(Number(available) / 1024);
}

export function checkDisk(dir, needed) {
  const free = freeMib(dir);
  if (free < needed) throw new SetupError('disk', { dir, free, needed });
}

/** The address of the course, as the server reads it too. */
export function addressOf(env) {
  const port = env.UNDERHOOD_PORT === undefined || env.UNDERHOOD_PORT === '' ? 8080 : Number(env.UNDERHOOD_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new SetupError('port-value', { found: env.UNDERHOOD_PORT });
  }
  return { host: env.UNDERHOOD_HOST || '127.0.0.1', port };
}

/** Throws when another program listens there. Asked before the long build: after two minutes it would be a nuisance. */
export async function checkPort({ host, port }) {
  await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      if (error.code === 'EADDRINUSE') reject(new SetupError('port', { host, port }));
      else resolve(); // the server itself will say what is wrong with this address
    });
    probe.listen({ host, port, exclusive: true }, () => probe.close(resolve));
  });
}
