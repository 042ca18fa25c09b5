// `npm stop`: with a server, without one, with what an earlier one left.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPaths, type HostPaths } from '../../../sandbox/host/paths.ts';
import { stopAll } from '../../../sandbox/host/stop.ts';
import { startTimeOf } from '../../../sandbox/qemu/folder.ts';

let dir: string;
let paths: HostPaths;
const started: ChildProcess[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'uh-stop-'));
  const env = {
    UNDERHOOD_DATA: join(dir, 'data'),
    UNDERHOOD_RUN: join(dir, 'run'),
    UNDERHOOD_CACHE: join(dir, 'cache'),
  };
  paths = hostPaths(env, { uid: 1000, home: dir });
  await mkdir(join(paths.dataDir, 'machines'), { recursive: true });
  await mkdir(paths.runDir);
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

/** A program at `path` that says when it listens for signals. */
async function program(path: string, source: string): Promise<ChildProcess> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `${source}\nsetInterval(() => undefined, 1000);\nconsole.log('up');\n`);
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  await once(child.stdout ?? child, 'data');
  return child;
}

async function machine(id: string, supervisor?: ChildProcess): Promise<string> {
  const folder = join(paths.dataDir, 'machines', id);
  await mkdir(folder);
  if (supervisor?.pid !== undefined) {
    await writeFile(join(folder, 'processes'), `supervisor ${supervisor.pid} ${startTimeOf(supervisor.pid)}\n`);
  }
  return folder;
}

describe('stop', () => {
  it('has nothing to do where nothing runs', async () => {
    expect(await stopAll(paths)).toEqual({ server: undefined, machines: [] });
  });

  it('asks the server to close everything and waits for its end', async () => {
    const mark = join(dir, 'closed');
    const server = await program(
      join(dir, 'site/server/main.ts'),
      `process.on('SIGUSR2', () => { require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'yes'); process.exit(0); });`,
    );
    await writeFile(paths.pidFile, `${server.pid}\n`);
    expect((await stopAll(paths)).server).toBe(server.pid);
    expect(await readFile(mark, 'utf8')).toBe('yes');
    expect(await readdir(paths.runDir)).toEqual([]);
  });

  it('leaves alone whoever has the number of a server that is gone', async () => {
    const other = await program(join(dir, 'other.ts'), '');
    await writeFile(paths.pidFile, `${other.pid}\n`);
    expect((await stopAll(paths)).server).toBeUndefined();
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  it('ends the machines that a killed server left, and removes their folders', async () => {
    const supervisor = await program(join(dir, 'supervisor.ts'), '');
    await machine('m000000000001', supervisor);
    await machine('m000000000002');
    const ended = once(supervisor, 'exit');
    expect((await stopAll(paths)).machines.toSorted()).toEqual(['m000000000001', 'm000000000002']);
    await ended;
    expect(await readdir(join(paths.dataDir, 'machines'))).toEqual([]);
  });

  it('keeps a hibernated machine, which is no process but somebody’s work', async () => {
    const folder = await machine('m000000000003');
    await writeFile(join(folder, 'hibernated'), '');
    expect((await stopAll(paths)).machines).toEqual([]);
    expect(await readdir(folder)).toEqual(['hibernated']);
  });
});
