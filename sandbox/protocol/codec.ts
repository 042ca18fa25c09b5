// Bytes to frames and back: encoder, incremental decoder, sequence numbers. Runs in a browser as well as in Node.
import { FRAME, HEADER_BYTES, MARKER, MAX_PAYLOAD_BYTES } from './wire.ts';
import type { Frame, FrameType } from './wire.ts';

export type ProtocolErrorCode = 'oversized-frame' | 'unknown-frame' | 'short-frame' | 'bad-json' | 'bad-sequence';

/** The peer broke the wire format. There is no way to go on with the stream. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  constructor(code: ProtocolErrorCode, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
  }
}

/** What a host may be sent by a guest, and a guest by a host. */
export const FROM_GUEST: ReadonlySet<number> = new Set([
  FRAME.result,
  FRAME.event,
  FRAME.xray,
  FRAME.output,
  FRAME.inputAck,
  FRAME.data,
  FRAME.credit,
  FRAME.end,
]);
export const FROM_HOST: ReadonlySet<number> = new Set([
  FRAME.call,
  FRAME.outputAck,
  FRAME.input,
  FRAME.data,
  FRAME.credit,
  FRAME.end,
]);

export const SEQUENCE_BYTES = 8;

/** Writes `value` (a safe integer ≥ 0) as u64 BE at `offset`. */
export function writeSequence(target: Uint8Array, offset: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a sequence number: ${value}`);
  writeU32(target, offset, Math.floor(value / 0x1_0000_0000));
  writeU32(target, offset + 4, value >>> 0);
}

/** Reads a u64 BE. Throws where it is beyond 2^53 - 1: 9 PB of terminal output are no honest sequence. */
export function readSequence(source: Uint8Array, offset: number): number {
  const value = readU32(source, offset) * 0x1_0000_0000 + readU32(source, offset + 4);
  if (!Number.isSafeInteger(value)) throw new ProtocolError('bad-sequence', 'sequence number beyond 2^53');
  return value;
}

export function writeU32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}

/** Reads a u32 BE; throws ProtocolError where the payload is too short to hold one. */
export function readU32(source: Uint8Array, offset: number): number {
  const a = source[offset];
  const b = source[offset + 1];
  const c = source[offset + 2];
  const d = source[offset + 3];
  if (a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new ProtocolError('short-frame', 'payload too short for its number');
  }
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

/** Writes the 9 header bytes at `offset`. */
export function writeHeader(target: Uint8Array, offset: number, type: FrameType, stream: number, length: number): void {
  if (length > MAX_PAYLOAD_BYTES) throw new RangeError(`payload of ${length} bytes does not fit a frame`);
  writeU32(target, offset, length);
  target[offset + 4] = type;
  writeU32(target, offset + 5, stream);
}

/** One frame as one piece of memory. `parts` are joined as its payload. */
export function encodeFrame(type: FrameType, stream: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = new Uint8Array(HEADER_BYTES + length);
  writeHeader(frame, 0, type, stream, length);
  let offset = HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, offset);
    offset += part.length;
  }
  return frame;
}

// Both are in every browser and in Node; this folder is compiled without the types of either.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new (label: 'utf-8', options: { fatal: true }) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A frame with a JSON payload on stream 0. Throws RangeError where the JSON is longer than a frame. */
export function encodeJson(type: FrameType, value: unknown): Uint8Array {
  return encodeFrame(type, 0, encoder.encode(JSON.stringify(value)));
}

export function decodeJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(payload));
  } catch (cause) {
    throw new ProtocolError('bad-json', `payload is no JSON: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
}

/** MARKER and the opening frame in one piece, so that one write carries both. */
export function encodeOpening(type: typeof FRAME.hello | typeof FRAME.welcome, value: unknown): Uint8Array {
  const frame = encodeJson(type, value);
  const opening = new Uint8Array(MARKER.length + frame.length);
  opening.set(MARKER);
  opening.set(frame, MARKER.length);
  return opening;
}

