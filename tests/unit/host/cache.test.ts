// The build cache: what is half-written, broken or being made by somebody else is never handed out.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached, lookUp, prune } from '../../../sandbox/host/cache.ts';
import { lockFile } from '../../../sandbox/host/file-lock.ts';

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'underhood-cache-'));
});
afterEach(async () => rm(cacheDir, { recursive: true, force: true }));

const write = (text: string) => async (dir: string) => {
  await mkdir(join(dir, 'sub'));
  await writeFile(join(dir, 'sub/disk.img'), text);
};
const entry = (text: string, hash = 'abc') => ({ cacheDir, kind: 'image', hash, make: write(text) });

describe('a cache entry', () => {
  it('is made once and found afterwards', async () => {
    expect(await cached(entry('first'))).toEqual({ dir: join(cacheDir, 'image/abc'), made: true });
    expect(await cached(entry('second'))).toEqual({ dir: join(cacheDir, 'image/abc'), made: false });
    expect(await readFile(join(cacheDir, 'image/abc/sub/disk.img'), 'utf8')).toBe('first');
  });

  it('leaves nothing behind when its maker throws', async () => {
    const failing = {
      ...entry(''),
      make: async (dir: string) => {
        await write('half')(dir);
        throw new Error('no space');
      },
    };
    await expect(cached(failing)).rejects.toThrow('no space');
    expect((await readdir(join(cacheDir, 'image'))).filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(await lookUp({ cacheDir, kind: 'image', hash: 'abc' })).toBeUndefined();
  });

  it.each<[string, (dir: string) => Promise<void>, string]>([
    ['has no manifest', (dir) => rm(join(dir, 'complete')), 'it was never finished'],
    ['has a torn manifest', (dir) => writeFile(join(dir, 'complete'), '{"version":1,'), 'its manifest cannot be read'],
    ['lost a file', (dir) => rm(join(dir, 'sub/disk.img')), 'sub/disk.img is missing'],
    ['has a cut file', (dir) => writeFile(join(dir, 'sub/disk.img'), 'fi'), 'sub/disk.img has 2 bytes instead of 5'],
    ['has a changed file', (dir) => writeFile(join(dir, 'sub/disk.img'), 'FIRST'), 'sub/disk.img was changed'],
  ])('that %s is made anew and says why', async (_name, damage, flaw) => {
    const { dir } = await cached(entry('first'));
    await damage(dir);
    const flaws: string[] = [];
    const again = await cached({ ...entry('second'), onBroken: (found) => flaws.push(found) });
    expect(again.made).toBe(true);
    expect(flaws).toEqual([flaw]);
    expect(await readFile(join(dir, 'sub/disk.img'), 'utf8')).toBe('second');
  });

  it('is accepted when only its times differ, as after a copy', async () => {
    const { dir } = await cached(entry('first'));
    await utimes(join(dir, 'sub/disk.img'), 1, 1);
    expect((await cached(entry('second'))).made).toBe(false);
  });

  it('of another hash is not mistaken for this one', async () => {
    await cached(entry('first', 'abc'));
    expect((await cached(entry('second', 'abd'))).made).toBe(true);
  });

  it('is found in a folder that may only be read', async () => {
    await cached(entry('first'));
    const mine = join(cacheDir, 'mine');
    const found = await cached({ ...entry('second'), cacheDir: mine, readOnlyCacheDirs: [cacheDir] });
    expect(found).toEqual({ dir: join(cacheDir, 'image/abc'), made: false });
  });

  it('is made by one of several processes that want it at once', async () => {
    const script = join(cacheDir, 'maker.ts');
    const source = new URL('../../../sandbox/host/cache.ts', import.meta.url).href;
    await writeFile(
      script,
      `import { cached } from ${JSON.stringify(source)};
       import { appendFile, writeFile } from 'node:fs/promises';
       const got = await cached({ cacheDir: ${JSON.stringify(cacheDir)}, kind: 'image', hash: 'abc', make: async (dir) => {
         await appendFile(${JSON.stringify(join(cacheDir, 'makers'))}, 'made\\n');
         await writeFile(dir + '/by', String(process.pid));
       } });
       process.send(got.dir, () => process.disconnect());`,
    );
    const makers = [1, 2, 3].map(() => fork(script, { execArgv: [] }));
    const dirs = await Promise.all(makers.map(async (maker) => (await once(maker, 'message'))[0] as unknown));
    expect(dirs).toEqual(Array(3).fill(join(cacheDir, 'image/abc')));
    expect(await readFile(join(cacheDir, 'makers'), 'utf8')).toBe('made\n');
  });

  it('half-written by a process that was killed is never used, and its remains are removed', async () => {
    const script = join(cacheDir, 'killed.ts');
    const source = new URL('../../../sandbox/host/cache.ts', import.meta.url).href;
    await writeFile(
      script,
      `import { cached } from ${JSON.stringify(source)};
       import { writeFile } from 'node:fs/promises';
       await cached({ cacheDir: ${JSON.stringify(cacheDir)}, kind: 'image', hash: 'abc', make: async (dir) => {
         await writeFile(dir + '/half', 'half');
         process.send('half');
         await new Promise(() => setInterval(() => undefined, 1000));
       } });`,
    );
    const maker = fork(script, { execArgv: [] });
    await once(maker, 'message');
    const ended = once(maker, 'exit');
    maker.kill('SIGKILL');
    await ended;
    expect((await cached(entry('whole'))).made).toBe(true);
    expect((await readdir(join(cacheDir, 'image'))).sort()).toEqual(['.abc.lock', 'abc']);
    expect((await readdir(join(cacheDir, 'image/abc'))).sort()).toEqual(['complete', 'sub']);
  });
});

describe('the lock', () => {
  it('gives up waiting when told to', async () => {
    const file = join(cacheDir, 'lock');
    await using _held = await lockFile(file);
    const giveUp = new AbortController();
    const second = lockFile(file, giveUp.signal);
    giveUp.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
  });

  it('says which file it could not take', async () => {
    await expect(lockFile('/proc/nowhere/lock')).rejects.toThrow('cannot lock /proc/nowhere/lock');
  });
});

describe('pruning', () => {
  it('removes what was not used for long, but neither the newest nor what is in use', async () => {
    for (const hash of ['new', 'old', 'used', 'older']) await cached(entry(hash, hash));
    const age = (hash: string, seconds: number) => utimes(join(cacheDir, 'image', hash, 'complete'), seconds, seconds);
    await age('old', 3000);
    await age('used', 2000);
    await age('older', 1000);
    const needed = [join(cacheDir, 'image', 'used', 'disk.img'), '/elsewhere/image/old'];
    const removed = await prune({ cacheDir, kinds: ['image', 'site'], needed, keep: 1 });
    expect(removed).toEqual([join(cacheDir, 'image', 'old'), join(cacheDir, 'image', 'older')]);
    expect((await readdir(join(cacheDir, 'image'))).filter((name) => !name.startsWith('.')).sort()).toEqual([
      'new',
      'used',
    ]);
  });

  it('counts what is needed as used now, for whoever prunes without knowing of it', async () => {
    for (const hash of ['first', 'second', 'old']) await cached(entry(hash, hash));
    await utimes(join(cacheDir, 'image', 'old', 'complete'), 1000, 1000);
    await prune({ cacheDir, kinds: ['image'], needed: [join(cacheDir, 'image', 'old')], keep: 0 });
    expect(await prune({ cacheDir, kinds: ['image'], needed: [], keep: 0 })).toEqual([]);
  });
});
