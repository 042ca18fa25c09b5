// A finished guest image: its files, its hash, and how the kernel has to be started for it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { contentHash } from '../host/content-hash.ts';

/** Raised when the same recipe makes a different image because build.ts changed. */
const FORMAT = '4';

export const RECIPE = join(import.meta.dirname, 'recipe');

/** Virtual size of the disk. Sparse on the host; a machine's overlay is capped by its engine. */
export const DISK_MIB = 8192;

/** Kernel command line of a machine.
 * - psi=1: pressure stall information is a lesson.
 * - mitigations=off: the guest's users are all its owner; emulated, each mitigation costs for nothing.
 * - transparent_hugepage=never, compaction_proactiveness=0: huge pages made in the background would copy memory that clones share,
 *   and an idle guest would look twice a second for something to compact.
 * - fsck.mode=skip: the disk is an overlay on an image that nobody wrote to.
 * - nowatchdog: a paused and resumed machine must not think that it hung.
 * - reboot=t: a triple fault ends the machine on every QEMU; the ways that the kernel tries by itself hang on 7.2.
 * - panic=-1 with QEMU's -no-reboot: a panic ends the machine and is reported, instead of a silent loop. */
export const KERNEL_COMMAND_LINE =
  'console=ttyS0 root=/dev/vda rw quiet loglevel=3 psi=1 mitigations=off nowatchdog audit=0 apparmor=0 reboot=t ' +
  'transparent_hugepage=never sysctl.vm.compaction_proactiveness=0 ' +
  'selinux=0 fsck.mode=skip net.ifnames=0 random.trust_cpu=on systemd.show_status=0 rd.udev.log_level=3 panic=-1';

/** Script in the guest that fills the container storages of root and the learner; run once, in the base template. */
export const LOAD_IMAGES = '/usr/lib/underhood/load-images';

export const ImageFacts = z.strictObject({
  kernel: z.string().max(128),
  debian: z.string().max(64),
  builder: z.string().max(128),
  packages: z.int().nonnegative(),
});

export type ImageFacts = z.infer<typeof ImageFacts>;

/** `dir` holds vmlinuz, initrd.img and disk.ext4 (raw, sparse). */
export type GuestImage = ImageFacts & {
  readonly hash: string;
  readonly dir: string;
  readonly kernelFile: string;
  readonly initrdFile: string;
  readonly diskFile: string;
};

/** Over every file of the recipe: the same recipe gives the same key on every host. */
export async function imageHash(recipe: string = RECIPE): Promise<string> {
  return await contentHash(['image', FORMAT, String(DISK_MIB), { folder: recipe }]);
}

export async function readImage(dir: string, hash: string): Promise<GuestImage> {
  const facts = ImageFacts.parse(JSON.parse(await readFile(join(dir, 'facts.json'), 'utf8')));
  return {
    ...facts,
    hash,
    dir,
    kernelFile: join(dir, 'vmlinuz'),
    initrdFile: join(dir, 'initrd.img'),
    diskFile: join(dir, 'disk.ext4'),
  };
}
