// The command lines of QEMU and its box, for each version that matters.
import { describe, expect, it } from 'vitest';
import { qemuArguments, type MachinePlan, type Ram } from '../../../sandbox/qemu/arguments.ts';
import { boxCommand } from '../../../sandbox/qemu/box.ts';
import { refuseRoot } from '../../../sandbox/qemu/launch.ts';
import { abilities, parseVersion } from '../../../sandbox/qemu/version.ts';

const V72 = parseVersion('QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright');
const V82 = parseVersion('QEMU emulator version 8.2.2 (Debian 1:8.2.2+ds-0ubuntu1)');
const V10 = parseVersion('QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1~bpo12+1)');

function plan(ram: Ram, change: Partial<MachinePlan> = {}): MachinePlan {
  return {
    name: 'm0123456789ab',
    hardware: { accelerator: 'tcg', cpuModel: 'qemu64,+arat', vcpus: 2, memoryMib: 1024, tbSizeMib: 128, pit: false },
    ram,
    start: { kind: 'incoming' },
    disk: '/box/disk.qcow2',
    agentDisk: '/cache/agent/x/agent.ext4',
    firmwareDirs: [],
    ...change,
  };
}

function valueOf(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option);
  return at < 0 ? undefined : args[at + 1];
}

function ramOf(args: readonly string[]): string | undefined {
  return args.find((arg) => arg.startsWith('memory-backend-'));
}

describe('the version of QEMU', () => {
  it('is read from what the program prints', () => {
    expect([V72.text, V82.text, V10.text]).toEqual(['7.2.22', '8.2.2', '10.0.2']);
  });

  it.each(['6.2.0', '7.1.9', '5.0'])('is refused when it is %s, with the version that is needed', (old) => {
    expect(() => parseVersion(`QEMU emulator version ${old}`)).toThrow(/too old: 7\.2 or newer/);
  });

  it('is not guessed where the output is of another program', () => {
    expect(() => parseVersion('bash: command not found')).toThrow(/this is no QEMU/);
  });

  it('says what it can do: 7.2 nothing new, 8.2 read-only memory and files', () => {
    expect(abilities(V72)).toEqual({ readOnlyRamFile: false, fileMigration: false });
    expect(abilities(V82)).toEqual({ readOnlyRamFile: true, fileMigration: true });
    expect(abilities(V10)).toEqual({ readOnlyRamFile: true, fileMigration: true });
  });
});

it('the timer chip of old is left out where the guest can do without it', () => {
  const given = (pit: boolean): string | undefined => {
    const { hardware } = plan({ kind: 'fresh' });
    return valueOf(qemuArguments(V72, plan({ kind: 'fresh' }, { hardware: { ...hardware, pit } })), '-machine');
  };
  expect([given(true), given(false)]).toEqual(['microvm,memory-backend=ram', 'microvm,memory-backend=ram,pit=off']);
});

describe('the memory of a clone', () => {
  const clone = { kind: 'clone', file: '/cache/template/k/ram' } as const;

  it('on 7.2 comes from a sealed descriptor, since that version opens files for writing', () => {
    expect(ramOf(qemuArguments(V72, plan(clone)))).toBe(
      'memory-backend-file,id=ram,size=1024M,mem-path=/proc/self/fd/12,share=off',
    );
  });

  it('on 8.2 is the file itself, opened read-only (by its arguments alone: no 8.2 was run)', () => {
    expect(ramOf(qemuArguments(V82, plan(clone)))).toBe(
      'memory-backend-file,id=ram,size=1024M,mem-path=/cache/template/k/ram,share=off,readonly=on,rom=off',
    );
  });

  it('on 10 is the file itself, opened read-only', () => {
    expect(ramOf(qemuArguments(V10, plan(clone)))).toContain('share=off,readonly=on,rom=off');
  });

  it.each([V72, V82, V10])('of a cold boot is no file ($text)', (version) => {
    expect(ramOf(qemuArguments(version, plan({ kind: 'fresh' })))).toBe('memory-backend-ram,id=ram,size=1024M');
  });

  it.each([V72, V82, V10])('is shared with its file only while a template is made ($text)', (version) => {
    expect(ramOf(qemuArguments(version, plan({ kind: 'template', file: '/box/ram' })))).toMatch(/\/box\/ram,share=on$/);
  });
});

