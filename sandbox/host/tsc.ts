// How fast this host's time-stamp counter ticks, for guests under emulation.
//
// An emulated microvm has no HPET and no ACPI timer: its kernel measures the TSC against the PIT, and on a busy host that
// fails. It then keeps time by counting ticks, an idle machine wakes 250 times a second, and some boots hang. QEMU's
// emulated TSC is the host's, so the host can say how fast it is.
import { readFile } from 'node:fs/promises';

/** kHz from the text of /proc/cpuinfo, or undefined where it does not say: on bare metal `cpu MHz` is the speed of this
 * moment; under a hypervisor it is the TSC's (arch/x86/kernel/cpu/proc.c prints tsc_khz where nothing scales it). */
export function tscKhz(cpuinfo: string): number | undefined {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.split(' ') ?? [];
  if (!flags.includes('hypervisor') || !flags.includes('constant_tsc')) return undefined;
  const mhz = Number(/^cpu MHz\s*:\s*([\d.]+)$/m.exec(cpuinfo)?.[1]);
  return mhz > 100 && mhz < 20_000 ? Math.round(mhz * 1000) : undefined;
}

/** What to add to an emulated guest's kernel command line: '' or the counter's speed and that it can be trusted. */
export async function clockArguments(): Promise<string> {
  const khz = tscKhz(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''));
  return khz === undefined ? '' : ` tsc_early_khz=${String(khz)} tsc=reliable`;
}
