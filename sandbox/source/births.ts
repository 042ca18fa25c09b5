// The two ways a machine begins: a clone of a template, and a cold boot of the image.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../machine/errors.ts';
import type { BootStage } from '../machine/machine.ts';
import type { Hardware } from '../qemu/arguments.ts';
import type { GuestFiles } from '../qemu/bake.ts';
import { copyOverlay, createOverlay, rawBacking } from '../qemu/disks.ts';
import { endMachine } from '../qemu/ending.ts';
import { FRESH, machineFolder, type MachineRecord } from '../qemu/folder.ts';
import { restoredParams } from '../qemu/identity.ts';
import { DISK, newMachineId, QemuMachine, type Birth, type MachineHost } from '../qemu/machine.ts';
import type { Template } from '../qemu/template-files.ts';
import { AgentLink } from '../session/agent-link.ts';

export type BirthPlace = {
  readonly host: MachineHost;
  readonly machinesDir: string;
  /** ids in use that nobody holds yet: a sweep leaves them alone */
  readonly starting: Set<string>;
};

export type BirthOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onStage?: ((stage: Exclude<BootStage, 'queued'>) => void) | undefined;
  /** the guest must have answered by then */
  readonly answerMs: number;
};

/** A clone, answering and told who it is. Throws SandboxError; nothing is left of one that failed. */
export async function cloneTemplate(
  place: BirthPlace,
  template: Template,
  options: BirthOptions,
): Promise<QemuMachine> {
  const birth: Birth = { start: { kind: 'incoming' }, stateFile: template.state };
  const origin: Origin = {
    origin: 'clone',
    template: template.key,
    base: { ram: template.ram, made: template.made },
    hardware: template.hardware,
    readOnlyPaths: [...template.readOnlyPaths, template.agentDisk],
    agentDisk: template.agentDisk,
  };
  return give(place, origin, birth, (file) => copyOverlay(template.overlay, file), options);
}

export type ColdPlan = {
  readonly image: GuestFiles;
  readonly agentDisk: string;
  readonly hardware: Hardware;
};

/** A machine booted from the image: the fallback where no template can be made, and the proof of an accelerator. */
export async function bootCold(place: BirthPlace, plan: ColdPlan, options: BirthOptions): Promise<QemuMachine> {
  const { image, agentDisk, hardware } = plan;
  const backing = await rawBacking(image.diskFile);
  const birth: Birth = {
    start: { kind: 'boot', kernel: image.kernelFile, initrd: image.initrdFile, commandLine: image.commandLine },
  };
  const readOnlyPaths = [image.dir, agentDisk];
  const origin: Origin = { origin: 'cold', template: '', base: null, hardware, readOnlyPaths, agentDisk };
  return give(place, origin, birth, (file) => createOverlay(place.host.install, file, backing), options);
}

type Origin = Pick<MachineRecord, 'origin' | 'template' | 'base' | 'hardware' | 'readOnlyPaths' | 'agentDisk'>;

async function give(
  place: BirthPlace,
  origin: Origin,
  birth: Birth,
  makeDisk: (file: string) => Promise<void>,
  options: BirthOptions,
): Promise<QemuMachine> {
  const { signal, onStage } = options;
  signal?.throwIfAborted();
  const id = newMachineId();
  const folder = machineFolder(join(place.machinesDir, id));
  const record: MachineRecord = {
    version: 2,
    id,
    ...origin,
    qemuVersion: place.host.install.version.text,
    epoch: 1,
    state: 'ready',
    ...FRESH,
  };
  const machine = new QemuMachine(place.host, folder, record, 'requested');
  place.starting.add(id);
  const abort = (): void => void machine.close().catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    onStage?.('disk');
    await mkdir(folder.box, { recursive: true, mode: 0o700 });
    await makeDisk(join(folder.box, DISK));
    onStage?.(birth.start.kind === 'boot' ? 'boot' : 'restore');
    await machine.start(birth);
    const deadline = performance.now() + options.answerMs;
    await using link = await AgentLink.open(await machine.connect(), { helloTimeoutMs: options.answerMs });
    onStage?.('identity');
    const left = Math.max(1, deadline - performance.now());
    await link.call('restored', restoredParams(id, 1, true), { timeoutMs: left });
    await machine.booted();
    signal?.throwIfAborted();
    return machine;
  } catch (cause) {
    const said = await machine.consoleTail();
    await machine.close().catch(() => undefined);
    await endMachine(folder).catch(() => undefined);
    signal?.throwIfAborted();
    const why = cause instanceof Error ? cause.message : 'unknown';
    throw new SandboxError('boot-failed', `the machine did not come up: ${why}\n${said.slice(-1000)}`.trim(), cause);
  } finally {
    signal?.removeEventListener('abort', abort);
    place.starting.delete(id);
  }
}
