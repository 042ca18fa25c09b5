// What all views stand on: kernel files, the table of processes, podman's state, the helper.
import type { TerminalJob } from '../../protocol/xray/parts.ts';
import { Births } from './births.ts';
import { KernelFiles } from './files.ts';
import { Helper } from './helper.ts';
import { Podman } from './podman.ts';
import { parseStat } from './proc-text.ts';
import { Processes } from './processes.ts';
import type { ProcessTable } from './processes.ts';

/** A terminal of the machine and the process on it. */
export type ObservedTerminal = { readonly id: number; readonly pid: number };

/** Time since the machine started (CLOCK_MONOTONIC; a machine of the course never suspends itself), as in starttime of proc(5). */
export const uptimeMs = (): number => Math.round(Number(process.hrtime.bigint()) / 1e6);

export class Ground {
  readonly files = new KernelFiles();
  readonly helper = new Helper();
  readonly podman = new Podman();
  readonly processes: Processes;
  readonly births: Births;
  readonly #terminals: () => readonly ObservedTerminal[];

  constructor(terminals: () => readonly ObservedTerminal[]) {
    this.#terminals = terminals;
    this.processes = new Processes(this.files, process.pid, () => terminals().map(({ pid }) => pid), uptimeMs);
    this.births = new Births(this.files, uptimeMs);
  }

  /** CPU time of a process with the children it has waited for. */
  familyCpuMs(pid: number): number {
    return parseStat(this.files.readOnce(`/proc/${pid}/stat`) ?? '')?.familyCpuMs ?? 0;
  }

  /** The shells: what is on a terminal may be a wrapper around them (su, a login helper). */
  jobs(table: ProcessTable): TerminalJob[] {
    return this.#terminals().flatMap(({ id, pid }) => {
      const top = table.byPid.get(pid);
      if (top === undefined) return [];
      const onTty = table.processes.filter((one) => one.stat.tty === top.stat.tty && one.stat.tty !== 0);
      const shell = onTty.find(({ stat }) => /^-?(bash|sh|dash|zsh)$/.test(stat.comm)) ?? top;
      const foreground = shell.stat.tpgid > 0 ? shell.stat.tpgid : null;
      return [{ terminal: id, shell: shell.pid, foreground }];
    });
  }

  /** When nobody watches anything: nothing stays open, nothing runs. */
  close(): void {
    this.helper.close();
    this.processes.forget();
    this.podman.close();
    this.files.close();
  }
}