describe('the command line of QEMU', () => {
  it.each([V72, V82, V10])('has the filter on and neither network, display nor defaults ($text)', (version) => {
    const args = qemuArguments(version, plan({ kind: 'fresh' }));
    expect(valueOf(args, '-sandbox')).toBe('on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny');
    expect(args).toContain('-nodefaults');
    expect(args).toContain('-no-user-config');
    expect(args.join(' ')).not.toMatch(/netdev|-nic|virtio-net/);
  });

  it('bounds the translation cache under emulation and has none under KVM', () => {
    expect(valueOf(qemuArguments(V10, plan({ kind: 'fresh' })), '-accel')).toBe('tcg,tb-size=128');
    const hardware = { ...plan({ kind: 'fresh' }).hardware, accelerator: 'kvm' } as const;
    expect(valueOf(qemuArguments(V10, plan({ kind: 'fresh' }, { hardware })), '-accel')).toBe('kvm');
  });

  it('loads kernel and initrd for a boot, and waits for a state otherwise', () => {
    const start = {
      kind: 'boot',
      kernel: '/i/vmlinuz',
      initrd: '/i/initrd.img',
      commandLine: 'root=/dev/vda',
    } as const;
    const boot = qemuArguments(V72, plan({ kind: 'fresh' }, { start }));
    expect(valueOf(boot, '-append')).toBe('root=/dev/vda');
    expect(boot).not.toContain('-incoming');
    const clone = qemuArguments(V72, plan({ kind: 'fresh' }));
    expect(valueOf(clone, '-incoming')).toBe('defer');
    expect(clone).not.toContain('-kernel');
  });

  it('doubles commas in paths, which would end the value', () => {
    const args = qemuArguments(V10, plan({ kind: 'clone', file: '/a,readonly=off/ram' }));
    expect(ramOf(args)).toContain('mem-path=/a,,readonly=off/ram,');
  });

  it('opens the disk of the agent read-only', () => {
    const drive = qemuArguments(V72, plan({ kind: 'fresh' })).find((arg) => arg.includes('node-name=vdb'));
    expect(drive).toContain('read-only=on');
  });
});

describe('the command line of the box', () => {
  const box = boxCommand({ readOnlyPaths: ['/t'], boxDir: '/m/box', kvm: false, env: { A: 'b' } }, ['qemu', '-x']);

  it('takes every namespace away, all capabilities, and the parent’s life', () => {
    for (const flag of ['--unshare-user', '--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts']) {
      expect(box).toContain(flag);
    }
    expect(box.join(' ')).toContain('--cap-drop ALL');
    expect(box).toContain('--disable-userns');
    expect(box).not.toContain('--die-with-parent');
  });

  it('binds one folder for writing and the rest read-only', () => {
    expect(box.filter((arg) => arg === '--bind')).toHaveLength(1);
    expect(box.join(' ')).toContain('--bind /m/box /box');
    expect(box.join(' ')).toContain('--ro-bind /t /t');
    expect(box.join(' ')).toContain('--remount-ro /');
  });

  it('shows /dev/kvm only where it is used', () => {
    expect(box).not.toContain('/dev/kvm');
    expect(boxCommand({ readOnlyPaths: [], boxDir: '/b', kvm: true, env: {} }, ['q'])).toContain('/dev/kvm');
  });

  it('is refused to root, for whom it would be none', () => {
    expect(() => refuseRoot(0)).toThrow(/never run as root/);
    expect(() => refuseRoot(1000)).not.toThrow();
  });
});
