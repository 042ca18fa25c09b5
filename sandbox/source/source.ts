// Where machines come from. Sources stack behind this one interface: cold boot, template clone, warm pool (later a cluster).
import type { BootProgress, Machine } from '../machine/machine.ts';

export type MachineRequest = {
  /** '' for the base template, else a lab's: its id and the folder with its `bake.sh` and `files/` */
  readonly bake: BakeRecipe | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BootProgress) => void;
};

/** A lab's own template: run once on the base template, then snapshotted. `hash` covers everything that goes in. */
export type BakeRecipe = {
  readonly name: string;
  readonly hash: string;
  /** run as root with bash in the guest */
  readonly script: string;
  /** written before the script runs: absolute guest path, mode, contents */
  readonly files: readonly { readonly path: string; readonly mode: number; readonly contents: Uint8Array }[];
};

export type SourceStats = {
  readonly running: number;
  readonly hibernated: number;
  readonly warm: number;
  readonly queued: number;
  /** machines that the free memory of this moment still admits */
  readonly free: number;
};

/** Hands out machines that answer: the agent said WELCOME and `restored` was done. Waits in a queue when the host is full. */
export interface MachineSource extends AsyncDisposable {
  take(request: MachineRequest): Promise<Machine>;
  /** The machine with this id, left running (or hibernated) by an earlier process, or undefined when it is gone. */
  adopt(id: string): Promise<Machine | undefined>;
  /** Ends every machine of this source's folder whose id is not in `keep`. */
  sweep(keep: ReadonlySet<string>): Promise<readonly string[]>;
  /** Keeps `count` machines ready for this recipe. */
  warm(bake: BakeRecipe | undefined, count: number): void;
  stats(): SourceStats;
  close(): Promise<void>;
}
