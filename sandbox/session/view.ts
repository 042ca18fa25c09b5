// What anyone may know of a session: where its machine is, its terminals, when it ends.
import type { BootProgress, Checkpoint, MachineFacts } from '../machine/machine.ts';
import type { SessionState } from './state.ts';

export type SessionView = {
  readonly id: string;
  readonly state: SessionState;
  /** null once the learner has the machine */
  readonly progress: BootProgress | null;
  readonly machine: MachineFacts | null;
  readonly terminals: readonly { readonly id: number; readonly exitCode: number | null }[];
  /** oldest first */
  readonly checkpoints: readonly Checkpoint[];
  readonly expiresAtMs: number | null;
  /** a code: why it is closed or failed, or why a ready machine does not answer */
  readonly reason: string | null;
};

/** What a session tells those who watch it; pages have their own port (viewer.ts). */
export type SessionWatcher = {
  /** something in the view changed */
  readonly changed?: () => void;
  readonly commandFinished?: (terminal: number, exitCode: number | null) => void;
  /** a shell stands at its prompt (true), or began to run something */
  readonly prompted?: (free: boolean) => void;
};

export type SessionLog = (event: string, details: Readonly<Record<string, unknown>>) => void;
