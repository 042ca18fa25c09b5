// The frame codec and the marker scanner: any cutting of the stream gives the same frames, and nothing hostile gets through.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FROM_GUEST,
  FrameDecoder,
  ProtocolError,
  decodeJson,
  encodeFrame,
  encodeOpening,
  findMarker,
  payloadsOf,
  readSequence,
  writeHeader,
  writeSequence,
} from '../../sandbox/protocol/codec.ts';
import { MarkerScanner } from '../../sandbox/protocol/marker-scanner.ts';
import type { FrameType } from '../../sandbox/protocol/wire.ts';
import { FRAME, HEADER_BYTES, MARKER, MAX_PAYLOAD_BYTES } from '../../sandbox/protocol/wire.ts';

const types = [...FROM_GUEST] as FrameType[];
const frame = fc.record({
  type: fc.constantFrom(...types),
  stream: fc.nat(0xffff_ffff),
  payload: fc.uint8Array({ maxLength: 300 }),
});
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 50 });

/** `bytes` in pieces of the given sizes, over and over. */
function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.slice(at, at + size);
    at += size;
  }
}

const flat = (pieces: readonly Uint8Array[]): Buffer => Buffer.concat(pieces);

describe('the frame decoder', () => {
  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), cuts, (frames, sizes) => {
        const stream = flat(frames.map(({ type, stream: id, payload }) => encodeFrame(type, id, payload)));
        const decoder = new FrameDecoder(FROM_GUEST);
        const got: unknown[] = [];
        for (const piece of cut(stream, sizes)) {
          for (const each of decoder.push(piece)) got.push({ ...each, payload: new Uint8Array(each.payload) });
        }
        expect(got).toEqual(frames);
        expect(decoder.heldBytes).toBe(0);
      }),
    );
  });

  it('never holds more than one payload, whatever it is fed', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 50 }), (chunks) => {
        const decoder = new FrameDecoder(FROM_GUEST);
        try {
          for (const chunk of chunks) {
            for (const each of decoder.push(chunk)) expect(FROM_GUEST.has(each.type)).toBe(true);
            expect(decoder.heldBytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });

  it('refuses a length beyond the limit before it keeps a byte of it', () => {
    const header = encodeFrame(FRAME.output, 1);
    header.set([0, 1, 0, 1], 0);
    const decoder = new FrameDecoder(FROM_GUEST);
    expect(() => [...decoder.push(header)]).toThrow(expect.objectContaining({ code: 'oversized-frame' }));
    expect(decoder.heldBytes).toBe(0);
  });

  it.each([0x00, 0x03, 0x7f, 0xff, FRAME.call, FRAME.hello, FRAME.welcome])('refuses type %d from a guest', (type) => {
    const bytes = encodeFrame(FRAME.output, 1);
    bytes[4] = type;
    expect(() => [...new FrameDecoder(FROM_GUEST).push(bytes)]).toThrow(
      expect.objectContaining({ code: 'unknown-frame' }),
    );
  });

  it('waits silently for the rest of a truncated frame', () => {
    const bytes = encodeFrame(FRAME.output, 7, new Uint8Array(1000));
    const decoder = new FrameDecoder(FROM_GUEST);
    expect([...decoder.push(bytes.subarray(0, -1))]).toEqual([]);
    expect([...decoder.push(bytes.subarray(-1))]).toHaveLength(1);
  });

  it('takes the largest payload and encodes none beyond it', () => {
    const largest = encodeFrame(FRAME.output, 1, new Uint8Array(MAX_PAYLOAD_BYTES));
    expect([...new FrameDecoder(FROM_GUEST).push(largest)]).toHaveLength(1);
    expect(() => encodeFrame(FRAME.output, 1, new Uint8Array(MAX_PAYLOAD_BYTES + 1))).toThrow(RangeError);
  });
});

