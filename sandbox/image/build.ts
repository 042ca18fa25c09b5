// Builds the guest image with mmdebstrap, as root, into the cache. Run as a program it prints its progress.
import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { cached, lookUp } from '../host/cache.ts';
import { hostPaths } from '../host/paths.ts';
import { DISK_MIB, imageHash, readImage, type GuestImage } from './image.ts';
import { hostMirror } from './mirror.ts';
import { IMAGE_STAGE_TEXT, type ImageProgress, type ImageStage } from './progress.ts';

export type ImageErrorCode = 'not-root' | 'no-mmdebstrap' | 'no-network' | 'no-space' | 'build-failed';

export class ImageError extends Error {
  readonly code: ImageErrorCode;
  constructor(code: ImageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageError';
    this.code = code;
  }
}

const RECIPE = join(import.meta.dirname, 'recipe');

/** The unpacked tree (1.6 GiB) and the disk beside it, with room to spare. */
const NEEDED_BYTES = 5 * 1024 ** 3;

/** When each stage begins, as a share of the whole: measured on two cores with a near mirror. */
const BEGINS: { readonly [S in ImageStage]: number } = { packages: 0, system: 0.75, disk: 0.93, done: 1 };

/** The image of the present recipe where it is complete, without building. */
export async function findGuestImage(folders: {
  readonly cacheDir: string;
  readonly readOnlyCacheDirs?: readonly string[];
}): Promise<GuestImage | undefined> {
  const hash = await imageHash();
  const dir = await lookUp({ ...folders, kind: 'image', hash });
  return dir === undefined ? undefined : await readImage(dir, hash);
}

/** The image of the present recipe, built if need be (about two minutes). Needs root for that. */
export async function buildGuestImage(options: {
  readonly cacheDir: string;
  readonly onProgress?: (progress: ImageProgress) => void;
  readonly onBroken?: (flaw: string) => void;
  readonly signal?: AbortSignal;
}): Promise<GuestImage> {
  const hash = await imageHash();
  const { cacheDir, onBroken, signal } = options;
  const began = performance.now();
  const tell = (stage: ImageStage): void =>
    options.onProgress?.({ stage, fraction: BEGINS[stage], elapsedMs: performance.now() - began });
  const entry = await cached({
    cacheDir,
    kind: 'image',
    hash,
    ...(onBroken ? { onBroken } : {}),
    ...(signal ? { signal } : {}),
    make: async (dir) => await make(dir, tell, signal),
  });
  tell('done');
  return await readImage(entry.dir, hash);
}

