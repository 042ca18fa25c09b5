// The ring of output, the tail of unfinished sequences, the output budget and the input line.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INPUT_WINDOW_BYTES } from '../../../sandbox/protocol/flow.ts';
import { Budget } from '../../../sandbox/session/budget.ts';
import { InputLine } from '../../../sandbox/session/input.ts';
import { Ring } from '../../../sandbox/session/ring.ts';
import { unfinishedTail } from '../../../sandbox/session/tail.ts';

describe('the ring', () => {
  it('gives back exactly the bytes it still has, whatever the sizes of the pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70_000 }), { maxLength: 12 }), fc.nat(5000), (pieces, start) => {
        const capacity = 100_000;
        const ring = new Ring(capacity, start);
        const all = Buffer.concat(pieces);
        for (const piece of pieces) ring.push(piece);
        expect(ring.nextSeq).toBe(start + all.length);
        expect(ring.firstSeq).toBe(start + Math.max(0, all.length - capacity));
        expect(ring.read(ring.firstSeq, capacity).equals(all.subarray(ring.firstSeq - start))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses bytes it lost or never had', () => {
    const ring = new Ring(10);
    ring.push(Buffer.alloc(25));
    expect(() => ring.read(14, 1)).toThrow(RangeError);
    expect(() => ring.read(26, 1)).toThrow(RangeError);
    expect(ring.read(25, 1)).toHaveLength(0);
  });
});

describe('the tail of a terminal’s output', () => {
  const tail = (text: string | number[]) => unfinishedTail(Buffer.from(text as string));

  it('is empty after whole sequences and characters', () => {
    for (const text of ['', 'abc', 'a\x1b[31m', 'x\x1b]0;title\x07', '\x1b]0;t\x1b\\', '\x1b(B', '한', '\x1b[0m한글']) {
      expect(tail(text), JSON.stringify(text)).toBe(0);
    }
  });

  it('begins where an escape sequence was cut', () => {
    expect(tail('abc\x1b')).toBe(1);
    expect(tail('abc\x1b[')).toBe(2);
    expect(tail('abc\x1b[38;5')).toBe(6);
    expect(tail('abc\x1b(')).toBe(2);
    expect(tail('abc\x1b]133;D')).toBe(7);
    expect(tail('abc\x1b]0;t\x1b')).toBe(6);
  });

  it('begins where a character was cut', () => {
    const bytes = [...Buffer.from('a한')];
    expect(tail(bytes.slice(0, 2))).toBe(1);
    expect(tail(bytes.slice(0, 3))).toBe(2);
    expect(tail([0x61, 0xf0, 0x9f, 0x98])).toBe(3);
  });
});

describe('the output budget', () => {
  it('grants a burst of one second, then the rate', () => {
    const budget = new Budget(1000, 0);
    expect(budget.take(5000, 0)).toBe(1000);
    expect(budget.take(5000, 0)).toBe(0);
    expect(budget.waitMs(500)).toBe(500);
    expect(budget.take(5000, 500)).toBe(500);
  });
});

describe('the input line', () => {
  it('never lets more under way than the guest’s window, and keeps the order', () => {
    const line = new InputLine<string>();
    expect(line.offer('a', Buffer.alloc(INPUT_WINDOW_BYTES, 'a'))).toBe(true);
    expect(line.offer('b', Buffer.from('bb'))).toBe(true);
    expect(Buffer.concat(line.take())).toHaveLength(INPUT_WINDOW_BYTES);
    expect(line.take()).toEqual([]);
    expect(line.taken(1)).toEqual([{ sender: 'a', bytes: 1 }]);
    expect(Buffer.concat(line.take()).toString()).toBe('b');
  });

  it('gives each page the credit of its own bytes', () => {
    const line = new InputLine<string>();
    line.offer('a', Buffer.from('aaa'));
    line.offer('b', Buffer.from('bb'));
    line.take();
    expect(line.taken(4)).toEqual([
      { sender: 'a', bytes: 3 },
      { sender: 'b', bytes: 1 },
    ]);
  });

  it('does not believe a guest that took more than it was sent', () => {
    const line = new InputLine<string>();
    line.offer('a', Buffer.from('aaa'));
    line.take();
    expect(line.taken(1_000_000)).toEqual([{ sender: 'a', bytes: 3 }]);
    expect(line.taken(1)).toEqual([]);
  });

  it('refuses a page that ignores its window', () => {
    const line = new InputLine<string>();
    expect(line.offer('a', Buffer.alloc(2 * INPUT_WINDOW_BYTES))).toBe(true);
    expect(line.offer('a', Buffer.alloc(1))).toBe(false);
    expect(line.offer('b', Buffer.alloc(1))).toBe(true);
  });

  it('counts what was under way as arrived when the way broke', () => {
    const line = new InputLine<string>();
    line.offer('a', Buffer.from('aaa'));
    line.take();
    expect(line.lost()).toEqual([{ sender: 'a', bytes: 3 }]);
    expect(line.take()).toEqual([]);
  });
});
