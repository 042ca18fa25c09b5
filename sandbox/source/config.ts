// The engine's one configuration: every field with its default, its unit in its name, and its reason.
import { availableParallelism } from 'node:os';
import { z } from 'zod';

export const EngineConfig = z.strictObject({
  /** where templates, the agent's disk and the memory of the accelerator are kept; can be deleted while nothing runs */
  cacheDir: z.string().default('/var/cache/underhood'),
  /** looked at before `cacheDir`, never written */
  readOnlyCacheDirs: z.array(z.string()).default([]),
  /** one folder per machine; a short path, since sockets are in it. Not a tmpfs: disks and checkpoints are here */
  machinesDir: z.string().default('/var/lib/underhood/machines'),
  /** one folder per template in use on QEMU < 8.2 */
  keepersDir: z.string().default('/var/lib/underhood/keepers'),
  /** the guest image: its folder and its hash */
  image: z.strictObject({ dir: z.string(), hash: z.string() }),
  /** '/' for the host's own QEMU, or a folder that Debian's packages were unpacked into */
  qemuRoot: z.string().default('/'),
  /** auto: whichever really boots the guest */
  accelerator: z.enum(['auto', 'kvm', 'tcg']).default('auto'),
  vcpus: z.int().min(1).max(16).default(2),
  memoryMib: z.int().min(512).max(3072).default(1024),
  /** The plain model: richer ones make the guest's libraries choose instructions that are slow to emulate. Without `arat` the
   * kernel does not trust the local timer to end an idle sleep, and ticks 250 times a second for ever. */
  tcgCpuModel: z.string().default('qemu64,+arat'),
  /** Bounds the translation cache of each QEMU, most of what an idle clone costs: it fills whatever it is given. Half of
   * this holds a shell at its prompt; with less, container tools translate the same code again and again. */
  tbSizeMib: z.int().min(16).max(1024).default(64),
  /** what a machine may write to its disk. At least its memory, since the checkpoint has the same limit */
  diskCapMib: z.int().min(256).default(3072),
  /** Moments of one machine that can be gone back to. Each takes on disk what the guest changed of its memory, some 10 to 100 MiB */
  maxCheckpoints: z.int().min(0).max(8).default(2),
  /** a machine that nobody renewed for this long ends itself */
  leaseMs: z.int().min(1000).default(600_000),
  /** Awake at once, beyond what memory allows anyway: two cores do not serve a hundred. */
  maxMachines: z
    .int()
    .min(1)
    .default(32 * availableParallelism()),
  /** Machines that start at the same time. Under emulation each takes most of a core for its second; the rest is waiting, so two for each core. */
  maxStarting: z
    .int()
    .min(1)
    .default(2 * availableParallelism()),
  /** memory left alone for the server and everything else on the host */
  reserveMib: z.int().min(0).default(1024),
  /** machines kept ready for the base template */
  poolSize: z.int().min(0).max(16).default(0),
  /** after a restore the guest must answer within this; it takes 0.3 s, and 15 s mean that it hangs */
  cloneAnswerMs: z.int().min(100).default(15_000),
  /** a cold boot takes 13 s on two free cores under emulation */
  coldAnswerMs: z.int().min(1000).default(120_000),
  /** one start and two more tries */
  attempts: z.int().min(1).max(5).default(3),
  /** used where machines cannot be weighed by control groups */
  nice: z.int().min(0).max(19).default(5),
  oomScoreAdj: z.int().min(0).max(1000).default(500),
  /** how long KVM may take to boot the guest before it counts as unusable; where it works it takes 2 s */
  kvmProbeMs: z.int().min(1000).default(25_000),
});
export type EngineConfig = z.infer<typeof EngineConfig>;
export type EngineOptions = z.input<typeof EngineConfig>;
