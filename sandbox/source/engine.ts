// Puts an engine together: looks at the host, builds the agent's disk, proves the accelerator.
import { mkdir } from 'node:fs/promises';
import { chooseAccelerator } from '../host/accelerator.ts';
import { clockArguments } from '../host/tsc.ts';
import { KERNEL_COMMAND_LINE, readImage } from '../image/image.ts';
import { oneByOne } from '../machine/one-by-one.ts';
import { agentDisk } from '../qemu/agent-disk.ts';
import type { Hardware } from '../qemu/arguments.ts';
import type { GuestFiles } from '../qemu/bake.ts';
import { machineGroup } from '../qemu/control-group.ts';
import { findQemu } from '../qemu/install.ts';
import { refuseRoot, type Limits } from '../qemu/launch.ts';
import type { MachineHost } from '../qemu/machine.ts';
import { bootCold, type BirthPlace } from './births.ts';
import { EngineConfig, type EngineOptions } from './config.ts';
import { QemuEngine, type Engine, type EngineWatchers } from './qemu-engine.ts';
import { Templates } from './templates.ts';
import { WaitingRoom } from './waiting-room.ts';

export type { Engine, EngineWatchers } from './qemu-engine.ts';

/** Looks at the host, builds the agent's disk and proves the accelerator. Throws SandboxError. */
export async function createEngine(options: EngineOptions, watchers: EngineWatchers = {}): Promise<Engine> {
  const config = EngineConfig.parse(options);
  refuseRoot();
  const install = await findQemu(config.qemuRoot);
  await mkdir(config.machinesDir, { recursive: true, mode: 0o700 });
  await mkdir(config.keepersDir, { recursive: true, mode: 0o700 });
  const disk = await agentDisk(config);
  const image = await readImage(config.image.dir, config.image.hash);
  const clock = await clockArguments();
  const hardwareOf = (accelerator: 'kvm' | 'tcg'): Hardware => ({
    accelerator,
    cpuModel: accelerator === 'kvm' ? 'host' : config.tcgCpuModel,
    vcpus: config.vcpus,
    memoryMib: config.memoryMib,
    tbSizeMib: config.tbSizeMib,
    pit: accelerator === 'kvm' || clock === '',
  });
  const filesFor = (accelerator: 'kvm' | 'tcg'): GuestFiles & { hash: string } => ({
    ...image,
    commandLine: KERNEL_COMMAND_LINE + (accelerator === 'tcg' ? clock : ''),
  });
  const limits: Limits = {
    leaseMs: config.leaseMs,
    fileBytes: Math.max(config.diskCapMib, config.memoryMib + 64) * 1024 * 1024,
    nice: config.nice,
    oomScoreAdj: config.oomScoreAdj,
    groupOf: (id) => machineGroup(id, config.memoryMib),
  };
  const waiting = new WaitingRoom(config);
  const engine = (): QemuEngine => made;
  const host: MachineHost = {
    install,
    limits,
    keepers: { keepersDir: config.keepersDir, leaseMs: config.leaseMs },
    maxCheckpoints: config.maxCheckpoints,
    oneByOne: oneByOne(),
    admitWake: (id, bytes) => engine().admitWake(id, bytes),
  };
  const place: BirthPlace = {
    host,
    machinesDir: config.machinesDir,
    starting: new Set(),
  };
  const accelerator = await chooseAccelerator({
    wanted: config.accelerator,
    cacheDir: config.cacheDir,
    qemuVersion: install.version.text,
    imageHash: image.hash,
    probe: async () => {
      const plan = { image: filesFor('kvm'), agentDisk: disk.file, hardware: hardwareOf('kvm') };
      const signal = AbortSignal.timeout(config.kvmProbeMs);
      const machine = await bootCold(place, plan, { answerMs: config.kvmProbeMs, signal });
      await machine.close();
    },
  });
  const hardware = hardwareOf(accelerator.accelerator);
  const files = filesFor(accelerator.accelerator);
  const templates = new Templates({ ...config, place, hardware, image: files, agentDisk: disk });
  const cold = { image: files, agentDisk: disk.file, hardware };
  const made = new QemuEngine({ config, place, accelerator, templates, cold, waiting, watchers });
  if (config.poolSize > 0) made.warm(undefined, config.poolSize);
  return made;
}
