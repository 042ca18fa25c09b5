// The host's folders: by user, by environment.
import { describe, expect, it } from 'vitest';
import { hostPaths } from '../../../sandbox/host/paths.ts';

const mina = { uid: 1000, home: '/home/mina' };

describe('the folders', () => {
  it("are the system's for root", () => {
    expect(hostPaths({}, { uid: 0, home: '/root' })).toEqual({
      cacheDir: '/var/cache/underhood',
      readOnlyCacheDirs: [],
      dataDir: '/var/lib/underhood',
      runDir: '/run/underhood',
      pidFile: '/run/underhood/server.pid',
    });
  });

  it('are those of the XDG specification for anybody else, who may read what root built', () => {
    expect(hostPaths({ XDG_RUNTIME_DIR: '/run/user/1000' }, mina)).toEqual({
      cacheDir: '/home/mina/.cache/underhood',
      readOnlyCacheDirs: ['/var/cache/underhood'],
      dataDir: '/home/mina/.local/share/underhood',
      runDir: '/run/user/1000/underhood',
      pidFile: '/run/user/1000/underhood/server.pid',
    });
  });

  it('need no XDG_RUNTIME_DIR', () => {
    expect(hostPaths({}, mina).runDir).toBe('/tmp/underhood-1000');
  });

  it('ignore a relative XDG folder', () => {
    expect(hostPaths({ XDG_CACHE_HOME: 'cache' }, mina).cacheDir).toBe('/home/mina/.cache/underhood');
  });

  it('are moved by UNDERHOOD_CACHE, UNDERHOOD_DATA and UNDERHOOD_RUN', () => {
    const env = { UNDERHOOD_CACHE: '/c', UNDERHOOD_DATA: '/d', UNDERHOOD_RUN: '/r' };
    expect(hostPaths(env, mina)).toMatchObject({
      cacheDir: '/c',
      dataDir: '/d',
      runDir: '/r',
      pidFile: '/r/server.pid',
    });
  });

  it('must be absolute', () => {
    expect(() => hostPaths({ UNDERHOOD_DATA: 'data' }, mina)).toThrow('UNDERHOOD_DATA: expected an absolute path');
  });
});
