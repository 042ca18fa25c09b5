// The box from inside: a shell in QEMU's place sees what a QEMU that a guest took over would see.
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boxCommand } from '../../sandbox/qemu/box.ts';
import { findQemu } from '../../sandbox/qemu/install.ts';

const run = promisify(execFile);

describe('the box', () => {
  let dir: string;
  let template: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'underhood-box-'));
    template = join(dir, 'template');
    await mkdir(join(dir, 'box'));
    await mkdir(template);
    await mkdir(join(dir, 'neighbour'));
    // Writable for its owner, who is the user of the box: only the box itself protects it here.
    await writeFile(join(template, 'ram'), 'template', { mode: 0o666 });
    await writeFile(join(dir, 'neighbour', 'secret'), 'secret');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** The same box as QEMU's, with the programs of a shell besides. */
  async function inside(script: string): Promise<{ code: number; output: string }> {
    const install = await findQemu('/');
    const readOnlyPaths = [...install.readOnlyPaths, '/usr/bin', template];
    const command = boxCommand({ readOnlyPaths, boxDir: join(dir, 'box'), kvm: false, env: {} }, [
      '/usr/bin/bash',
      '-c',
      `exec 2>&1; PATH=/usr/bin; ${script}`,
    ]);
    // Its information pipe is the supervisor's business; here it goes nowhere.
    const quoted = command.map((arg) => `'${arg.replaceAll("'", String.raw`'\''`)}'`).join(' ');
    return run('/bin/bash', ['-c', `${quoted} 9>/dev/null`]).then(
      ({ stdout }) => ({ code: 0, output: stdout.trim() }),
      (error: { code: number; stdout: string }) => ({ code: error.code, output: error.stdout.trim() }),
    );
  }

  it('shows no file of the host but those it was given', async () => {
    expect((await inside(`cat ${join(dir, 'neighbour', 'secret')}`)).output).toMatch(/No such file/);
    const { output } = await inside('find /etc /home /root /var /tmp /sys /run /opt /srv -type f 2>/dev/null');
    expect(output.split('\n').filter((file) => file !== join(template, 'ram') && file !== '')).toEqual([]);
  });

  it('does not let the template be written, truncated, replaced or made writable', async () => {
    const ram = join(template, 'ram');
    for (const attempt of [
      `echo x >${ram}`,
      `echo x >>${ram}`,
      `rm ${ram}`,
      `truncate -s0 ${ram}`,
      `chmod 777 ${ram}`,
    ]) {
      expect((await inside(attempt)).output, attempt).toMatch(/Read-only file system/);
    }
    expect(await readFile(ram, 'utf8')).toBe('template');
  });

  it('has a folder of its own to write to, and no other', async () => {
    expect(await inside('echo y >/box/file && cat /box/file')).toEqual({ code: 0, output: 'y' });
    await access(join(dir, 'box', 'file'));
    expect((await inside('echo y >/file')).output).toMatch(/Read-only file system/);
    expect((await inside('echo y >/usr/share/qemu/x')).output).toMatch(/Read-only file system/);
  });

  it('has no network: one loopback that is of no use to anybody else', async () => {
    const { output } = await inside('cat /proc/net/dev /proc/net/route');
    expect(output.match(/^\s*(\w+):/gm)?.map((line) => line.trim())).toEqual(['lo:']);
    expect((await inside('exec 3<>/dev/tcp/127.0.0.1/22')).output).toMatch(/refused|unreachable/);
  });

  it('sees no process but its own', async () => {
    expect((await inside('cd /proc; echo [0-9]*')).output).toBe('1');
  });

  it('has no capability and can get none, not even in a namespace of its own', async () => {
    const { output } = await inside('cat /proc/self/status');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      expect(output).toMatch(new RegExp(String.raw`^${set}:\s+0+$`, 'm'));
    }
    expect(output).toMatch(/^NoNewPrivs:\s+1$/m);
    expect((await inside('unshare -Ur true')).code).not.toBe(0);
    expect((await inside('mount -t tmpfs x /box')).code).not.toBe(0);
  });

  it('has only the harmless devices', async () => {
    const { output } = await inside('cd /dev; for f in *; do [ -c $f ] || [ -b $f ] && echo $f; done');
    const harmless = ['console', 'full', 'null', 'ptmx', 'random', 'tty', 'urandom', 'zero'];
    expect(output.split('\n').filter((device) => !harmless.includes(device))).toEqual([]);
  });
});
