// Real machines on the host's QEMU, and on QEMU 10 where it can be had beside it.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../sandbox/machine/machine.ts';
import { until } from '../../sandbox/qemu/ending.ts';
import { hostPaths } from '../../sandbox/host/paths.ts';
import { isAlive, machineFolder, readProcesses, type KnownProcess } from '../../sandbox/qemu/folder.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import type { Engine } from '../../sandbox/source/engine.ts';
import { describeAgent } from '../contracts/agent-contract.ts';
import { describeMachine } from '../contracts/machine-contract.ts';
import { workplace, type Workplace } from '../fixtures/engines.ts';
import { otherQemu } from '../fixtures/other-qemu.ts';

const BAKE_MS = 600_000;
const run = promisify(execFile);

/** Runs `script` in the machine as root and gives its output without the last line end. */
async function sh(machine: Machine, script: string): Promise<string> {
  await using link = await AgentLink.open(await machine.connect());
  const { stdout, stderr, exitCode } = await link.exec({ argv: ['bash', '-c', script], timeoutMs: 30_000 });
  if (exitCode !== 0) throw new Error(`${script}: ${stderr.toString()}`);
  return stdout.toString().trimEnd();
}

/** A number that a shell in the machine counts up, written nowhere but in its memory until it is asked. */
const COUNTER =
  'nohup bash -c \'n=0; trap "echo \\$n >/tmp/n" USR1; while sleep 0.1; do n=$((n+1)); done\' >/dev/null 2>&1 & echo $!';

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const roots = [
  { name: 'the host’s QEMU', root: '/' },
  ...(await otherQemu().then((other) =>
    other === undefined ? [] : [{ name: `QEMU ${other.version}`, root: other.root }],
  )),
];

