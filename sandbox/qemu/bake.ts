// Makes a template: boots the image (or clones the base), prepares it, waits for quiet, and snapshots it.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxError } from '../machine/errors.ts';
import { AgentLink } from '../session/agent-link.ts';
import { LinkError } from '../session/link-error.ts';
import type { BakeRecipe } from '../source/source.ts';
import { BOX_DIR, type Hardware } from './arguments.ts';
import { createOverlay, rawBacking, type Backing } from './disks.ts';
import { FRESH, machineFolder, readProcesses, type MachineRecord } from './folder.ts';
import { restoredParams } from './identity.ts';
import { findAvenrun, zeroAvenrun } from './load-average.ts';
import { newMachineId, QemuMachine, type Birth, type MachineHost } from './machine.ts';
import { waitForQuiet } from './quiet.ts';
import { rehearse } from './rehearsal.ts';
import { templatePaths, writeTemplate, type Template } from './template-files.ts';

const run = promisify(execFile);

/** A cold boot takes 13 s under emulation on two free cores; other work on the host may stretch that several times. */
const BOOT_MS = 240_000;
const SCRIPT_MS = 600_000;
/** The agent has answered before. */
const ANSWER_MS = 60_000;
/** From the twentieth round on V8 compiles next to nothing any more; a round takes some 100 ms under emulation. */
const REHEARSALS = 30;
/** Fills the container storages; part of the image. */
const LOAD_IMAGES = '[ ! -x /usr/lib/underhood/load-images ] || exec /usr/lib/underhood/load-images';

export type BakeStage = 'boot' | 'load-images' | 'bake' | 'rehearse' | 'quiet' | 'snapshot';

export type GuestFiles = {
  readonly kernelFile: string;
  readonly initrdFile: string;
  readonly diskFile: string;
  readonly dir: string;
  readonly commandLine: string;
};

export type Bake = {
  readonly host: MachineHost;
  readonly machinesDir: string;
  /** told the machine's id while it is at work, so that no sweep ends it */
  readonly starting: Set<string>;
  /** the folder to fill, and what it will be called when it is complete */
  readonly dir: string;
  readonly finalDir: string;
  readonly hardware: Hardware;
  readonly agentDisk: string;
  readonly from: { readonly kind: 'image'; readonly image: GuestFiles } | BaseClone;
  readonly onStage?: ((stage: BakeStage) => void) | undefined;
};

/** A lab's template begins where the base template ended, with a writable copy of its memory. */
type BaseClone = { readonly kind: 'base'; readonly base: Template; readonly recipe: BakeRecipe };

/** Fills `dir`. Throws bake-failed with what the guest said; nothing of it runs any more then. */
export async function bakeTemplate(bake: Bake): Promise<void> {
  const { dir, hardware } = bake;
  const memoryBytes = hardware.memoryMib * 1024 * 1024;
  const id = newMachineId();
  const folder = machineFolder(join(bake.machinesDir, id), dir);
  const paths = templatePaths(dir);
  const { backing, birth, readOnlyPaths } = await prepare(bake, memoryBytes);
  await createOverlay(bake.host.install, paths.disk, backing);
  await mkdir(folder.dir, { recursive: true, mode: 0o700 });
  const record: MachineRecord = {
    version: 2,
    id,
    origin: 'cold',
    template: '',
    base: null,
    qemuVersion: bake.host.install.version.text,
    epoch: 0,
    state: 'ready',
    ...FRESH,
    readOnlyPaths: [...readOnlyPaths, bake.agentDisk],
    agentDisk: bake.agentDisk,
    hardware,
  };
  const machine = new QemuMachine(bake.host, folder, record, 'requested');
  bake.starting.add(id);
  // Making a template may take longer than a lease, and nobody else would renew it.
  const lease = setInterval(() => void machine.renewLease().catch(() => undefined), 20_000);
  try {
    bake.onStage?.('boot');
    await machine.start(birth);
    const avenrun = await prepareGuest(bake, machine, memoryBytes);
    bake.onStage?.('rehearse');
    await rehearse(machine, REHEARSALS);
    bake.onStage?.('quiet');
    await using link = await AgentLink.open(await machine.connect(), { helloTimeoutMs: ANSWER_MS });
    const qemu = (await readProcesses(machine.folder)).find((known) => known.name === 'qemu');
    // One that never gets quiet is usable all the same; its load shows what it does.
    if (qemu !== undefined) await waitForQuiet(qemu);
    bake.onStage?.('snapshot');
    // The host stays connected over the snapshot: an agent that lost its host looks for one only once a second.
    await rename(await machine.snapshotDevices(), paths.state);
    await machine.close();
    if (avenrun !== undefined) await zeroAvenrun(paths.ram, avenrun);
  } catch (cause) {
    const said = await machine.consoleTail();
    const why = cause instanceof Error ? cause.message : 'unknown';
    // The guest never answered: that is worth another try, a script that failed is not.
    const hung = cause instanceof LinkError && cause.code === 'hello-timeout';
    throw new SandboxError(
      hung ? 'boot-failed' : 'bake-failed',
      `the template could not be made: ${why}\n${said.slice(-2000)}`,
      cause,
    );
  } finally {
    clearInterval(lease);
    await machine.close();
    bake.starting.delete(id);
    await rm(join(dir, 'box'), { recursive: true, force: true });
  }
  const disk = join(bake.finalDir, 'disk.qcow2');
  await createOverlay(bake.host.install, paths.overlay, { file: disk, format: 'qcow2', bytes: backing.bytes });
  await writeTemplate(dir, {
    version: 2,
    made: randomBytes(16).toString('hex'),
    readOnlyPaths: [...readOnlyPaths, bake.finalDir],
    agentDisk: bake.agentDisk,
    diskBytes: backing.bytes,
  });
  for (const file of Object.values(paths)) await chmod(file, 0o444);
}

