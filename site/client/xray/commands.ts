// The commands a learner ran, as marks on the time scrubber, so that a moment is linked to what caused it.
import { KEPT_MS } from './history.ts';

/** What a shell's marks in a terminal's output say (OSC 133 C and D), with the command line as it stood on the screen. */
export type ShellMark =
  | { readonly kind: 'began'; readonly terminal: number; readonly line: string }
  | { readonly kind: 'finished'; readonly terminal: number; readonly exitCode: number | undefined };

export type Command = {
  readonly terminal: number;
  readonly line: string;
  /** Unix ms */
  readonly from: number;
  /** undefined while it runs */
  readonly to: number | undefined;
  readonly exitCode: number | undefined;
};

const MOST = 60;

export function note(commands: readonly Command[], mark: ShellMark, now: number): readonly Command[] {
  const young = commands.filter(({ from, to }) => (to ?? from) > now - KEPT_MS || to === undefined);
  if (mark.kind === 'began') {
    const begun = { terminal: mark.terminal, line: mark.line, from: now, to: undefined, exitCode: undefined };
    return [...young.slice(-(MOST - 1)), begun];
  }
  const at = young.findLastIndex(({ terminal, to }) => terminal === mark.terminal && to === undefined);
  return young.map((command, index) => (index === at ? { ...command, to: now, exitCode: mark.exitCode } : command));
}

/** The command that a moment belongs to: the youngest one begun before it, if it still ran or ended within ten seconds. */
export function causeOf(commands: readonly Command[], time: number): Command | undefined {
  const last = commands.findLast(({ from }) => from <= time);
  return last !== undefined && (last.to ?? Infinity) >= time - 10_000 ? last : undefined;
}
