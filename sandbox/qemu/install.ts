// The QEMU of this host: its programs, its version and what of the file system it needs to run.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxError } from '../machine/errors.ts';
import { parseVersion, type QemuVersion } from './version.ts';

const run = promisify(execFile);

export type QemuInstall = {
  readonly version: QemuVersion;
  readonly system: string;
  readonly image: string;
  /** given to QEMU and qemu-img; nothing else of the environment is */
  readonly env: Readonly<Record<string, string>>;
  /** extra `-L` */
  readonly firmwareDirs: readonly string[];
  /** what the box shows read-only besides the machine's own files */
  readonly readOnlyPaths: readonly string[];
};

const HOST_PATHS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
  '/usr/share/qemu',
  '/usr/share/seabios',
  '/usr/share/ipxe',
];

/**
 * Looks at the QEMU below `root`: '/' for the host's own packages, else a folder that Debian's packages were unpacked into.
 * Throws qemu-unusable or qemu-too-old.
 */
export async function findQemu(root: string): Promise<QemuInstall> {
  const own = root === '/';
  const under = (path: string): string => (own ? path : join(root, path));
  const libraries = under('/usr/lib/x86_64-linux-gnu');
  const env: Record<string, string> = own
    ? {}
    : { LD_LIBRARY_PATH: libraries, QEMU_MODULE_DIR: join(libraries, 'qemu') };
  const system = under('/usr/bin/qemu-system-x86_64');
  let output: string;
  try {
    ({ stdout: output } = await run(system, ['--version'], { env, timeout: 20_000 }));
  } catch (cause) {
    throw new SandboxError('qemu-unusable', `${system} does not run`, cause);
  }
  const wanted = own ? [system, ...HOST_PATHS] : [...HOST_PATHS.slice(0, 2), root];
  const readOnlyPaths: string[] = [];
  for (const path of wanted) if (await exists(path)) readOnlyPaths.push(path);
  return {
    version: parseVersion(output),
    system,
    image: under('/usr/bin/qemu-img'),
    env,
    firmwareDirs: own ? [] : [under('/usr/share/qemu'), under('/usr/share/seabios')],
    readOnlyPaths,
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