type Prepared = { readonly backing: Backing; readonly birth: Birth; readonly readOnlyPaths: readonly string[] };

async function prepare(bake: Bake, memoryBytes: number): Promise<Prepared> {
  const { ram } = templatePaths(bake.dir);
  const mapped = { kind: 'template', file: `${BOX_DIR}/ram` } as const;
  if (bake.from.kind === 'image') {
    const { image } = bake.from;
    await using file = await open(ram, 'w');
    await file.truncate(memoryBytes);
    return {
      backing: await rawBacking(image.diskFile),
      birth: {
        ram: mapped,
        start: { kind: 'boot', kernel: image.kernelFile, initrd: image.initrdFile, commandLine: image.commandLine },
      },
      readOnlyPaths: [image.dir],
    };
  }
  const { base } = bake.from;
  await run('cp', ['--sparse=always', '--reflink=auto', base.ram, ram]);
  await chmod(ram, 0o600);
  return {
    backing: { file: base.disk, format: 'qcow2', bytes: base.diskBytes },
    birth: { ram: mapped, start: { kind: 'incoming' }, stateFile: base.state },
    readOnlyPaths: base.readOnlyPaths,
  };
}

/** Everything that happens inside; returns where the load averages are. */
async function prepareGuest(bake: Bake, machine: QemuMachine, memoryBytes: number): Promise<number | undefined> {
  await using link = await AgentLink.open(await machine.connect(), { helloTimeoutMs: BOOT_MS });
  // The clock matters to what is made now; the name and the held shell are for the clones.
  await link.call('restored', restoredParams(machine.facts.id, 0, false));
  if (bake.from.kind === 'image') {
    bake.onStage?.('load-images');
    await mustRun(link, 'load-images', LOAD_IMAGES);
  } else {
    bake.onStage?.('bake');
    const { recipe } = bake.from;
    for (const { path, mode, contents } of recipe.files) await link.putFile(path, contents, { mode });
    await mustRun(link, `bake.sh of ${recipe.name}`, recipe.script);
  }
  const avenrun = await findAvenrun(link, memoryBytes);
  // Before the rehearsal: what a collection finds idle, it throws away.
  // its rehearsals take long where the host is busy
  await link.call('quiesce', {}, { timeoutMs: 90_000 });
  return avenrun;
}

async function mustRun(link: AgentLink, what: string, script: string): Promise<void> {
  // On standard input, so that the length of a script has no limit.
  const result = await link.exec({ argv: ['bash', '-s'], stdin: script, timeoutMs: SCRIPT_MS });
  if (result.exitCode === 0) return;
  const said = `${result.stdout.toString().slice(-1000)}${result.stderr.toString().slice(-2000)}`.trim();
  const end = result.timedOut ? 'took too long' : `ended with ${result.exitCode ?? result.signal ?? 'nothing'}`;
  throw new SandboxError('bake-failed', `${what} ${end}: ${said}`);
}
