// Positions of a terminal's output in the page: what is written, acknowledged, replayed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BROWSER_ACK_BYTES } from '../../../sandbox/protocol/flow.ts';
import * as ledgers from '../../../site/client/output-ledger.ts';

const attached = (from: number, replayUntil = from, epoch = 1): ledgers.Ledger =>
  ledgers.attach(ledgers.EMPTY, { epoch, from, replayUntil });
const frame = (seq: number, length: number, epoch = 1) => ({ terminal: 1, epoch, seq, bytes: new Uint8Array(length) });

describe('output that arrives', () => {
  it('is stale before the server answered an attach', () => {
    expect(ledgers.receive(ledgers.EMPTY, frame(0, 5))[1].kind).toBe('stale');
  });

  it('is stale when it belongs to another epoch', () => {
    expect(ledgers.receive(attached(0), frame(0, 5, 2))[1].kind).toBe('stale');
  });

  it('is a gap when bytes are missing before it', () => {
    const [ledger, receipt] = ledgers.receive(attached(10), frame(11, 5));
    expect(receipt.kind).toBe('gap');
    expect(ledger.received).toBe(10);
  });

  it('is written without what was there already', () => {
    const [ledger, receipt] = ledgers.receive(attached(10), frame(6, 8));
    expect(receipt).toMatchObject({ kind: 'write', until: 14 });
    expect(receipt.kind === 'write' && receipt.bytes.byteLength).toBe(4);
    expect(ledger.received).toBe(14);
  });

  it('is written once, however frames overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(60)), { maxLength: 40 }), (frames) => {
        let ledger = attached(0);
        let written = 0;
        for (const [seq, length] of frames) {
          const [next, receipt] = ledgers.receive(ledger, frame(seq, length));
          if (receipt.kind === 'write') written += receipt.bytes.byteLength;
          ledger = next;
        }
        expect(written).toBe(ledger.received);
      }),
    );
  });
});

describe('acknowledgements', () => {
  it('come when enough bytes were parsed, not when they arrived', () => {
    const [received] = ledgers.receive(attached(0), frame(0, BROWSER_ACK_BYTES));
    const [early, none] = ledgers.parse(received, received.generation, BROWSER_ACK_BYTES - 1);
    expect(none).toBeUndefined();
    expect(ledgers.parse(early, received.generation, BROWSER_ACK_BYTES)[1]).toBe(BROWSER_ACK_BYTES);
  });

  it('start over after each one', () => {
    const first = ledgers.parse(attached(0), 1, BROWSER_ACK_BYTES)[0];
    expect(ledgers.parse(first, 1, 2 * BROWSER_ACK_BYTES - 1)[1]).toBeUndefined();
    expect(ledgers.parse(first, 1, 2 * BROWSER_ACK_BYTES)[1]).toBe(2 * BROWSER_ACK_BYTES);
  });

  it('are not sent for an attachment that is over', () => {
    const again = ledgers.attach(attached(0), { epoch: 1, from: 500, replayUntil: 500 });
    expect(ledgers.parse(again, 1, BROWSER_ACK_BYTES * 4)).toEqual([again, undefined]);
  });

  it('are not sent while the connection is away', () => {
    const away = ledgers.detach(attached(0));
    expect(ledgers.parse(away, away.generation, BROWSER_ACK_BYTES * 2)[1]).toBeUndefined();
  });
});

describe('a replay', () => {
  it('lasts until its last byte was parsed', () => {
    const ledger = attached(0, 100);
    expect(ledgers.replaying(ledger)).toBe(true);
    expect(ledgers.replaying(ledgers.parse(ledger, 1, 99)[0])).toBe(true);
    expect(ledgers.replaying(ledgers.parse(ledger, 1, 100)[0])).toBe(false);
  });

  it('goes on from what was received, also while that is still being parsed', () => {
    const [ledger] = ledgers.receive(attached(0), frame(0, 30));
    expect(ledgers.position(ledgers.detach(ledger))).toEqual({ epoch: 1, seq: 30 });
  });

  it('is asked from the beginning where nothing was ever shown', () => {
    expect(ledgers.position(ledgers.EMPTY)).toBeNull();
  });
});
