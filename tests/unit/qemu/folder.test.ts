// What is read back from files and processes: parsed, bounded, never guessed.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FRESH,
  isAlive,
  machineFolder,
  machineIds,
  parseProcesses,
  readRecord,
  startTimeOf,
  writeRecord,
  type MachineRecord,
} from '../../../sandbox/qemu/folder.ts';
import { avenrunOffset } from '../../../sandbox/qemu/load-average.ts';
import { pssKib } from '../../../sandbox/qemu/memory.ts';
import { isQuiet, QUIET } from '../../../sandbox/qemu/quiet.ts';
import { unifiedPath } from '../../../sandbox/qemu/control-group.ts';
import { restoredParams } from '../../../sandbox/qemu/identity.ts';
import { Calls } from '../../../sandbox/protocol/messages.ts';

const RECORD: MachineRecord = {
  version: 2,
  id: 'm0123456789ab',
  origin: 'clone',
  template: 'k',
  base: null,
  qemuVersion: '7.2.22',
  epoch: 1,
  state: 'ready',
  ...FRESH,
  readOnlyPaths: ['/t'],
  agentDisk: '/a',
  hardware: { accelerator: 'tcg', cpuModel: 'qemu64', vcpus: 2, memoryMib: 1024, tbSizeMib: 128, pit: false },
};

async function temporary(): Promise<AsyncDisposable & { dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'underhood-folder-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

describe('the folder of a machine', () => {
  it('is refused where sockets in it would have too long a path', () => {
    expect(() => machineFolder(`/${'x'.repeat(100)}`)).toThrow(/too long a path/);
  });

  it('gives its record back as it was written', async () => {
    await using at = await temporary();
    const folder = machineFolder(at.dir);
    await writeRecord(folder, RECORD);
    expect(await readRecord(folder)).toEqual(RECORD);
  });

  it('of an earlier release says nothing of a timer chip: it has one', async () => {
    await using at = await temporary();
    const folder = machineFolder(at.dir);
    const { pit: _, ...hardware } = RECORD.hardware;
    await writeFile(folder.record, JSON.stringify({ ...RECORD, hardware }));
    expect((await readRecord(folder))?.hardware.pit).toBe(true);
  });

  it.each([
    '',
    '{',
    '{"version":2}',
    JSON.stringify({ ...RECORD, id: '../../etc' }),
    JSON.stringify({ ...RECORD, x: 1 }),
  ])('has no record where the file says %s', async (text) => {
    await using at = await temporary();
    await writeFile(join(at.dir, 'machine.json'), text);
    expect(await readRecord(machineFolder(at.dir))).toBeUndefined();
  });

  it('counts only folders with the name of a machine', async () => {
    await using at = await temporary();
    for (const name of ['m0123456789ab', 'm01', 'lost+found', '.x']) await writeFile(join(at.dir, name), '');
    expect(await machineIds(at.dir)).toEqual(['m0123456789ab']);
    expect(await machineIds(join(at.dir, 'nowhere'))).toEqual([]);
  });
});

describe('the processes of a machine', () => {
  it('are read line by line, and lines that are none are left out', () => {
    expect(parseProcesses('supervisor 10 555\nqemu 12 556\nqemu -1 5\nqemu 1x 5\nsshd 1 2\n')).toEqual([
      { name: 'supervisor', pid: 10, startTime: '555' },
      { name: 'qemu', pid: 12, startTime: '556' },
    ]);
  });

  it('are told from later ones with the same number', () => {
    const startTime = startTimeOf(process.pid) ?? '';
    expect(isAlive({ name: 'qemu', pid: process.pid, startTime })).toBe(true);
    expect(isAlive({ name: 'qemu', pid: process.pid, startTime: `${startTime}0` })).toBe(false);
  });

  it('have their proportional memory read from the kernel’s own sum', () => {
    expect(pssKib('55d0-7ffe ---p 0 00:00 0 [rollup]\nRss:  900 kB\nPss:       812 kB\nPss_Anon: 5 kB\n')).toBe(812);
    expect(pssKib('')).toBe(0);
  });
});

describe('a template', () => {
  const said = (avenrun: string, text: string, code: string): string =>
    `_text ${text}\navenrun ${avenrun}\ncode ${code}\n`;

  it('has its load averages where the kernel’s addresses say', () => {
    const output = said('ffffffff9a001000', 'ffffffff98000000', '05000000');
    expect(avenrunOffset(output, 1024 ** 3)).toBe(0x05000000 + 0x2001000);
  });

  it.each([
    ['hidden addresses', said('0000000000000000', '0000000000000000', '05000000')],
    ['nothing', ''],
    ['memory that is not there', said('ffffffff9a001000', 'ffffffff98000000', '7f000000')],
    ['an address before the kernel', said('ffffffff97000000', 'ffffffff98000000', '05000000')],
    ['text that is no number', 'avenrun zzz\n_text q\ncode -1'],
  ])('keeps its memory untouched where the guest says %s', (_what, output) => {
    expect(avenrunOffset(output, 1024 ** 3)).toBeUndefined();
  });

  it('is quiet only after several quiet windows in a row', () => {
    const quiet = Array.from({ length: QUIET.windows }, () => 0.01);
    expect(isQuiet(quiet.slice(1), QUIET)).toBe(false);
    expect(isQuiet([0.5, ...quiet], QUIET)).toBe(true);
    expect(isQuiet([...quiet, 0.5], QUIET)).toBe(false);
  });
});

describe('the identity of a machine', () => {
  it('follows from its id, but for time and randomness', () => {
    const [one, again, other] = [
      restoredParams('m1', 1, true),
      restoredParams('m1', 1, true),
      restoredParams('m2', 1, true),
    ];
    expect([one.hostname, one.machineId, one.mac]).toEqual([again.hostname, again.machineId, again.mac]);
    expect(one.entropy).not.toBe(again.entropy);
    expect(one.machineId).not.toBe(other.machineId);
  });

  it('is what the protocol asks for, with a MAC nobody sells', () => {
    const params = restoredParams('m0123456789ab', 1, true);
    expect(Calls.restored.params.safeParse(params).success).toBe(true);
    expect(params.mac).toMatch(/^02:/);
  });
});

describe('control groups', () => {
  it('are looked for only where version 2 is in use', () => {
    expect(unifiedPath('0::/user.slice/user-1000.slice\n')).toBe('/user.slice/user-1000.slice');
    expect(unifiedPath('9:name=systemd:/\n0::/\n')).toBe('/');
    expect(unifiedPath('4:memory:/x\n')).toBeUndefined();
  });
});
