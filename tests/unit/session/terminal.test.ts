// A session's terminal against pages that keep up, fall behind, come back and differ in size.
import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { BROWSER_WINDOW_BYTES, GUEST_WINDOW_BYTES, RING_BYTES } from '../../../sandbox/protocol/flow.ts';
import { SessionTerminal } from '../../../sandbox/session/terminal.ts';
import { STALL_MS } from '../../../sandbox/session/viewer.ts';
import type { Attached, ViewerPort } from '../../../sandbox/session/viewer.ts';

class Page implements ViewerPort {
  readonly answers: Attached[] = [];
  readonly sizes: string[] = [];
  readonly pieces: { epoch: number; seq: number; bytes: Buffer }[] = [];

  attached(answer: Attached): void {
    this.answers.push(answer);
    if (answer.clear) this.pieces.length = 0;
  }
  output(_terminal: number, epoch: number, seq: number, bytes: Uint8Array): void {
    this.pieces.push({ epoch, seq, bytes: Buffer.from(bytes) });
  }
  size(_terminal: number, cols: number, rows: number): void {
    this.sizes.push(`${cols}x${rows}`);
  }
  exited(): void {
    this.sizes.push('exited');
  }
  prompt(): void {
    /* not looked at here */
  }
  inputAck(): void {
    /* not looked at here */
  }

  get answer(): Attached | undefined {
    return this.answers.at(-1);
  }
  get text(): string {
    return Buffer.concat(this.pieces.map(({ bytes }) => bytes)).toString();
  }
  get next(): number {
    const last = this.pieces.at(-1);
    return last === undefined ? (this.answer?.from ?? 0) : last.seq + last.bytes.length;
  }
}

