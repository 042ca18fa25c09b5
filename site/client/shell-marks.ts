// The shell's own marks in a terminal (OSC 133): B where input begins, C when a command starts, D when it ended. Between B and C stands
// the command line as the learner sees it. A program may print marks too; they label the learner's own page and nothing else.
import type { Terminal } from '@xterm/xterm';
import type { ShellMark } from './xray/commands.ts';

const MOST_LINES = 8;
const MOST_CHARACTERS = 200;

export function watchShell(terminal: Terminal, id: number, on: (mark: ShellMark) => void): void {
  let input: { readonly line: ReturnType<Terminal['registerMarker']>; readonly column: number } | undefined;
  terminal.parser.registerOscHandler(133, (data) => {
    const kind = data.slice(0, 1);
    if (kind === 'B') input = { line: terminal.registerMarker(0), column: terminal.buffer.active.cursorX };
    if (kind === 'C') on({ kind: 'began', terminal: id, line: lineAt(terminal, input?.line.line, input?.column ?? 0) });
    if (kind === 'D') {
      const code = /^D;(\d{1,3})/.exec(data)?.[1];
      on({ kind: 'finished', terminal: id, exitCode: code === undefined ? undefined : Number(code) });
    }
    return false;
  });
}

function lineAt(terminal: Terminal, from: number | undefined, column: number): string {
  const buffer = terminal.buffer.active;
  if (from === undefined || from < 0) return '';
  const to = Math.min(buffer.baseY + buffer.cursorY, from + MOST_LINES);
  let text = '';
  for (let row = from; row < to; row += 1)
    text += buffer.getLine(row)?.translateToString(true, row === from ? column : 0) ?? '';
  return text.trim().slice(0, MOST_CHARACTERS);
}