async function make(dir: string, tell: (stage: ImageStage) => void, signal?: AbortSignal): Promise<void> {
  if (process.getuid?.() !== 0) throw new ImageError('not-root', 'building the guest image needs root');
  const space = await statfs(dir);
  if (space.bavail * space.bsize < NEEDED_BYTES)
    throw new ImageError('no-space', `the image needs ${String(NEEDED_BYTES / 1024 ** 3)} GiB free in ${dir}`);
  const builder = (await run('mmdebstrap', ['--version'], signal)).trim();
  const names = (await readFile(join(RECIPE, 'packages.txt'), 'utf8')).match(/^[a-z0-9][a-z0-9+.-]*/gm) ?? [];
  const mirror = await hostMirror();

  tell('packages');
  const root = join(dir, 'root');
  try {
    await run(
      'mmdebstrap',
      [
        '--mode=root',
        '--variant=minbase',
        `--include=${names.join(',')}`,
        '--aptopt=Acquire::Retries "3"',
        // Documentation that no lesson opens; manual pages stay.
        '--dpkgopt=path-exclude=/usr/share/doc/*',
        '--dpkgopt=path-include=/usr/share/doc/*/copyright',
        '--dpkgopt=path-exclude=/usr/share/locale/*',
        '--dpkgopt=path-include=/usr/share/locale/ko/*',
        '--dpkgopt=path-include=/usr/share/locale/locale.alias',
        'trixie',
        root,
        ...(mirror === undefined ? [] : [mirror]),
      ],
      signal,
    );
    tell('system');
    await cp(join(RECIPE, 'overlay'), root, { recursive: true, preserveTimestamps: false });
    await cp(join(RECIPE, 'images'), join(root, 'usr/share/underhood/images'), { recursive: true });
    await cp(join(RECIPE, 'customise.sh'), join(root, 'customise.sh'));
    await run('chroot', [root, '/bin/bash', '/customise.sh'], signal);
    await rm(join(root, 'customise.sh'));

    tell('disk');
    const boot = await readdir(join(root, 'boot'));
    const kernel = boot.find((name) => name.startsWith('vmlinuz-'))?.slice('vmlinuz-'.length);
    if (kernel === undefined) throw new ImageError('build-failed', 'the tree has no kernel');
    await cp(join(root, 'boot', `vmlinuz-${kernel}`), join(dir, 'vmlinuz'));
    await unpacked(join(root, 'boot', `initrd.img-${kernel}`), join(dir, 'initrd.img'));
    await rm(join(root, 'boot', `initrd.img-${kernel}`));
    const debian = (await readFile(join(root, 'etc/debian_version'), 'utf8')).trim();
    const installed = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
    const packages = installed.match(/^Package: /gm)?.length ?? 0;
    // No journal: the disk is thrown away, and a journal's commits would be the load that a lesson measures.
    await run(
      'mke2fs',
      [
        ...['-q', '-t', 'ext4', '-L', 'guest', '-m', '0', '-O', '^has_journal', '-E', 'lazy_itable_init=0'],
        ...['-d', root, join(dir, 'disk.ext4'), `${String(DISK_MIB)}M`],
      ],
      signal,
    );
    for (const name of ['vmlinuz', 'initrd.img', 'disk.ext4']) await chmod(join(dir, name), 0o444);
    await chmod(dir, 0o755);
    await writeFile(join(dir, 'facts.json'), JSON.stringify({ kernel, debian, builder, packages }));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The initrd, uncompressed: emulated, unpacking takes longer than reading five times the bytes. */
async function unpacked(from: string, to: string): Promise<void> {
  const head = (await readFile(from)).subarray(0, 2);
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  await (gzip
    ? pipeline(createReadStream(from), createGunzip(), createWriteStream(to))
    : pipeline(createReadStream(from), createWriteStream(to)));
}

/** Runs a program to its end; standard output, or an ImageError with the last lines it wrote. */
async function run(program: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
      ...(signal ? { signal } : {}),
    });
    let output = '';
    let trouble = '';
    child.stdout.on('data', (data: Buffer) => (output = (output + data.toString()).slice(-65_536)));
    child.stderr.on('data', (data: Buffer) => (trouble = (trouble + data.toString()).slice(-65_536)));
    child.once('error', (cause) => {
      const missing = 'code' in cause && cause.code === 'ENOENT';
      reject(new ImageError(missing ? 'no-mmdebstrap' : 'build-failed', `${program}: ${cause.message}`, { cause }));
    });
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(failure(program, trouble));
    });
  });
}

function failure(program: string, trouble: string): ImageError {
  const tail = trouble.trimEnd().split('\n').slice(-12).join('\n');
  if (/No space left on device/.test(trouble)) return new ImageError('no-space', `${program}:\n${tail}`);
  if (
    /Temporary failure resolving|Could not resolve|Failed to fetch|Could not connect|Connection timed out/.test(trouble)
  )
    return new ImageError('no-network', `${program}:\n${tail}`);
  return new ImageError('build-failed', `${program} failed:\n${tail}`);
}

if (import.meta.main) {
  await mkdir(hostPaths().cacheDir, { recursive: true });
  const language = (process.env['LC_ALL'] ?? process.env['LANG'] ?? '').startsWith('ko') ? 'ko' : 'en';
  try {
    const image = await buildGuestImage({
      cacheDir: hostPaths().cacheDir,
      onProgress: ({ stage, fraction, elapsedMs }) =>
        console.log(
          `  ${String(Math.round(fraction * 100)).padStart(3)} %  ${(elapsedMs / 1000).toFixed(0)} s  ${IMAGE_STAGE_TEXT[stage][language]}`,
        ),
      onBroken: (flaw) => console.log(`  ${flaw}`),
    });
    console.log(`  ${image.dir}`);
  } catch (error) {
    console.error(error instanceof ImageError ? `${error.code}: ${error.message}` : error);
    process.exitCode = error instanceof ImageError && error.code === 'no-network' ? 3 : 1;
  }
}