/** Where `bytes` holds the whole MARKER at or after `from`, or -1. UTF-8 never contains its first byte, so this is cheap. */
export function findMarker(bytes: Uint8Array, from = 0): number {
  const first = MARKER[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + MARKER.length > bytes.length) return -1;
    let same = 1;
    while (same < MARKER.length && bytes[at + same] === MARKER[same]) same++;
    if (same === MARKER.length) return at;
  }
  return -1;
}

/** Cuts raw bytes into payloads of at most `maxBytes` none of which contains MARKER: a pasted one must not look like a new host. */
export function* payloadsOf(bytes: Uint8Array, maxBytes = MAX_PAYLOAD_BYTES): Generator<Uint8Array> {
  let start = 0;
  let marker = findMarker(bytes);
  while (start < bytes.length) {
    while (marker >= 0 && marker < start) marker = findMarker(bytes, marker + 1);
    let stop = Math.min(start + maxBytes, bytes.length);
    if (marker >= 0 && marker + MARKER.length <= stop) stop = marker + MARKER.length / 2;
    yield bytes.subarray(start, stop);
    start = stop;
  }
}

/** Turns chunks cut anywhere into frames. Holds at most one frame's payload; throws ProtocolError at the first broken header. */
export class FrameDecoder {
  readonly #accepted: ReadonlySet<number>;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerFill = 0;
  #payload: Uint8Array | undefined;
  #payloadFill = 0;

  constructor(accepted: ReadonlySet<number>) {
    this.#accepted = accepted;
  }

  /** Bytes of memory held for an unfinished frame. */
  get heldBytes(): number {
    return this.#payload?.length ?? 0;
  }

  /** The frames completed by `chunk`, one at a time. A payload is a view into `chunk` where the frame did not cross chunks. */
  *push(chunk: Uint8Array): Generator<Frame> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#payload === undefined && this.#headerFill === 0 && chunk.length - at >= HEADER_BYTES) {
        const length = this.#checkedLength(chunk, at);
        const stop = at + HEADER_BYTES + length;
        if (stop <= chunk.length) {
          const frame = frameOf(chunk, at, chunk.subarray(at + HEADER_BYTES, stop));
          at = stop;
          yield frame;
          continue;
        }
      }
      at += this.#gather(chunk, at);
      if (this.#payload !== undefined && this.#payloadFill === this.#payload.length) {
        const frame = frameOf(this.#header, 0, this.#payload);
        this.reset();
        yield frame;
      }
    }
  }

  reset(): void {
    this.#headerFill = 0;
    this.#payload = undefined;
    this.#payloadFill = 0;
  }

  /** Copies what `chunk` has for the unfinished frame; returns the bytes taken. */
  #gather(chunk: Uint8Array, at: number): number {
    if (this.#payload === undefined) {
      const taken = Math.min(HEADER_BYTES - this.#headerFill, chunk.length - at);
      this.#header.set(chunk.subarray(at, at + taken), this.#headerFill);
      this.#headerFill += taken;
      if (this.#headerFill === HEADER_BYTES) this.#payload = new Uint8Array(this.#checkedLength(this.#header, 0));
      return taken;
    }
    const taken = Math.min(this.#payload.length - this.#payloadFill, chunk.length - at);
    this.#payload.set(chunk.subarray(at, at + taken), this.#payloadFill);
    this.#payloadFill += taken;
    return taken;
  }

  #checkedLength(bytes: Uint8Array, at: number): number {
    const length = readU32(bytes, at);
    if (length > MAX_PAYLOAD_BYTES) throw new ProtocolError('oversized-frame', `frame of ${length} bytes`);
    const type = bytes[at + 4] ?? 0;
    if (!this.#accepted.has(type)) throw new ProtocolError('unknown-frame', `frame of type ${type}`);
    return length;
  }
}

function frameOf(header: Uint8Array, at: number, payload: Uint8Array): Frame {
  return { type: header[at + 4] ?? 0, stream: readU32(header, at + 5), payload };
}
