// The browser's half of the input window: what is sent, what waits, what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INPUT_WINDOW_BYTES } from '../../../sandbox/protocol/flow.ts';
import * as windows from '../../../site/client/input-window.ts';

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(0x61);
const sent = (sending: windows.Sending): number => sending.send.reduce((sum, piece) => sum + piece.byteLength, 0);
const open = (): windows.InputWindow => windows.openWindow(windows.CLOSED).window;
const CTRL_C = Uint8Array.of(3);

describe('input', () => {
  it('is held while a replay runs, and sent once it is over', () => {
    const held = windows.offer(windows.CLOSED, bytes(3));
    expect(sent(held)).toBe(0);
    expect(sent(windows.openWindow(held.window))).toBe(3);
  });

  it('is refused, not kept, when more is typed into a broken connection than anyone would type', () => {
    const refused = windows.offer(windows.CLOSED, bytes(windows.HELD_LIMIT_BYTES + 1));
    expect(refused.refused).toBe(true);
    expect(windows.queuedBytes(refused.window)).toBe(0);
  });

  it('of a large paste goes out by the window and then as the shell takes it', () => {
    const first = windows.offer(open(), bytes(200_000));
    expect(sent(first)).toBe(INPUT_WINDOW_BYTES - windows.URGENT_RESERVE_BYTES);
    expect(sent(windows.grant(first.window, 1000))).toBe(1000);
  });

  it('beyond a mebibyte is refused whole', () => {
    expect(windows.offer(open(), bytes(windows.QUEUE_LIMIT_BYTES + 1))).toMatchObject({ refused: true, send: [] });
  });

  it('keeps room for Ctrl-C when a paste fills the window, and drops the rest of the paste', () => {
    const full = windows.offer(open(), bytes(200_000)).window;
    const interrupt = windows.offer(full, CTRL_C);
    expect(interrupt.send).toEqual([CTRL_C]);
    expect(windows.queuedBytes(interrupt.window)).toBe(0);
  });

  it('never exceeds what the server granted', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('offer' as const), n: fc.integer({ min: 1, max: 90_000 }) }),
      fc.record({ kind: fc.constant('grant' as const), n: fc.integer({ min: 1, max: 70_000 }) }),
      fc.record({ kind: fc.constant('interrupt' as const), n: fc.constant(1) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let window = open();
        let owed = 0;
        for (const { kind, n } of steps) {
          const granted = Math.min(n, owed);
          const sending =
            kind === 'grant'
              ? windows.grant(window, granted)
              : windows.offer(window, kind === 'offer' ? bytes(n) : CTRL_C);
          if (kind === 'grant') owed -= granted;
          owed += sent(sending);
          window = sending.window;
          expect(owed).toBeLessThanOrEqual(INPUT_WINDOW_BYTES);
        }
      }),
    );
  });
});

describe('a lost connection', () => {
  it('drops the rest of a paste and says how much', () => {
    const half = windows.offer(open(), bytes(100_000)).window;
    const closed = windows.closeWindow(half);
    expect(closed.lostBytes).toBe(100_000 - INPUT_WINDOW_BYTES + windows.URGENT_RESERVE_BYTES);
    expect(windows.queuedBytes(closed.window)).toBe(0);
  });

  it('begins the next one with a whole window', () => {
    const spent = windows.offer(open(), bytes(60_000)).window;
    const again = windows.openWindow(windows.closeWindow(spent).window).window;
    expect(again.credit).toBe(INPUT_WINDOW_BYTES);
  });

  it('is not what an unasked replay is: what is under way stays owed', () => {
    const spent = windows.offer(open(), bytes(60_000)).window;
    expect(windows.openWindow(windows.holdWindow(spent)).window.credit).toBe(INPUT_WINDOW_BYTES - 60_000);
  });
});