describe('numbers and text on the wire', () => {
  it('carry every safe sequence number', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = new Uint8Array(8);
        writeSequence(bytes, 0, value);
        expect(readSequence(bytes, 0)).toBe(value);
        expect(Buffer.from(bytes).readBigUInt64BE()).toBe(BigInt(value));
      }),
    );
  });

  it('refuse numbers beyond 2^53 and numbers that are cut short', () => {
    expect(() => readSequence(new Uint8Array(8).fill(0xff), 0)).toThrow(
      expect.objectContaining({ code: 'bad-sequence' }),
    );
    expect(() => readSequence(new Uint8Array(7), 0)).toThrow(expect.objectContaining({ code: 'short-frame' }));
  });

  it('refuse broken UTF-8 and broken JSON', () => {
    for (const bytes of [Uint8Array.of(0xff), Buffer.from('{'), new Uint8Array()]) {
      expect(() => decodeJson(bytes)).toThrow(expect.objectContaining({ code: 'bad-json' }));
    }
  });
});

describe('payloads that contain the marker', () => {
  it('are cut so that none contains it, and lose nothing', () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(MARKER), fc.constant(MARKER.slice(0, 9)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 20, max: 200 }), (pieces, limit) => {
        const bytes = flat(pieces);
        const payloads = [...payloadsOf(bytes, limit)];
        expect(flat(payloads).equals(bytes)).toBe(true);
        for (const payload of payloads) {
          expect(findMarker(payload)).toBe(-1);
          expect(payload.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});

describe('the marker scanner', () => {
  const scannerOf = (): MarkerScanner<string> =>
    new MarkerScanner({
      type: FRAME.hello,
      maxPayloadBytes: 64,
      parse: (value) => (value !== null && typeof value === 'object' && 'hi' in value ? String(value.hi) : undefined),
    });
  const opening = encodeOpening(FRAME.hello, { hi: 'there' });

  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constant(MARKER.slice(0, 5)),
    fc.constant(MARKER),
    // a marker followed by a header that promises too much, and by an opening for somebody else
    fc.constant(flat([MARKER, Uint8Array.of(0, 0, 1, 0, FRAME.hello, 0, 0, 0, 0)])),
    fc.constant(Buffer.from(encodeOpening(FRAME.hello, { bye: 1 }))),
  );

  it('passes on everything in front of the opening, finds it and leaves the rest, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 8 }), fc.uint8Array({ maxLength: 30 }), cuts, (before, after, sizes) => {
        // a noise that ends as a candidate would swallow the opening into its payload: that is a stream cut short
        const front = flat([...before, new Uint8Array(80)]);
        const scanner = scannerOf();
        const passed: Uint8Array[] = [];
        const rest: Uint8Array[] = [];
        let found: string | undefined;
        for (const piece of cut(flat([front, opening, after]), sizes)) {
          if (found !== undefined) {
            rest.push(piece);
            continue;
          }
          const scan = scanner.push(piece);
          passed.push(...scan.passed.map((each) => new Uint8Array(each)));
          expect(scanner.heldBytes).toBeLessThanOrEqual(MARKER.length + HEADER_BYTES + 64 + 40);
          if (scan.found) {
            found = scan.opening;
            rest.push(scan.rest);
          }
        }
        expect(found).toBe('there');
        expect(flat(rest).equals(Buffer.from(after))).toBe(true);
        // at most a marker that the border had cut was passed on as well
        const all = flat(passed);
        expect(all.subarray(0, front.length).equals(front)).toBe(true);
        expect(MARKER.slice(0, all.length - front.length)).toEqual(new Uint8Array(all.subarray(front.length)));
        expect(all.length - front.length).toBeLessThan(MARKER.length);
      }),
    );
  });

  it('gives a marker back as ordinary bytes once it is clear that no opening follows', () => {
    const scanner = scannerOf();
    const header = new Uint8Array(HEADER_BYTES);
    writeHeader(header, 0, FRAME.input, 1, 3);
    const stream = flat([MARKER, header]);
    expect(flat([...scanner.push(stream).passed]).equals(stream)).toBe(true);
    expect(scanner.heldBytes).toBe(0);
  });
});
