// The closed catalogue of what can go wrong with machines.

export type SandboxErrorCode =
  /** there is no QEMU here, or it does not run */
  | 'qemu-unusable'
  | 'qemu-too-old'
  /** the engine must not run as root: the box relies on being nobody */
  | 'root-refused'
  | 'box-unusable'
  /** a path is too long for a unix socket */
  | 'path-too-long'
  /** every attempt ended without an answer from the guest */
  | 'boot-failed'
  | 'bake-failed'
  | 'agent-disk-failed'
  /** the machine is not in a state that allows this */
  | 'wrong-state'
  /** the machine ended while it was waited for */
  | 'machine-gone'
  | 'hibernate-failed'
  | 'wake-failed'
  /** no room for it on the disk */
  | 'checkpoint-refused'
  | 'checkpoint-failed'
  | 'no-such-checkpoint'
  | 'rewind-failed'
  /** the source was closed */
  | 'closed'
  /** the most machines allowed are running, and nobody may wait any more */
  | 'full';

export class SandboxError extends Error {
  readonly code: SandboxErrorCode;
  constructor(code: SandboxErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SandboxError';
    this.code = code;
  }
}
