// A recording read back as commands and their output, on the same terminal emulator that pages use.
import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { MOST_LINES, recordedCommands } from '../../../site/client/recorded-commands.ts';
import type { RecordedCommand } from '../../../site/client/recorded-commands.ts';

const PROMPT = '\x1b]133;A\x07\x1b[1;32mlearner@vm\x1b[0m:~$ \x1b]133;B;n0nce\x07';
const BEGIN = '\r\n\x1b]133;C;n0nce\x07';
const end = (code: number, nonce = 'n0nce'): string => `\x1b]133;D;${code};${nonce}\x07`;

type Event = readonly [number, 'o' | 'r', string];

function read(events: readonly Event[], whole = true): Promise<readonly RecordedCommand[]> {
  const header = {
    version: 2,
    width: 40,
    height: 5,
    timestamp: 1000,
    title: 't',
    env: { TERM: 'x', SHELL: 's' },
    whole,
  };
  const recording = [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
  return recordedCommands(recording, (size) => new headless.Terminal({ ...size, allowProposedApi: true }));
}

const printed = (output: string): Event => [0, 'o', output];

describe('a recording', () => {
  it('is read as commands, what they printed, how they ended and when they began', async () => {
    const commands = await read([
      [0.5, 'o', `${PROMPT}l`],
      [1, 'o', 's'],
      [2, 'o', `${BEGIN}\x1b[34mbin\x1b[0m\r\n`],
      [3, 'o', `etc\r\n${end(0)}${PROMPT}false`],
      [4, 'o', `${BEGIN}${end(1)}${PROMPT}`],
    ]);
    expect(commands).toEqual([
      { line: 'ls', output: 'bin\netc', cut: false, exitCode: 0, atMs: 1_002_000 },
      { line: 'false', output: '', cut: false, exitCode: 1, atMs: 1_004_000 },
    ]);
  });

  it('shows what editing and carriage returns left, not how it came about', async () => {
    const [command] = await read([printed(`${PROMPT}sl\b\bls${BEGIN}10%\r55%\r100%\r\n안녕\r\n${end(0)}${PROMPT}`)]);
    expect(command).toMatchObject({ line: 'ls', output: '100%\n안녕' });
  });

  it('puts together what was wrapped at the edge, after the terminal became narrower, too', async () => {
    const long = 'echo '.padEnd(60, 'x');
    const commands = await read([
      printed(`${PROMPT}${long}${BEGIN}${'y'.repeat(90)}\r\n${end(0)}${PROMPT}`),
      [1, 'r', '20x5'],
      [2, 'o', `pwd${BEGIN}${'z'.repeat(50)}\r\n${end(0)}`],
    ]);
    expect(commands.map(({ line, output }) => [line, output])).toEqual([
      [long, 'y'.repeat(90)],
      ['pwd', 'z'.repeat(50)],
    ]);
  });

  it('keeps what was printed before the screen was cleared, and nothing of a full-screen program', async () => {
    const commands = await read([
      printed(`${PROMPT}ls${BEGIN}one\r\n${end(0)}${PROMPT}clear${BEGIN}\x1b[H\x1b[2J\x1b[3J${end(0)}`),
      printed(`${PROMPT}vi${BEGIN}\x1b[?1049h~ text\x1b[?1049l${end(0)}${PROMPT}`),
    ]);
    expect(commands.map(({ line, output }) => [line, output])).toEqual([
      ['ls', 'one'],
      ['clear', ''],
      ['vi', ''],
    ]);
  });

  it('is not misled by marks in a file that is shown', async () => {
    const commands = await read([
      printed(`${PROMPT}cat f${BEGIN}a${end(0, 'other')}\x1b]133;C;other\x07b\r\n${end(0)}${PROMPT}`),
    ]);
    expect(commands).toMatchObject([{ line: 'cat f', output: 'ab' }]);
  });

  it('that begins in the middle is read from the first whole command on, and ends with one that still runs', async () => {
    const commands = await read([printed(`f a line\r\n${end(0)}${PROMPT}yes${BEGIN}y\r\ny\r\n`)], false);
    expect(commands).toMatchObject([{ line: 'yes', output: 'y\ny', exitCode: null }]);
  });

  it('says of a long output that its beginning is missing', async () => {
    const lines = Array.from({ length: MOST_LINES + 100 }, (_, n) => `${n}\r\n`).join('');
    const [command] = await read([printed(`${PROMPT}seq${BEGIN}${lines}${end(0)}${PROMPT}`)]);
    expect(command?.cut).toBe(true);
    expect(command?.output.split('\n').at(-1)).toBe(String(MOST_LINES + 99));
  });

  it('without any mark of a shell holds no command', async () => {
    expect(await read([printed('just text\r\n')])).toEqual([]);
  });
});