describe.each(roots)('machines on $name', ({ name, root }) => {
  let place: Workplace;
  let engine: Engine;

  beforeAll(async () => {
    place = await workplace(root);
    engine = await place.open();
    await engine.prepare(undefined);
  }, BAKE_MS);
  afterAll(async () => {
    await engine.close();
    await place[Symbol.asyncDispose]();
  });

  const folderOf = (machine: Machine): ReturnType<typeof machineFolder> =>
    machineFolder(join(place.machinesDir, machine.facts.id));
  const processesOf = (machine: Machine): Promise<KnownProcess[]> => readProcesses(folderOf(machine));
  const gone = (processes: readonly KnownProcess[]): Promise<boolean> => until(() => !processes.some(isAlive), 10_000);

  it('do not see each other’s writes, in memory or on disk, and have names of their own', async () => {
    await using one = await engine.take({ bake: undefined });
    await using two = await engine.take({ bake: undefined });
    await sh(one, 'echo mine >/root/note; echo mine >/dev/shm/note; sync');
    expect(await sh(two, 'ls /root/note /dev/shm/note 2>&1 || true')).toMatch(/cannot access .*cannot access/s);
    const identity = 'hostname; cat /etc/machine-id /sys/class/net/eth0/address; head -c 16 /dev/urandom | base64';
    const [first, second] = [(await sh(one, identity)).split('\n'), (await sh(two, identity)).split('\n')];
    expect(first[0]).toBe(one.facts.hostname);
    for (const [at, value] of first.entries()) expect(value).not.toBe(second[at]);
  });

  it('have the right time and no load', async () => {
    await using machine = await engine.take({ bake: undefined });
    const askedS = Date.now() / 1000;
    const [seconds, load] = (await sh(machine, 'date +%s; cat /proc/loadavg')).split('\n');
    expect(Number(seconds)).toBeGreaterThan(askedS - 2);
    expect(Number(seconds)).toBeLessThan(Date.now() / 1000 + 2);
    // The boot's load would still be in the second and third average; what this very look adds is in the first.
    expect(load).toMatch(/^0\.[0-4]\d 0\.0\d 0\.0\d /);
  });

  it('leave their template as it was, byte for byte', async () => {
    await using machine = await engine.take({ bake: undefined });
    const { cacheDir, readOnlyCacheDirs } = hostPaths();
    const dirs = [cacheDir, ...readOnlyCacheDirs].map((dir) => join(dir, 'template', machine.facts.template));
    const dir = dirs.find((each) => existsSync(join(each, 'ram'))) ?? '';
    const files = ['ram', 'state', 'disk.qcow2'].map((file) => join(dir, file));
    const before = await Promise.all(files.map(hashOf));
    await sh(machine, 'head -c 64M /dev/urandom >/dev/shm/fill; head -c 64M /dev/urandom >/root/fill; sync');
    expect(await Promise.all(files.map(hashOf))).toEqual(before);
  });

  it('stand still while they are paused, and go on', async () => {
    await using machine = await engine.take({ bake: undefined });
    const monotonic = 'cut -d. -f1 /proc/uptime';
    const before = Number(await sh(machine, monotonic));
    await machine.pause();
    await until(() => false, 3000);
    await machine.resume();
    expect(Number(await sh(machine, monotonic)) - before).toBeLessThan(3);
  });

  it('keep their memory exactly over hibernation, and their processes', async () => {
    await using machine = await engine.take({ bake: undefined });
    const pid = await sh(machine, COUNTER);
    // Zero pages over what the template had there are what a wrong restore gets wrong.
    await sh(machine, 'head -c 48M /dev/urandom >/dev/shm/noise; head -c 48M /dev/zero >/dev/shm/zeros; sync');
    const sums = 'cd /dev/shm && sha256sum noise zeros; sha256sum /usr/bin/bash';
    const before = await sh(machine, sums);
    const processes = await processesOf(machine);
    await machine.hibernate();
    expect(processes.some(isAlive)).toBe(false);
    await machine.wake();
    expect(await sh(machine, sums)).toBe(before);
    const counted = await sh(
      machine,
      `kill -USR1 ${pid}; for i in $(seq 50); do [ -s /tmp/n ] && break; sleep 0.1; done; cat /tmp/n`,
    );
    expect(Number(counted)).toBeGreaterThan(0);
    await machine.hibernate();
    await machine.wake();
    expect(machine.epoch).toBe(3);
    expect(await sh(machine, sums)).toBe(before);
  });

  it('keep it exactly over a checkpoint that is taken while they write to it, and need little of the host’s disk', async () => {
    await using machine = await engine.take({ bake: undefined });
    // Both halves are the same except between two instructions; a page of another moment would show.
    const writer = `while (1) { $n++; $a = pack("N", $n) x 1e6; $b = $a; $torn++ if $a ne $b;
      open my $f, ">", "/dev/shm/new"; print $f "$n ", $torn + 0; close $f; rename "/dev/shm/new", "/dev/shm/n" }`;
    await sh(machine, `perl -e '${writer}' >/dev/null 2>&1 & echo`);
    const counted = 'until [ -s /dev/shm/n ]; do sleep 0.1; done; cat /dev/shm/n';
    const soon =
      'a=$(cut -d" " -f1 /dev/shm/n); until [ "$(cut -d" " -f1 /dev/shm/n)" -gt $((a + 5)) ]; do sleep 0.1; done';
    await sh(machine, counted);
    const { id, bytes } = await machine.checkpoint('while it writes');
    await sh(machine, `touch /dev/shm/later; ${soon}`);
    await machine.rewind(id);
    const [later, counts] = (await sh(machine, `[ -e /dev/shm/later ]; echo $?; ${soon}; cat /dev/shm/n`)).split('\n');
    expect(later).toBe('1');
    expect(counts?.split(' ')[1]).toBe('0');
    expect(bytes).toBeLessThan(100 * 1024 ** 2);
  });

  it('leave no process, socket or file when they are closed', async () => {
    const machine = await engine.take({ bake: undefined });
    const processes = await processesOf(machine);
    expect(processes.map((known) => known.name).toSorted()).toEqual(['box', 'qemu', 'supervisor']);
    await machine.close();
    expect(processes.some(isAlive)).toBe(false);
    expect(await readdir(place.machinesDir)).not.toContain(machine.facts.id);
  });

  it('are not woken over another template than their own, and stay as they are', async () => {
    const machine = await engine.take({ bake: undefined });
    await machine.checkpoint('');
    await machine.hibernate();
    await machine.detach();
    const { record } = folderOf(machine);
    const written = await readFile(record, 'utf8');
    await writeFile(record, written.replace(/"made":"[0-9a-f]{32}"/, `"made":"${'0'.repeat(32)}"`));
    await using other = await place.open();
    await using found = await other.adopt(machine.facts.id);
    if (found === undefined) throw new Error('it is there');
    await expect(found.wake()).rejects.toThrow('its template is not there as it was');
    await expect(found.rewind(found.checkpoints[0]?.id ?? 0)).rejects.toThrow('its template is not there as it was');
    expect(found.state).toBe('hibernated');
  });

  it('leave nothing when they were hibernated and are closed', async () => {
    const machine = await engine.take({ bake: undefined });
    await machine.hibernate();
    await machine.close();
    expect(await readdir(place.machinesDir)).not.toContain(machine.facts.id);
  });

  it('end themselves when nobody renews their lease, and say so', async () => {
    await using other = await place.open({ leaseMs: 3000 });
    const machine = await other.take({ bake: undefined });
    const processes = await processesOf(machine);
    const reason = new Promise<string | undefined>((resolve) =>
      machine.watch({ onState: (state, why) => state === 'closed' && resolve(why) }),
    );
    expect(await reason).toBe('lease-expired');
    expect(await gone(processes)).toBe(true);
    expect(await until(async () => !(await readdir(place.machinesDir)).includes(machine.facts.id), 5000)).toBe(true);
  });

  it('end when they were detached and their lease is over', async () => {
    const machine = await engine.take({ bake: undefined });
    const processes = await processesOf(machine);
    await machine.detach();
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(folderOf(machine).lease, longAgo, longAgo);
    // A look at the lease is due only every half minute; any signal from its child makes it look at once.
    const supervisor = processes.find((known) => known.name === 'supervisor');
    process.kill(supervisor?.pid ?? 0, 'SIGCHLD');
    expect(await gone(processes)).toBe(true);
  });

  it('say that the guest was shut down when it was', async () => {
    const machine = await engine.take({ bake: undefined });
    const reason = new Promise<string | undefined>((resolve) =>
      machine.watch({ onState: (state, why) => state === 'closed' && resolve(why) }),
    );
    await sh(machine, '(sleep 1; echo b >/proc/sysrq-trigger) >/dev/null 2>&1 &');
    expect(await reason).toBe('guest-reset');
    await machine.close();
    expect(await readdir(place.machinesDir)).not.toContain(machine.facts.id);
  });

  it('are closed to the end even when their supervisor was killed', async () => {
    const machine = await engine.take({ bake: undefined });
    const processes = await processesOf(machine);
    process.kill(processes.find((known) => known.name === 'supervisor')?.pid ?? 0, 'SIGKILL');
    await machine.close();
    expect(await gone(processes)).toBe(true);
    expect(await readdir(place.machinesDir)).not.toContain(machine.facts.id);
  });

  it('and their shells live on when the process that took them is killed', async () => {
    const fixture = join(import.meta.dirname, '../fixtures/machine-owner.ts');
    const owner = spawn(process.execPath, [fixture, JSON.stringify(place.options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve, reject) => {
      owner.stdout.once('data', (data: Buffer) => resolve(data.toString()));
      owner.once('exit', () => reject(new Error('the owner ended')));
    });
    const { id, pid } = JSON.parse(line) as { id: string; pid: string };
    const ended = new Promise((resolve) => owner.once('exit', resolve));
    owner.kill('SIGKILL');
    await ended;
    const adopted = await engine.adopt(id);
    if (adopted === undefined) throw new Error(`${id} was not found`);
    await using machine = adopted;
    expect(await sh(machine, `kill -0 ${pid} && cat /proc/${pid}/comm`)).toBe('bash');
  });

  it('come from the pool running, with the right time', async () => {
    await using pooled = await place.open({ poolSize: 1 });
    await pooled.warmed();
    expect(pooled.stats().warm).toBe(1);
    await using machine = await pooled.take({ bake: undefined });
    expect(machine.state).toBe('ready');
    const askedS = Date.now() / 1000;
    const seconds = Number(await sh(machine, 'date +%s'));
    expect(seconds).toBeGreaterThan(askedS - 2);
    expect(seconds).toBeLessThan(Date.now() / 1000 + 2);
  });

  it(
    'have what a lab baked, while others do not',
    async () => {
      const recipe = {
        name: 'greeting',
        hash: `test-${name}-1`,
        script: 'cat /srv/word >/srv/baked; hostname >>/srv/baked',
        files: [{ path: '/srv/word', mode: 0o600, contents: Buffer.from('baked\n') }],
      };
      await using baked = await engine.take({ bake: recipe });
      await using plain = await engine.take({ bake: undefined });
      expect(await sh(baked, 'head -1 /srv/baked; stat -c %a /srv/word')).toBe('baked\n600');
      expect(await sh(plain, 'ls /srv')).toBe('');
      expect(baked.facts.template).not.toBe(plain.facts.template);
    },
    BAKE_MS,
  );

  it('wait in a queue when the host is full, and are told where', async () => {
    await using small = await place.open({ maxMachines: 1 });
    const first = await small.take({ bake: undefined });
    const queued = Promise.withResolvers<number>();
    const second = small.take({
      bake: undefined,
      onProgress: (progress) => progress.stage === 'queued' && queued.resolve(progress.position),
    });
    expect(await queued.promise).toBe(1);
    await first.close();
    await using machine = await second;
    expect(machine.state).toBe('ready');
  });

  it('run as nobody special: no capability, no new privileges, a filter, and a network of their own', async () => {
    await using machine = await engine.take({ bake: undefined });
    const qemu = (await processesOf(machine)).find((known) => known.name === 'qemu');
    const status = await readFile(`/proc/${String(qemu?.pid)}/status`, 'utf8');
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^CapBnd:\s+0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    const interfaces = (await readFile(`/proc/${String(qemu?.pid)}/net/dev`, 'utf8'))
      .split('\n')
      .slice(2)
      .filter(Boolean);
    expect(interfaces.map((line) => line.trim().split(':')[0])).toEqual(['lo']);
    const { stdout } = await run('/usr/bin/cat', [`/proc/${String(qemu?.pid)}/oom_score_adj`]);
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  describeAgent({ name, take: () => engine.take({ bake: undefined }), folder: () => '/var/tmp', timeoutMs: 120_000 });
  describeMachine({ name, open: () => place.open(), reopen: () => place.open(), timeoutMs: 240_000 });
});
