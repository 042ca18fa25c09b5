// What a machine is, to whoever holds one. Implemented by sandbox/qemu (real) and tests/fixtures (fake: the same agent on the host).
import type { Duplex } from 'node:stream';
import type { MachineState } from './state.ts';

export type Accelerator = 'kvm' | 'tcg';

/** What a page shows while a machine starts. The ids are translated in the site. */
export type BootStage = 'queued' | 'template' | 'disk' | 'restore' | 'boot' | 'identity' | 'setup' | 'ready';
export type BootProgress =
  /** `full`: every place of the host is taken, and one must be left; else only others start first */
  | { readonly stage: 'queued'; readonly position: number; readonly estimateMs: number; readonly full: boolean }
  | { readonly stage: Exclude<BootStage, 'queued'>; readonly attempt: number };

export type MachineFacts = {
  readonly id: string;
  /** hostname, MAC and machine-id derive from the id */
  readonly hostname: string;
  readonly accelerator: Accelerator;
  readonly qemuVersion: string;
  /** how it came to be: a clone of a template, a cold boot, or the host-side fake */
  readonly origin: 'clone' | 'cold' | 'fake';
  readonly vcpus: number;
  readonly memoryMib: number;
  /** key of the template it was cloned from, for evidence */
  readonly template: string;
};

/** A moment of a machine, memory and disk, that it can be taken back to. */
export type Checkpoint = {
  readonly id: number;
  /** what it stands for, as whoever took it calls it */
  readonly label: string;
  readonly takenAtMs: number;
  /** what its memory takes of the host's disk */
  readonly bytes: number;
  /** for how long the machine stood still for it */
  readonly stoppedMs: number;
};

export type MachineEvents = {
  /** the state changed; `reason` where it was not asked for (qemu-exited, lease-expired, disk-full …) */
  readonly onState?: (state: MachineState, reason?: string) => void;
};

/** One disposable Linux machine. Owned by whoever took it; `close()` is idempotent and leaves no process, socket or file. */
export interface Machine extends AsyncDisposable {
  readonly facts: MachineFacts;
  readonly state: MachineState;
  /** Grows by one with every restore (first hand-out, wake, checkpoint restore). */
  readonly epoch: number;
  watch(events: MachineEvents): () => void;
  /** The agent's byte stream. One at a time: a new call ends the old stream. */
  connect(signal?: AbortSignal): Promise<Duplex>;
  /** Stops and continues the vCPUs, in some milliseconds. After `resume` the caller renews the clock (`restored`, fresh: false). */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Memory and disk to files; the process ends. `wake` starts it again, epoch + 1. */
  hibernate(): Promise<void>;
  wake(): Promise<void>;
  /** Oldest first; the oldest goes when there would be too many. They are kept over hibernation, adoption and rewinding. */
  readonly checkpoints: readonly Checkpoint[];
  /** Keeps this moment. The machine goes on meanwhile, but for some ten ms. Label: at most 64 characters. */
  checkpoint(label: string): Promise<Checkpoint>;
  /** Back to that moment: shells, programs and files are what they were, everything since is gone. epoch + 1; the clock is
   * the past's (`restored`, fresh: false). Where it fails half-way the machine is hibernated, and wakes at that moment. */
  rewind(id: number): Promise<void>;
  /** Says that somebody still wants it; without it the machine ends itself after `leaseMs`. Called at least once a minute. */
  renewLease(): Promise<void>;
  /** Leaves the machine running for a later `adopt`, dropping every host-side resource. */
  detach(): Promise<void>;
  close(): Promise<void>;
}
