// Which files of a machine are needed: by its present, and by the moments it can go back to.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assertRoom, clearAway, neededLayers } from '../../../sandbox/qemu/checkpoints.ts';
import { FRESH, type MachineRecord } from '../../../sandbox/qemu/folder.ts';

const LAYERS = {
  'disk-1.qcow2': 'disk.qcow2',
  'disk-2.qcow2': 'disk-1.qcow2',
  'disk-3.qcow2': 'disk-1.qcow2',
};

const record = (change: Partial<MachineRecord>): MachineRecord => ({
  version: 2,
  id: 'm0123456789ab',
  origin: 'clone',
  template: 'k',
  base: null,
  qemuVersion: '7.2.22',
  epoch: 1,
  state: 'ready',
  ...FRESH,
  readOnlyPaths: [],
  agentDisk: '/a',
  hardware: { accelerator: 'tcg', cpuModel: 'qemu64', vcpus: 2, memoryMib: 1024, tbSizeMib: 64, pit: false },
  ...change,
});

describe('the overlays of a machine', () => {
  it('are needed down to the first, from the present and from every checkpoint', () => {
    expect([...neededLayers(LAYERS, ['disk-3.qcow2'])]).toEqual(['disk-3.qcow2', 'disk-1.qcow2', 'disk.qcow2']);
    expect(neededLayers(LAYERS, ['disk-3.qcow2', 'disk-2.qcow2']).size).toBe(4);
  });

  it('end also where a damaged record leads in a circle', () => {
    expect(neededLayers({ a: 'b', b: 'a' }, ['a']).size).toBe(2);
  });
});

describe('clearing away', () => {
  it('leaves what the present and the checkpoints are made of, and nothing else of ours', async () => {
    const box = await mkdtemp(join(tmpdir(), 'underhood-box-'));
    const files = [
      'disk.qcow2',
      'disk-1.qcow2',
      'disk-2.qcow2',
      'disk-3.qcow2',
      'point-1',
      'point-2',
      'checkpoint-4',
      'other',
    ];
    for (const file of files) await writeFile(join(box, file), '');
    const kept = { id: 1, label: 'a', takenAtMs: 0, bytes: 0, stoppedMs: 0, disk: 'disk.qcow2', memory: 'point-1' };
    const layers = await clearAway(box, record({ disk: 'disk-3.qcow2', layers: LAYERS, checkpoints: [kept] }));
    expect((await readdir(box)).sort()).toEqual([
      'checkpoint-4',
      'disk-1.qcow2',
      'disk-3.qcow2',
      'disk.qcow2',
      'other',
      'point-1',
    ]);
    expect(Object.keys(layers)).toEqual(['disk-1.qcow2', 'disk-3.qcow2']);
    await rm(box, { recursive: true });
  });

  it('is no substitute for room: a machine that wrote too much keeps no further moment', async () => {
    const box = await mkdtemp(join(tmpdir(), 'underhood-box-'));
    await writeFile(join(box, 'disk.qcow2'), Buffer.alloc(64 * 1024, 1));
    await expect(assertRoom(box, 1, 100 * 1024)).rejects.toMatchObject({ code: 'checkpoint-refused' });
    await expect(assertRoom(box, 1_000_000_000, 100 * 1024 ** 3)).rejects.toMatchObject({ code: 'checkpoint-refused' });
    await rm(box, { recursive: true });
  });
});
