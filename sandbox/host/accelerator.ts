// Which accelerator to use here: KVM where a guest really boots with it, software emulation everywhere else.
import { access, constants, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { contentHash } from './content-hash.ts';

export type AcceleratorChoice = { readonly accelerator: 'kvm' | 'tcg'; readonly reason: AcceleratorReason };

export type AcceleratorReason =
  /** the configuration says so */
  | 'configured'
  /** /dev/kvm is not there or not ours to open */
  | 'no-kvm-device'
  /** the guest answered under KVM */
  | 'kvm-booted'
  /** it opened, but no guest came up: on some hosts a stock kernel hangs at its first instructions */
  | 'kvm-did-not-boot';

export type AcceleratorRequest = {
  readonly wanted: 'auto' | 'kvm' | 'tcg';
  readonly cacheDir: string;
  readonly qemuVersion: string;
  readonly imageHash: string;
  /** boots the real guest with KVM and throws when it does not answer in time */
  readonly probe: () => Promise<void>;
  readonly device?: string;
};

const Remembered = z.strictObject({
  accelerator: z.enum(['kvm', 'tcg']),
  reason: z.enum(['kvm-booted', 'kvm-did-not-boot']),
});

/** Only a guest that really booted proves an accelerator; the result is remembered per host, kernel, QEMU and image. */
export async function chooseAccelerator(request: AcceleratorRequest): Promise<AcceleratorChoice> {
  if (request.wanted !== 'auto') return { accelerator: request.wanted, reason: 'configured' };
  const usable = await access(request.device ?? '/dev/kvm', constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  // Not remembered: joining the group kvm is enough to change it.
  if (!usable) return { accelerator: 'tcg', reason: 'no-kvm-device' };

  const file = join(request.cacheDir, 'accelerator', `${await fingerprint(request)}.json`);
  const remembered = await recall(file);
  if (remembered) return remembered;
  const choice: AcceleratorChoice = await request.probe().then(
    () => ({ accelerator: 'kvm', reason: 'kvm-booted' }),
    () => ({ accelerator: 'tcg', reason: 'kvm-did-not-boot' }),
  );
  await mkdir(join(request.cacheDir, 'accelerator'), { recursive: true });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(choice));
  await rename(`${file}.${process.pid}`, file);
  return choice;
}

async function fingerprint(request: AcceleratorRequest): Promise<string> {
  const host = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  const cpu = /^model name\s*:\s*(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''))?.[1] ?? '';
  return contentHash(['accelerator', host.trim(), cpu, release(), request.qemuVersion, request.imageHash]);
}

async function recall(file: string): Promise<AcceleratorChoice | undefined> {
  try {
    const parsed = Remembered.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
