// Takes a machine's memory and disk while it runs, and clears away what no checkpoint needs any more.
//
// Memory goes out while the guest works; QEMU stops it for what was written meanwhile. In that stop, before those pages
// go out, the disk changes to a fresh overlay, so that the one below holds what the disk was at the same instant.
//
//   template ◄── disk.qcow2 ◄── disk-1.qcow2 ◄── disk-2.qcow2      present: disk-2
//                    │               └ point-2                     a checkpoint: memory, and the overlay under it
//                    └ point-1
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../machine/errors.ts';
import { createOverlay } from './disks.ts';
import type { MachineFolder, MachineRecord } from './folder.ts';
import type { QemuInstall } from './install.ts';
import type { QmpConnection } from './qmp/connection.ts';
import * as verbs from './qmp/verbs.ts';
import { receiveState, type StateFile } from './state-receiver.ts';

/** Writing a gigabyte beside a busy guest on a slow disk. */
const CHECKPOINT_MS = 120_000;
/** Left free on the host's disk, whatever a machine's memory would need. */
const SPARE_BYTES = 2 * 1024 ** 3;

const LAYER = /^disk(?:-\d+)?\.qcow2$/;
const MEMORY = /^point-\d+$/;

export type Layers = Readonly<Record<string, string>>;

/** The overlays that `tops` are made of, themselves included. Pure. */
export function neededLayers(layers: Layers, tops: readonly string[]): Set<string> {
  const needed = new Set<string>();
  for (const top of tops) {
    for (let layer: string | undefined = top; layer !== undefined && !needed.has(layer); layer = layers[layer]) {
      needed.add(layer);
    }
  }
  return needed;
}

/** An empty overlay over `below`, a layer of the same machine. */
export async function addLayer(
  install: QemuInstall,
  folder: MachineFolder,
  file: string,
  below: string,
): Promise<void> {
  const made = join(folder.dir, file);
  // Named relative to itself: the folder has another name inside the box.
  const bytes = await virtualBytes(folder.box, below);
  await createOverlay(install, made, { file: below, format: 'qcow2', bytes });
  // Made outside and moved in: in there, what bears the name might be a link that a guest's QEMU laid.
  await rename(made, join(folder.box, file));
}

/** Bytes 24 to 31 of a qcow2 file (docs/interop/qcow2 of QEMU). qemu-img would have to open a file that QEMU writes to. */
async function virtualBytes(box: string, file: string): Promise<number> {
  await using handle = await open(join(box, file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const head = Buffer.alloc(32);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  if (bytesRead < head.length || head.readUInt32BE(0) !== 0x514649fb) throw new Error(`${file} is no qcow2 image`);
  return Number(head.readBigUInt64BE(24));
}

/** Sparse files count by what they take. */
export async function allocated(file: string): Promise<number> {
  return (await lstat(file)).blocks * 512;
}

/** Throws checkpoint-refused where this one could take the host's disk, or the machine's share of it. */
export async function assertRoom(box: string, memoryMib: number, diskBytes: number): Promise<void> {
  let written = 0;
  for (const name of await readdir(box)) if (LAYER.test(name)) written += await allocated(join(box, name));
  // What is below a checkpoint stays however much is written above it: half of a machine's share may be frozen so.
  if (written > diskBytes / 2) {
    throw new SandboxError('checkpoint-refused', `${Math.round(written / 1024 ** 2)} MiB are on its disk already`);
  }
  if (!(await hasRoom(box, memoryMib))) {
    throw new SandboxError('checkpoint-refused', 'the host’s disk is nearly full');
  }
}

/** Whether all of a machine's memory would fit, and leave something to others: a full disk stops every machine that writes. */
export async function hasRoom(box: string, memoryMib: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(box);
  return bavail * bsize >= memoryMib * 1024 ** 2 + SPARE_BYTES;
}

export type Taking = {
  readonly qmp: QmpConnection;
  readonly box: string;
  readonly to: StateFile;
  /** the guest stands still: the disk changes now */
  readonly whileStopped: () => Promise<void>;
  readonly running: boolean;
};

/** Returns for how many ms the guest stood still. It runs on in any case, unless it was stopped before. */
export async function takeMemory(taking: Taking): Promise<number> {
  const { qmp, box, to } = taking;
  await verbs.setCapabilities(qmp, {
    events: true,
    'x-ignore-shared': false,
    'pause-before-switchover': true,
  });
  await verbs.liftMigrationBandwidth(qmp);
  let stoppedAtMs: number | undefined;
  try {
    await using receiver = await receiveState(box, to);
    const { running } = taking;
    const sending = verbs.migrateLive(qmp, receiver.uri, { running, timeoutMs: CHECKPOINT_MS }, async () => {
      stoppedAtMs = performance.now();
      await taking.whileStopped();
    });
    const stoodMs = await receiver.whileSending(sending);
    if (running) await verbs.contAfterMigration(qmp);
    const stoppedMs = stoodMs + performance.now() - (stoppedAtMs ?? performance.now());
    await receiver.done;
    return stoppedMs;
  } catch (error) {
    if (qmp.isOpen) {
      await verbs.cancelMigration(qmp);
      if (taking.running) await verbs.contAfterMigration(qmp);
    }
    await rm(to.file, { force: true });
    throw error;
  } finally {
    // Whoever migrates next must not be held at a switchover that nobody continues. (Hibernating and adopting say so, too.)
    await verbs.setCapabilities(qmp, { 'pause-before-switchover': false }).catch(() => undefined);
  }
}

/** Removes memory files and overlays that neither the present nor a checkpoint is made of; returns the layers that are left. */
export async function clearAway(box: string, record: MachineRecord): Promise<Layers> {
  const needed = neededLayers(record.layers, [record.disk, ...record.checkpoints.map(({ disk }) => disk)]);
  const memories = new Set(record.checkpoints.map(({ memory }) => memory));
  for (const name of await readdir(box)) {
    const unwanted = (LAYER.test(name) && !needed.has(name)) || (MEMORY.test(name) && !memories.has(name));
    if (unwanted) await rm(join(box, name), { force: true });
  }
  return Object.fromEntries(Object.entries(record.layers).filter(([layer]) => needed.has(layer)));
}
