// The commands of a recording with what each of them printed, as text. The recording is played into a screen nobody sees, since only a
// terminal knows what line editing, carriage returns and colours leave behind; the shell's own marks (OSC 133) say where what begins.
import { RecordingEvent, RecordingHeader } from '../api/recording.ts';
import * as z from 'zod/mini';

export type RecordedCommand = {
  readonly line: string;
  readonly output: string;
  /** its first lines are not kept */
  readonly cut: boolean;
  /** null while it runs */
  readonly exitCode: number | null;
  /** when it began, Unix ms */
  readonly atMs: number;
};

/** What is needed of xterm.js, or of its headless twin in a test. */
export type Grid = {
  readonly rows: number;
  readonly buffer: {
    readonly normal: {
      readonly length: number;
      readonly baseY: number;
      readonly cursorX: number;
      readonly cursorY: number;
      getLine(
        row: number,
      ): { readonly isWrapped: boolean; translateToString(trim: boolean, from?: number): string } | undefined;
    };
  };
  readonly parser: { registerOscHandler(id: number, handler: (data: string) => boolean): unknown };
  write(data: string, done: () => void): void;
  resize(cols: number, rows: number): void;
  dispose(): void;
};

/** Lines kept of one command's output. */
export const MOST_LINES = 2000;
const MOST_COMMANDS = 300;

const PROMPT_MARK = '\x1b]133;B;';

/** "Back to the initial state": every command has the screen to itself, whatever `clear` or `vi` did before. */
const RESET = '\x1bc';

export async function recordedCommands(
  recording: string,
  open: (size: { cols: number; rows: number; scrollback: number }) => Grid,
): Promise<readonly RecordedCommand[]> {
  const [first = '', ...rest] = recording.split('\n');
  const header = RecordingHeader.parse(JSON.parse(first));
  const events = rest.filter((line) => line !== '').map((line) => z.parse(RecordingEvent, JSON.parse(line)));
  const nonce = nonceIn(outputOf(events));
  if (nonce === undefined) return [];
  const grid = open({ cols: header.width, rows: header.height, scrollback: MOST_LINES });
  const reader = new Reader(grid, nonce);
  try {
    for (const piece of piecesOf(events)) {
      if ('size' in piece) grid.resize(...piece.size);
      else await reader.play(piece.output, header.timestamp * 1000, piece.times);
    }
    return reader.end().slice(-MOST_COMMANDS);
  } finally {
    grid.dispose();
  }
}

/** The number that the terminal's marks carry: that of the first prompt there is. */
function nonceIn(output: string): string | undefined {
  const from = output.indexOf(PROMPT_MARK);
  const end = output.indexOf('\x07', from);
  return from < 0 || end < 0 ? undefined : output.slice(from + PROMPT_MARK.length, end);
}

function outputOf(events: readonly RecordingEvent[]): string {
  return events.map(([, kind, data]) => (kind === 'o' ? data : '')).join('');
}

type Piece =
  { readonly size: [number, number] } | { output: string; readonly times: { at: number; seconds: number }[] };

/** Output between two changes of size in one piece, so that no mark is torn. */
function piecesOf(events: readonly RecordingEvent[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const [seconds, kind, data] of events) {
    if (kind === 'r') {
      const [cols = 80, rows = 24] = data.split('x').map(Number);
      pieces.push({ size: [cols, rows] });
      continue;
    }
    let last = pieces.at(-1);
    if (last === undefined || 'size' in last) pieces.push((last = { output: '', times: [] }));
    last.times.push({ at: last.output.length, seconds });
    last.output += data;
  }
  return pieces;
}

type Begun = { readonly line: string; readonly atMs: number };

class Reader {
  readonly #grid: Grid;
  readonly #nonce: string;
  readonly #commands: RecordedCommand[] = [];
  readonly #begins: number[] = [];
  #input: { readonly row: number; readonly column: number } | undefined;
  #begun: Begun | undefined;

  constructor(grid: Grid, nonce: string) {
    this.#grid = grid;
    this.#nonce = nonce;
    grid.parser.registerOscHandler(133, (data) => {
      // A file that holds marks has not this terminal's number in them.
      if (data.endsWith(`;${nonce}`)) this.#mark(data);
      return true;
    });
  }

  play(output: string, startMs: number, times: readonly { at: number; seconds: number }[]): Promise<void> {
    const marks = new RegExp(`\\x1b\\]133;(?:(C)|D;\\d{1,3});${escaped(this.#nonce)}\\x07`, 'g');
    let next = 0;
    const parted = output.replaceAll(marks, (mark, begins: string | undefined, at: number) => {
      while ((times[next + 1]?.at ?? Infinity) <= at) next += 1;
      if (begins !== undefined) this.#begins.push(startMs + (times[next]?.seconds ?? 0) * 1000);
      return mark + RESET;
    });
    return new Promise((resolve) => this.#grid.write(parted, resolve));
  }

  /** What still runs has no exit code yet. */
  end(): readonly RecordedCommand[] {
    if (this.#begun !== undefined) this.#finish(null);
    return this.#commands;
  }

  #mark(data: string): void {
    const { normal } = this.#grid.buffer;
    if (data.startsWith('B')) this.#input = { row: normal.baseY + normal.cursorY, column: normal.cursorX };
    if (data.startsWith('C')) {
      const line = this.#text(this.#input?.row ?? 0, this.#input?.column ?? 0);
      this.#begun = { line, atMs: this.#begins.shift() ?? 0 };
      this.#input = undefined;
    }
    if (data.startsWith('D')) this.#finish(Number(data.split(';')[1]));
  }

  #finish(exitCode: number | null): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun === undefined) return;
    const cut = this.#grid.buffer.normal.length >= MOST_LINES + this.#grid.rows;
    this.#commands.push({ ...begun, output: this.#text(0, 0), cut, exitCode });
  }

  /** From a place to the cursor; a line that was wrapped at the edge is one line. */
  #text(from: number, column: number): string {
    const { normal } = this.#grid.buffer;
    let text = '';
    for (let row = from; row <= normal.baseY + normal.cursorY; row += 1) {
      const line = normal.getLine(row);
      if (row > from && line?.isWrapped !== true) text += '\n';
      text += line?.translateToString(true, row === from ? column : 0) ?? '';
    }
    return text.trimEnd();
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
