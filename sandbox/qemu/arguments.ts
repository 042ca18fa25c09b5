// QEMU's command line: a pure function of the version and of what the machine shall be.
import { abilities, type QemuVersion } from './version.ts';

/** Descriptors that the supervisor opens for QEMU, so that the box needs neither the paths nor the right to make sockets. */
export const FD = { qmp: 10, agent: 11, ram: 12, stateIn: 13 } as const;

/** Where the machine's own writable folder is inside the box. */
export const BOX_DIR = '/box';

export type Hardware = {
  readonly accelerator: 'kvm' | 'tcg';
  readonly cpuModel: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  /** translation cache of TCG; QEMU's own default may take a quarter of the host's memory */
  readonly tbSizeMib: number;
  /** The timer chip of old (i8254). Left alone by the guest's kernel, QEMU's raises its line 36 times a second for ever, which took half of an idle
   * machine's CPU time. An emulated guest needs it only to measure its time-stamp counter. */
  readonly pit: boolean;
};

export type Ram =
  /** a template in the making: a shared mapping of this file */
  | { readonly kind: 'template'; readonly file: string }
  /** a clone: a private mapping of a finished template's file, or of the sealed memfd at descriptor `FD.ram` */
  | { readonly kind: 'clone'; readonly file: string }
  /** a cold boot */
  | { readonly kind: 'fresh' };

export type Start =
  | { readonly kind: 'boot'; readonly kernel: string; readonly initrd: string; readonly commandLine: string }
  /** `-incoming defer`: the state is loaded through the control socket */
  | { readonly kind: 'incoming' };

export type MachinePlan = {
  readonly name: string;
  readonly hardware: Hardware;
  readonly ram: Ram;
  readonly start: Start;
  /** the writable disk, as seen inside the box */
  readonly disk: string;
  /** the agent's disk, a raw image, read-only */
  readonly agentDisk: string;
  /** extra `-L` folders of a QEMU that is not installed in its usual place */
  readonly firmwareDirs: readonly string[];
};

export function qemuArguments(version: QemuVersion, plan: MachinePlan): string[] {
  const { hardware } = plan;
  return [
    ...['-name', plan.name],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...plan.firmwareDirs.flatMap((dir) => ['-L', dir]),
    // ACPI stays on (the stock kernel finds its virtio-mmio devices by it), option ROMs too (they load the kernel).
    ...['-machine', `microvm,memory-backend=ram${hardware.pit ? '' : ',pit=off'}`],
    ...['-accel', hardware.accelerator === 'kvm' ? 'kvm' : `tcg,tb-size=${hardware.tbSizeMib}`],
    ...['-cpu', hardware.cpuModel, '-smp', String(hardware.vcpus), '-m', `${hardware.memoryMib}M`],
    ...['-object', ramObject(version, hardware.memoryMib, plan.ram)],
    ...['-global', 'virtio-mmio.force-legacy=false'],
    ...blockDevice('vda', { driver: 'qcow2', discard: 'unmap', file: plan.disk, readOnly: false }),
    ...blockDevice('vdb', { driver: 'raw', discard: 'ignore', file: plan.agentDisk, readOnly: true }),
    ...['-object', 'rng-builtin,id=rng', '-device', 'virtio-rng-device,rng=rng'],
    ...['-chardev', `socket,id=agent,fd=${FD.agent},server=on,wait=off`],
    ...['-device', 'virtio-serial-device,max_ports=2'],
    ...['-device', 'virtserialport,nr=1,chardev=agent,name=org.underhood.agent'],
    // The console's last words, for when a boot fails; bounded, unlike a file.
    ...['-chardev', 'ringbuf,id=console,size=65536', '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=qmp,fd=${FD.qmp},server=on,wait=off`, '-mon', 'chardev=qmp,mode=control'],
    ...startArguments(plan.start),
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
  ];
}

function ramObject(version: QemuVersion, memoryMib: number, ram: Ram): string {
  const size = `id=ram,size=${memoryMib}M`;
  switch (ram.kind) {
    case 'fresh':
      return `memory-backend-ram,${size}`;
    case 'template':
      return `memory-backend-file,${size},mem-path=${escape(ram.file)},share=on`;
    case 'clone':
      if (abilities(version).readOnlyRamFile) {
        return `memory-backend-file,${size},mem-path=${escape(ram.file)},share=off,readonly=on,rom=off`;
      }
      // Older ones open the file for writing even for a private mapping; the seals make that harmless.
      return `memory-backend-file,${size},mem-path=/proc/self/fd/${FD.ram},share=off`;
  }
}

type Block = {
  readonly driver: 'qcow2' | 'raw';
  readonly discard: 'unmap' | 'ignore';
  readonly file: string;
  readonly readOnly: boolean;
};

/** `no-flush`: nothing here has to survive a crash of the host, so the guest's flushes need not reach its disk. */
function blockDevice(id: string, block: Block): string[] {
  const node = [
    `driver=${block.driver},node-name=${id},read-only=${block.readOnly ? 'on' : 'off'},discard=${block.discard}`,
    'cache.direct=off,cache.no-flush=on',
    `file.driver=file,file.filename=${escape(block.file)}`,
  ];
  return ['-blockdev', node.join(','), '-device', `virtio-blk-device,drive=${id},num-queues=1`];
}

function startArguments(start: Start): string[] {
  if (start.kind === 'incoming') return ['-incoming', 'defer'];
  return ['-kernel', start.kernel, '-initrd', start.initrd, '-append', start.commandLine];
}

/** A comma ends a value in QEMU's option syntax; two stand for one. */
function escape(value: string): string {
  return value.replaceAll(',', ',,');
}
