// The choice of an accelerator, with a device that is a file and a boot that is a promise.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseAccelerator, type AcceleratorRequest } from '../../../sandbox/host/accelerator.ts';

async function host(): Promise<AsyncDisposable & { request: AcceleratorRequest; dir: string; probes: () => number }> {
  const dir = await mkdtemp(join(tmpdir(), 'underhood-accelerator-'));
  const device = join(dir, 'kvm');
  await writeFile(device, '');
  let probes = 0;
  const request: AcceleratorRequest = {
    wanted: 'auto',
    cacheDir: dir,
    qemuVersion: '7.2.22',
    imageHash: 'a',
    device,
    probe: () => {
      probes++;
      return Promise.resolve();
    },
  };
  return { request, dir, probes: () => probes, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

describe('the accelerator', () => {
  it('is KVM where a guest booted with it, and the boot is not repeated', async () => {
    await using at = await host();
    expect(await chooseAccelerator(at.request)).toEqual({ accelerator: 'kvm', reason: 'kvm-booted' });
    expect(await chooseAccelerator(at.request)).toEqual({ accelerator: 'kvm', reason: 'kvm-booted' });
    expect(at.probes()).toBe(1);
  });

  it('is emulation where the guest hung although the device opened', async () => {
    await using at = await host();
    const hanging = { ...at.request, probe: () => Promise.reject(new Error('no answer')) };
    expect(await chooseAccelerator(hanging)).toEqual({ accelerator: 'tcg', reason: 'kvm-did-not-boot' });
    expect(await chooseAccelerator(at.request)).toMatchObject({ accelerator: 'tcg' });
  });

  it('is proved again after an upgrade of QEMU', async () => {
    await using at = await host();
    await chooseAccelerator(at.request);
    await chooseAccelerator({ ...at.request, qemuVersion: '10.0.2' });
    expect(at.probes()).toBe(2);
  });

  it('is emulation without a device, which is not remembered', async () => {
    await using at = await host();
    const without = { ...at.request, device: join(at.dir, 'none') };
    expect(await chooseAccelerator(without)).toEqual({ accelerator: 'tcg', reason: 'no-kvm-device' });
    expect(await chooseAccelerator(at.request)).toMatchObject({ accelerator: 'kvm' });
  });

  it('is proved again where the memory of it is damaged', async () => {
    await using at = await host();
    await chooseAccelerator(at.request);
    for (const name of await readdir(join(at.dir, 'accelerator'))) {
      await writeFile(join(at.dir, 'accelerator', name), '{"accelerator":"magic"}');
    }
    expect(await chooseAccelerator(at.request)).toMatchObject({ accelerator: 'kvm' });
    expect(at.probes()).toBe(2);
  });

  it('is what the configuration says without asking anybody', async () => {
    await using at = await host();
    expect(await chooseAccelerator({ ...at.request, wanted: 'tcg' })).toEqual({
      accelerator: 'tcg',
      reason: 'configured',
    });
    expect(at.probes()).toBe(0);
  });
});
