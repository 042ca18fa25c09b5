// One terminal's bytes: attach, replay, held input, acknowledgements, a connection that comes and goes.
import { describe, expect, it } from 'vitest';
import type { ClientMessage } from '../../../site/api/socket.ts';
import { TerminalStream } from '../../../site/client/terminal-stream.ts';

/** A screen that parses only when told to, and a wire that keeps what was sent. */
function setUp() {
  const written: (string | Uint8Array)[] = [];
  const pending: (() => void)[] = [];
  const messages: ClientMessage[] = [];
  const typed: string[] = [];
  const lost: string[] = [];
  const stream = new TerminalStream(
    1,
    { write: (data, done) => void (written.push(data), pending.push(done)), size: () => ({ cols: 80, rows: 24 }) },
    {
      send: (message) => void messages.push(message),
      sendInput: (_, bytes) => void typed.push(new TextDecoder().decode(bytes)),
    },
    { inputLost: (reason) => void lost.push(reason), ready: () => undefined },
  );
  const parseAll = (): void => {
    for (const done of pending.splice(0)) done();
  };
  const attached = (from: number, replayUntil: number, clear = false, epoch = 1): void =>
    stream.attached({ type: 'attached', terminal: 1, epoch, from, replayUntil, clear, cols: 80, rows: 24 });
  const output = (seq: number, text: string, epoch = 1): void =>
    stream.output({ terminal: 1, epoch, seq, bytes: new TextEncoder().encode(text) });
  return { stream, written, messages, typed, lost, parseAll, attached, output };
}

describe('a terminal', () => {
  it('holds typing until the replay is parsed, and answers to replayed queries are dropped', () => {
    const { stream, typed, attached, output, parseAll } = setUp();
    stream.attach();
    attached(0, 5);
    output(0, 'hello');
    stream.input('\x1b[24;80R');
    stream.input('ls\r');
    expect(typed).toEqual([]);
    parseAll();
    expect(typed).toEqual(['ls\r']);
  });

  it('passes answers on once the replay is over: a living program asked', () => {
    const { stream, typed, attached, parseAll } = setUp();
    stream.attach();
    attached(0, 0);
    parseAll();
    stream.input('\x1b[24;80R');
    expect(typed).toEqual(['\x1b[24;80R']);
  });

  it('says its last position when the connection is back', () => {
    const { stream, messages, attached, output } = setUp();
    stream.attach();
    attached(0, 0);
    output(0, 'hello');
    stream.lost();
    stream.attach();
    expect(messages.at(-1)).toMatchObject({ type: 'attach', position: { epoch: 1, seq: 5 } });
  });

  it('asks only once while an answer is under way', () => {
    const { stream, messages } = setUp();
    stream.attach();
    stream.attach();
    expect(messages).toHaveLength(1);
  });

  it('attaches again after a gap instead of showing a hole', () => {
    const { stream, messages, written, attached, output } = setUp();
    stream.attach();
    attached(0, 0);
    output(0, 'abc');
    output(7, 'xyz');
    expect(messages.filter(({ type }) => type === 'attach')).toHaveLength(2);
    expect(written.filter((data) => typeof data !== 'string')).toHaveLength(1);
  });

  it('clears the screen in its place among the bytes when it was too far behind', () => {
    const { stream, written, attached, output } = setUp();
    stream.attach();
    attached(0, 0);
    output(0, 'old');
    attached(900, 903, true);
    output(900, 'new');
    const shown = written.map((data) => (typeof data === 'string' ? data : new TextDecoder().decode(data)));
    expect(shown.filter((text) => text !== '')).toEqual(['old', '\x1bc', 'new']);
  });

  it('holds typing again when the machine woke up in a new epoch', () => {
    const { stream, typed, attached, output, parseAll } = setUp();
    stream.attach();
    attached(0, 0);
    parseAll();
    attached(0, 4, false, 2);
    stream.input('x');
    expect(typed).toEqual([]);
    output(0, 'wake', 2);
    parseAll();
    expect(typed).toEqual(['x']);
  });

  it('says that the rest of a paste was dropped with the connection', () => {
    const { stream, lost, attached, parseAll } = setUp();
    stream.attach();
    attached(0, 0);
    parseAll();
    stream.input('x'.repeat(300_000));
    stream.lost();
    expect(lost).toEqual(['dropped']);
  });
});
