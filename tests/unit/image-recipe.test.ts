// The guest's recipe: its hash, the cache that trusts no half image, the mirror, the progress and the errors. Builds nothing.
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeManifest } from '../../sandbox/host/manifest.ts';
import { findGuestImage } from '../../sandbox/image/build.ts';
import { failureOf } from '../../sandbox/image/errors.ts';
import { imageHash, RECIPE } from '../../sandbox/image/image.ts';
import { deb822Sources, hostMirror, oneLineSources, proxiesIn, releaseArchive } from '../../sandbox/image/mirror.ts';
import { run } from '../../sandbox/image/program.ts';
import { progressMeter } from '../../sandbox/image/progress.ts';
import { copyTree } from '../../sandbox/image/tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-recipe-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
}

describe('the hash of the recipe', () => {
  it('changes with every single file of the recipe', async () => {
    const copy = join(folder, 'recipe');
    await cp(RECIPE, copy, { recursive: true });
    const whole = await imageHash(copy);
    expect(whole).toBe(await imageHash());
    const files = (await readdir(copy, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(30);
    for (const entry of files) {
      const file = join(entry.parentPath, entry.name);
      const text = await readFile(file);
      await writeFile(file, Buffer.concat([text, Buffer.from('#')]));
      expect(await imageHash(copy), `${entry.name} changed`).not.toBe(whole);
      await writeFile(file, text);
    }
    expect(await imageHash(copy)).toBe(whole);
  });

  it('changes when a file becomes executable', async () => {
    const copy = join(folder, 'recipe');
    await cp(RECIPE, copy, { recursive: true });
    await chmod(join(copy, 'packages.txt'), 0o755);
    expect(await imageHash(copy)).not.toBe(await imageHash());
  });

  it('does not depend on where the checkout is', async () => {
    await cp(RECIPE, join(folder, 'elsewhere'), { recursive: true });
    expect(await imageHash(join(folder, 'elsewhere'))).toBe(await imageHash());
  });
});

describe('an image in the cache', () => {
  const facts = { kernel: '6.12', debian: '13', builder: 'mmdebstrap 1', packages: 3 };

  async function finished(): Promise<string> {
    const hash = await imageHash();
    const dir = join(folder, 'image', hash);
    for (const name of ['vmlinuz', 'initrd.img', 'disk.ext4']) await put(`image/${hash}/${name}`, name);
    await put(`image/${hash}/facts.json`, JSON.stringify(facts));
    await writeManifest(dir, 'image', hash);
    return dir;
  }

  it('is found when it is complete', async () => {
    const dir = await finished();
    expect(await findGuestImage({ cacheDir: folder })).toMatchObject({
      ...facts,
      dir,
      diskFile: join(dir, 'disk.ext4'),
    });
  });

  it('is not found when there is none', async () => {
    expect(await findGuestImage({ cacheDir: folder })).toBeUndefined();
  });

  it.each([
    ['its disk is cut short', async (dir: string) => await writeFile(join(dir, 'disk.ext4'), 'di')],
    ['its kernel is missing', async (dir: string) => await rm(join(dir, 'vmlinuz'))],
    [
      'its initrd has other contents of the same size',
      async (dir: string) => await writeFile(join(dir, 'initrd.img'), 'INITRD.IMG'),
    ],
    ['it was never finished', async (dir: string) => await rm(join(dir, 'complete'))],
    ['its manifest is no JSON', async (dir: string) => await writeFile(join(dir, 'complete'), '{"version":')],
  ])('is not used when %s', async (_what, spoil) => {
    await spoil(await finished());
    expect(await findGuestImage({ cacheDir: folder })).toBeUndefined();
  });
});

describe('the mirror', () => {
  it('is read from a deb822 file, without third parties, source-only and disabled stanzas', () => {
    const sources = deb822Sources(
      [
        '# URIs: http://comment.example.org/debian',
        'Types: deb',
        'URIs: https://tools.example.org/apt',
        'Suites: stable-tools',
        'Components: main',
        '',
        'Types: deb-src',
        'URIs: http://sources.example.org/debian',
        'Suites: trixie',
        'Components: main',
        '',
        'Enabled: no',
        'Types: deb',
        'URIs: http://off.example.org/debian',
        'Suites: trixie',
        'Components: main',
        '',
        'Types: deb deb-src',
        'URIs: http://mirror.example.org/debian',
        'Suites: trixie',
        ' trixie-updates',
        'Components: main contrib',
      ].join('\n'),
    );
    expect(releaseArchive(sources, 'trixie')).toBe('http://mirror.example.org/debian');
  });

  it('is read from one-line entries with and without options, and never from the security archive', () => {
    const sources = oneLineSources(
      [
        '# deb http://comment.example.org/debian bookworm main',
        'deb-src http://sources.example.org/debian bookworm main',
        'deb http://security.example.org/debian-security bookworm-security main',
        'deb [arch=amd64] https://vendor.example.org/repo nodistro main',
        'deb [arch=amd64 signed-by=/x.gpg] http://mirror.example.org/debian bookworm main non-free # near',
      ].join('\n'),
    );
    expect(releaseArchive(sources, 'bookworm')).toBe('http://mirror.example.org/debian');
  });

  it('is looked for in all of apt’s files of a Debian host', async () => {
    await put('etc/os-release', 'ID=debian\nVERSION_CODENAME=bookworm\n');
    await put('etc/apt/sources.list.d/a.list', 'deb https://vendor.example.org/repo any main\n');
    await put(
      'etc/apt/sources.list.d/debian.sources',
      'Types: deb\nURIs: http://m.example.org/debian\nSuites: bookworm\nComponents: main\n',
    );
    expect(await hostMirror(folder)).toBe('http://m.example.org/debian');
  });

  it('is the first of the list where apt names a file with mirrors', async () => {
    await put('etc/os-release', 'ID=debian\nVERSION_CODENAME="trixie"\n');
    await put('etc/apt/sources.list', 'deb mirror+file:/etc/apt/mirrors/debian.list trixie main\n');
    await put(
      'etc/apt/mirrors/debian.list',
      '# near first\nhttps://near.example.org/debian\tpriority:1\nhttps://far.example.org/debian\n',
    );
    expect(await hostMirror(folder)).toBe('https://near.example.org/debian');
  });

  it('is left to mmdebstrap on Ubuntu, whose archive has no trixie', async () => {
    await put('etc/os-release', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n');
    await put('etc/apt/sources.list', 'deb http://archive.example.org/ubuntu noble main\n');
    expect(await hostMirror(folder)).toBeUndefined();
  });

  it('is reached through the proxies that the host’s apt uses', () => {
    const dump = [
      'Acquire "";',
      'Acquire::http "";',
      'Acquire::http::Proxy "http://proxy.example.org:3128";',
      'Acquire::http::Proxy::direct.example.org "DIRECT";',
      'Acquire::https::Proxy "";',
      'Dir::Etc "etc/apt";',
    ].join('\n');
    expect(proxiesIn(dump)).toEqual([
      'Acquire::http::Proxy "http://proxy.example.org:3128";',
      'Acquire::http::Proxy::direct.example.org "DIRECT";',
    ]);
  });
});

describe('progress', () => {
  it('moves with apt’s lines, never back, at most once per percent', () => {
    const told: [string, number][] = [];
    const meter = progressMeter(2, (stage, fraction) => told.push([stage, fraction]));
    meter.stage('packages');
    const get = 'Get:7 http://mirror.example.org/debian trixie/main amd64 jq amd64 1.7.1 [77 kB]';
    for (const line of [
      get,
      get,
      get,
      'Unpacking jq (1.7.1) ...',
      'Reading package lists...',
      'Setting up jq (1.7.1) ...',
    ]) {
      meter.line(line);
    }
    meter.stage('system');
    meter.line('Setting up late (1) ...');
    meter.stage('disk');
    meter.stage('done');
    expect(told.map(([stage]) => stage)).toEqual([
      'packages',
      'packages',
      'packages',
      'packages',
      'packages',
      'system',
      'disk',
      'done',
    ]);
    const fractions = told.map(([, fraction]) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });
});

describe('a failure', () => {
  it.each([
    ["E: Failed to fetch http://mirror.example.org/x  Temporary failure resolving 'mirror.example.org'", 'no-network'],
    ["E: The repository 'http://mirror.example.org/debian trixie Release' does not have a Release file.", 'no-network'],
    ['dpkg: error processing archive: cannot copy: No space left on device', 'no-space'],
    ['E: Unable to locate package nonsense', 'build-failed'],
  ])('that says "%s" is %s', (output, code) => {
    expect(failureOf('mmdebstrap', output)).toMatchObject({ code, message: expect.stringContaining(output) as string });
  });

  it('keeps only the last lines', () => {
    const message = failureOf(
      'mke2fs',
      Array.from({ length: 100 }, (_, at) => `line ${String(at)}.`).join('\n'),
    ).message;
    expect(message).toContain('line 99.');
    expect(message).not.toContain('line 80.');
  });

  it('of a program ends with what it wrote to either output', async () => {
    await expect(run('sh', ['-c', 'echo one; echo two >&2; exit 3'])).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/(?=.*one)(?=.*two)/s) as string,
    });
  });

  it('names mmdebstrap when that is not installed', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      await expect(run('mmdebstrap', ['--version'])).rejects.toMatchObject({ code: 'no-mmdebstrap' });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('by abort ends the program and passes the reason on', async () => {
    const controller = new AbortController();
    const running = run('sh', ['-c', 'echo up; exec sleep 60'], {
      signal: controller.signal,
      onLine: () => controller.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
  });
});

describe('files of the recipe', () => {
  it('become readable for everybody whatever the umask of the checkout, and executable where they were', async () => {
    await put('from/etc/deep/plain.conf', 'a');
    await put('from/usr/bin/tool', 'b');
    await chmod(join(folder, 'from/etc/deep/plain.conf'), 0o600);
    await chmod(join(folder, 'from/usr/bin/tool'), 0o700);
    await chmod(join(folder, 'from/etc/deep'), 0o700);
    await copyTree(join(folder, 'from'), join(folder, 'to'));
    const mode = async (path: string): Promise<number> => (await lstat(join(folder, 'to', path))).mode & 0o777;
    expect(await mode('etc/deep')).toBe(0o755);
    expect(await mode('etc/deep/plain.conf')).toBe(0o644);
    expect(await mode('usr/bin/tool')).toBe(0o755);
  });
});
