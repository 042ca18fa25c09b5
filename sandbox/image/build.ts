// Builds the guest image with mmdebstrap, as root, into the cache. Run as a program it prints its progress.
import { chmod, copyFile, mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, lookUp } from '../host/cache.ts';
import { hostPaths } from '../host/paths.ts';
import { ImageError } from './errors.ts';
import { DISK_MIB, imageHash, readImage, RECIPE, type GuestImage, type ImageFacts } from './image.ts';
import { hostMirror, hostProxies } from './mirror.ts';
import { run } from './program.ts';
import { IMAGE_STAGE_TEXT, progressMeter, type ImageProgress, type ProgressMeter } from './progress.ts';
import { copyTree } from './tree.ts';

export { ImageError, type ImageErrorCode } from './errors.ts';

/** The unpacked tree with packages in it (2 GiB at most) and the disk beside it, with room to spare. */
const NEEDED_BYTES = 4 * 1024 ** 3;

/** About as many packages as the guest has, for the progress bar only. */
const PACKAGES = 330;

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
  const meter = progressMeter(PACKAGES, (stage, fraction) =>
    options.onProgress?.({ stage, fraction, elapsedMs: performance.now() - began }),
  );
  const entry = await cached({
    cacheDir,
    kind: 'image',
    hash,
    ...(onBroken ? { onBroken } : {}),
    ...(signal ? { signal } : {}),
    make: async (dir) => await make(dir, meter, signal),
  });
  // Set-up runs as root, maybe with a strict umask; the machines' user reads the image.
  for (const dir of [join(cacheDir, 'image'), entry.dir]) await chmod(dir, 0o755);
  if (entry.made) await chmod(join(entry.dir, 'complete'), 0o644);
  meter.stage('done');
  return await readImage(entry.dir, hash);
}

async function make(dir: string, meter: ProgressMeter, signal: AbortSignal | undefined): Promise<void> {
  if (process.getuid?.() !== 0) throw new ImageError('not-root', 'building the guest image needs root');
  const space = await statfs(dir);
  if (space.bavail * space.bsize < NEEDED_BYTES) {
    throw new ImageError('no-space', `the image needs ${String(NEEDED_BYTES / 1024 ** 3)} GiB free in ${dir}`);
  }
  await chmod(dir, 0o755);
  const builder = (await run('mmdebstrap', ['--version'], { signal })).trim();
  const root = join(dir, 'root');
  try {
    meter.stage('packages');
    await installPackages(root, meter, signal);
    meter.stage('system');
    await customise(root, signal);
    meter.stage('disk');
    await writeFile(join(dir, 'facts.json'), JSON.stringify(await factsOf(root, builder)));
    for (const name of ['vmlinuz', 'initrd.img']) {
      await copyFile(join(root, 'boot', name), join(dir, name));
      await rm(join(root, 'boot', name));
    }
    await makeDisk(root, join(dir, 'disk.ext4'), signal);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  for (const name of ['vmlinuz', 'initrd.img', 'disk.ext4', 'facts.json']) await chmod(join(dir, name), 0o444);
}

async function installPackages(root: string, meter: ProgressMeter, signal: AbortSignal | undefined): Promise<void> {
  const lines = async (name: string): Promise<readonly string[]> =>
    (await readFile(join(RECIPE, name), 'utf8'))
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
  const mirror = await hostMirror();
  await run(
    'mmdebstrap',
    [
      '--verbose',
      '--mode=root',
      '--variant=minbase',
      '--format=directory',
      `--include=${(await lines('packages.txt')).join(',')}`,
      '--aptopt=Acquire::Retries "3"',
      ...(await hostProxies()).map((option) => `--aptopt=${option}`),
      ...(await lines('dpkg.conf')).map((option) => `--dpkgopt=${option}`),
      'trixie',
      root,
      ...(mirror === undefined ? [] : [mirror]),
    ],
    { signal, onLine: (line) => meter.line(line) },
  );
}

async function customise(root: string, signal: AbortSignal | undefined): Promise<void> {
  await copyTree(join(RECIPE, 'overlay'), root);
  await copyTree(join(RECIPE, 'images'), join(root, 'usr/share/underhood/images'));
  const means = { 'customise.sh': 'customise.sh', init: 'initrd-init' };
  for (const [from, to] of Object.entries(means)) await copyFile(join(RECIPE, from), join(root, to));
  const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
  await run(
    'chroot',
    [root, '/usr/bin/env', '-i', path, 'LC_ALL=C.UTF-8', '/bin/bash', '-c', 'umask 022; . /customise.sh'],
    {
      signal,
    },
  );
  for (const name of Object.values(means)) await rm(join(root, name));
}

async function factsOf(root: string, builder: string): Promise<ImageFacts> {
  const [kernel] = (await readFile(join(root, 'usr/lib/underhood/kernel-release'), 'utf8')).split('\n');
  const installed = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8');
  return {
    kernel: kernel ?? '',
    debian: (await readFile(join(root, 'etc/debian_version'), 'utf8')).trim(),
    builder,
    packages: installed.match(/^Status: install ok installed$/gm)?.length ?? 0,
  };
}

/** No journal: the disk is thrown away, and a journal's commits would be the load that a lesson measures. No reserved
 * blocks: nobody but the learner is to fill it. */
async function makeDisk(root: string, file: string, signal: AbortSignal | undefined): Promise<void> {
  const features = ['-m', '0', '-O', '^has_journal,^resize_inode', '-E', 'lazy_itable_init=0'];
  await run('mke2fs', ['-q', '-t', 'ext4', '-L', 'guest', ...features, '-d', root, file, `${String(DISK_MIB)}M`], {
    signal,
  });
}

if (import.meta.main) {
  const { cacheDir } = hostPaths();
  await mkdir(cacheDir, { recursive: true });
  const language = (process.env['LC_ALL'] ?? process.env['LANG'] ?? '').startsWith('ko') ? 'ko' : 'en';
  try {
    const image = await buildGuestImage({
      cacheDir,
      onProgress: ({ stage, fraction, elapsedMs }) => {
        const percent = String(Math.round(fraction * 100)).padStart(3);
        console.log(`  ${percent} %  ${(elapsedMs / 1000).toFixed(0)} s  ${IMAGE_STAGE_TEXT[stage][language]}`);
      },
      onBroken: (flaw) => console.log(`  ${flaw}`),
    });
    console.log(`  ${image.dir}`);
  } catch (error) {
    console.error(error instanceof ImageError ? `${error.code}: ${error.message}` : error);
    process.exitCode = error instanceof ImageError && error.code === 'no-network' ? 3 : 1;
  }
}
