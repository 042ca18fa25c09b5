// What the agent needs of the system below it. Linux in a machine; the tests run the same agent without privileges.
import type { Params } from '../protocol/messages.ts';

export type Account = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
};

export type Launch = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

export type Command = Launch & { readonly uid?: number; readonly gid?: number };

export type Platform = {
  /** Throws GuestError no-such-user. */
  account(user: string): Account;
  /** How a login shell is started on a pty. `openPtys` are descriptors the new process must not keep. */
  shell(user: string, nonce: string, hold: string | undefined, openPtys: readonly number[]): Launch;
  /** How a program is started outside the terminals. */
  command(params: Params<'exec'>): Command;
  /** After a program was started: niceness, and what it must not inherit. */
  settle(pid: number, nice: number): void;
  /** Changes the owner of a file that was put, where that is possible. */
  own(fd: number, account: Account): Promise<void>;
  /** `named` is called as soon as a fresh machine's first prompt may appear. */
  restored(params: Params<'restored'>, named: () => void): Promise<void>;
  quiesce(): Promise<void>;
};