/** What a page's xterm would show. */
async function shown(text: string, cols = 80, rows = 24): Promise<string[]> {
  const terminal = new headless.Terminal({ cols, rows, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const buffer = terminal.buffer.active;
  const lines = Array.from(
    { length: rows },
    (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '',
  );
  terminal.dispose();
  return lines;
}

type Bench = { terminal: SessionTerminal; clock: { nowMs: number }; resizes: string[]; feed: (text: string) => void };

function bench(startSeq = 0): Bench {
  const clock = { nowMs: 0 };
  const resizes: string[] = [];
  const terminal = new SessionTerminal({ id: 1, cols: 80, rows: 24, user: 'learner' }, 1, startSeq, {
    resize: (cols, rows) => resizes.push(`${cols}x${rows}`),
    moved: () => undefined,
    now: () => clock.nowMs,
  });
  let seq = startSeq;
  const feed = (text: string): void => {
    const bytes = Buffer.from(text);
    terminal.receive(seq, bytes);
    seq += bytes.length;
  };
  return { terminal, clock, resizes, feed };
}

const line = (n: number): string => `line ${String(n).padStart(8, '0')}\r\n`;
const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, index) => line(from + index)).join('');
const LINE_BYTES = line(0).length;

describe('a page that attaches', () => {
  it('gets exactly the bytes after the position it has', () => {
    const { terminal, feed } = bench();
    feed('hello world');
    const page = new Page();
    terminal.attach(page, { epoch: 1, seq: 6 }, 80, 24);
    expect(page.answer).toMatchObject({ from: 6, replayUntil: 11, clear: false, epoch: 1 });
    feed('!');
    expect(page.text).toBe('world!');
  });

  it('gets nothing twice where it is up to date', () => {
    const { terminal, feed } = bench();
    feed('hello');
    const page = new Page();
    terminal.attach(page, { epoch: 1, seq: 5 }, 80, 24);
    expect(page.answer).toMatchObject({ from: 5, replayUntil: 5, clear: false });
    expect(page.pieces).toEqual([]);
  });

  it('begins anew with a position that cannot be', () => {
    const { terminal, feed } = bench();
    feed('hello');
    for (const position of [
      { epoch: 1, seq: 6 },
      { epoch: 2, seq: 3 },
    ]) {
      const page = new Page();
      terminal.attach(page, position, 80, 24);
      expect(page.answer).toMatchObject({ clear: true });
      expect(page.text).toBe('hello');
    }
  });

  it('gets the present screen where the ring has lost its place, in unbroken positions', async () => {
    const { terminal, feed } = bench();
    feed(lines(0, 2 * Math.ceil(RING_BYTES / LINE_BYTES)));
    feed('\x1b[1mbold\x1b[0m end');
    await terminal.settled();
    const page = new Page();
    terminal.attach(page, { epoch: 1, seq: 10 }, 80, 24);
    expect(page.answer).toMatchObject({ clear: true, replayUntil: terminal.nextSeq });
    expect(page.pieces[0]?.seq).toBe(page.answer?.from);
    expect(page.next).toBe(terminal.nextSeq);
    const screen = await shown(page.text);
    expect(screen[23]).toBe('bold end');
    expect(screen[22]).toBe(line(2 * Math.ceil(RING_BYTES / LINE_BYTES) - 1).trim());
  });

  it('is not shown the half of a sequence as text', async () => {
    const { terminal, feed } = bench();
    feed(lines(0, Math.ceil(RING_BYTES / LINE_BYTES) + 10));
    feed('\x1b[31');
    await terminal.settled();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    feed('mred');
    expect((await shown(page.text))[23]).toBe('red');
  });

  it('goes on exactly after a wake, since the guest’s memory came along', () => {
    const { terminal, feed } = bench();
    feed('before ');
    terminal.beginEpoch(2);
    feed('after');
    const page = new Page();
    terminal.attach(page, { epoch: 1, seq: 7 }, 80, 24);
    expect(page.answer).toMatchObject({ clear: false, from: 7, epoch: 2 });
    expect(page.text).toBe('after');
    const ahead = new Page();
    terminal.attach(ahead, { epoch: 1, seq: 8 }, 80, 24);
    expect(ahead.answer?.clear).toBe(true);
  });

  it('is told of the new epoch when it was there all the time', () => {
    const { terminal, feed } = bench();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    feed('one');
    terminal.beginEpoch(2);
    feed('two');
    expect(page.answer).toMatchObject({ epoch: 2, from: 3, clear: false });
    expect(page.pieces.at(-1)).toMatchObject({ epoch: 2, seq: 3 });
  });
});

describe('output', () => {
  it('that comes twice is shown once', () => {
    const { terminal } = bench();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    terminal.receive(0, Buffer.from('hello'));
    terminal.receive(3, Buffer.from('lo!'));
    terminal.receive(0, Buffer.from('he'));
    expect(page.text).toBe('hello!');
  });

  it('after a gap begins a clear screen', () => {
    const { terminal } = bench();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    terminal.receive(0, Buffer.from('hello'));
    terminal.receive(100, Buffer.from('later'));
    expect(page.answer).toMatchObject({ clear: true });
    expect(page.text).toBe('later');
    expect(page.next).toBe(105);
  });

  it('never exceeds a page’s window', () => {
    const { terminal, feed } = bench();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    feed('x'.repeat(BROWSER_WINDOW_BYTES + 1000));
    expect(page.next).toBe(BROWSER_WINDOW_BYTES);
    expect(terminal.acknowledge(page, 64_000)).toBe(true);
    expect(page.next).toBe(BROWSER_WINDOW_BYTES + 1000);
  });

  it('cannot be acknowledged before it was sent', () => {
    const { terminal, feed } = bench();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    feed('abc');
    expect(terminal.acknowledge(page, 4)).toBe(false);
    expect(terminal.acknowledge(page, 3)).toBe(true);
  });
});

describe('the guest', () => {
  it('is paced by the fastest page, not by a laggard', async () => {
    const { terminal, feed } = bench();
    const [fast, slow] = [new Page(), new Page()];
    terminal.attach(fast, null, 80, 24);
    terminal.attach(slow, null, 80, 24);
    feed('x'.repeat(GUEST_WINDOW_BYTES));
    await terminal.settled();
    expect(terminal.consumed(0).seq).toBe(0);
    terminal.acknowledge(fast, GUEST_WINDOW_BYTES);
    expect(terminal.consumed(0).seq).toBe(GUEST_WINDOW_BYTES);
  });

  it('runs freely when nobody looks', async () => {
    const { terminal, feed } = bench();
    feed('x'.repeat(100_000));
    await terminal.settled();
    expect(terminal.consumed(0).seq).toBe(100_000);
  });

  it('is not held by a page that stopped reading', async () => {
    const { terminal, feed, clock } = bench();
    const page = new Page();
    terminal.attach(page, null, 80, 24);
    feed('x'.repeat(GUEST_WINDOW_BYTES));
    await terminal.settled();
    expect(terminal.consumed(clock.nowMs)).toEqual({ seq: 0, askAgainMs: STALL_MS });
    clock.nowMs = STALL_MS;
    expect(terminal.consumed(clock.nowMs).seq).toBe(GUEST_WINDOW_BYTES);
  });

  it('leaves a laggard the present screen once the laggard is through with what it had', async () => {
    const { terminal, feed } = bench();
    const [fast, slow] = [new Page(), new Page()];
    terminal.attach(fast, null, 80, 24);
    terminal.attach(slow, null, 80, 24);
    const count = Math.ceil((2 * RING_BYTES) / LINE_BYTES);
    for (let n = 0; n < count; n += 1000) {
      feed(lines(n, Math.min(1000, count - n)));
      terminal.acknowledge(fast, terminal.nextSeq);
    }
    await terminal.settled();
    expect(fast.next).toBe(terminal.nextSeq);
    expect(slow.answers).toHaveLength(1);
    const sent = slow.next;
    expect(sent).toBe(BROWSER_WINDOW_BYTES);
    terminal.acknowledge(slow, sent);
    expect(slow.answer).toMatchObject({ clear: true });
    expect(slow.next).toBe(terminal.nextSeq);
    expect((await shown(slow.text))[22]).toBe(line(count - 1).trim());
  });
});

describe('the size', () => {
  it('is that of the page focused last, and the others are told', () => {
    const { terminal, resizes } = bench();
    const [first, second] = [new Page(), new Page()];
    terminal.attach(first, null, 100, 30);
    terminal.attach(second, null, 60, 20);
    expect(resizes).toEqual(['100x30']);
    expect(second.answer).toMatchObject({ cols: 100, rows: 30 });
    terminal.focus(second);
    expect(resizes).toEqual(['100x30', '60x20']);
    expect(first.sizes).toEqual(['60x20']);
    terminal.resize(first, 120, 40);
    expect(resizes).toHaveLength(2);
    expect(first.sizes).toEqual(['60x20', '60x20']);
    terminal.detach(second);
    expect(resizes.at(-1)).toBe('120x40');
  });
});

describe('a saved screen', () => {
  it('is there before the machine is, and goes on with the bytes that follow it', async () => {
    const before = bench();
    before.feed(lines(0, 200));
    before.feed('$ ');
    await before.terminal.settled();
    const saved = before.terminal.save();
    const after = bench(saved.exact ? 0 : saved.seq);
    await after.terminal.restore(saved);
    expect(after.terminal.nextSeq).toBe(before.terminal.nextSeq);
    const page = new Page();
    after.terminal.attach(page, null, 80, 24);
    after.terminal.receive(saved.seq, Buffer.from('echo'));
    const screen = await shown(page.text);
    expect(screen[22]).toBe(line(199).trim());
    expect(screen[23]).toBe('$ echo');
  });

  it('works for a terminal younger than its own picture', async () => {
    const before = bench();
    before.feed('\x1b[?2004h$ ');
    await before.terminal.settled();
    const saved = before.terminal.save();
    const after = bench(saved.exact ? 0 : saved.seq);
    await after.terminal.restore(saved);
    const page = new Page();
    after.terminal.attach(page, null, 80, 24);
    expect((await shown(page.text))[0]).toBe('$ ');
  });
});

describe('a recording', () => {
  it('holds every byte with the time it came at, and the sizes in between', () => {
    const { terminal, clock, feed } = bench();
    feed('one ');
    clock.nowMs = 1000;
    const page = new Page();
    terminal.attach(page, null, 100, 30);
    feed('two');
    expect(terminal.recording()).toEqual({
      size: { cols: 80, rows: 24 },
      whole: true,
      events: [
        { atMs: 0, bytes: Buffer.from('one ') },
        { atMs: 1000, size: { cols: 100, rows: 30 } },
        { atMs: 1000, bytes: Buffer.from('two') },
      ],
    });
  });

  it('ends up with what the ring still has, and says that it is not whole', () => {
    const { terminal, clock, feed } = bench();
    for (let n = 0; n < 40; n += 1) {
      clock.nowMs += 1000;
      feed('x'.repeat(RING_BYTES / 16));
    }
    const { whole, events } = terminal.recording();
    const bytes = events.reduce((sum, event) => sum + ('bytes' in event ? event.bytes.length : 0), 0);
    expect({ whole, bytes }).toEqual({ whole: false, bytes: RING_BYTES });
  });
});
