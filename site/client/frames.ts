// The two binary frames of the session's socket: output to a terminal, input from it (layout in site/api/socket.ts).
import { INPUT_HEADER_BYTES, INPUT_MESSAGE, OUTPUT_HEADER_BYTES, OUTPUT_MESSAGE } from '../api/socket.ts';

export type OutputFrame = {
  readonly terminal: number;
  readonly epoch: number;
  /** position of the first byte */
  readonly seq: number;
  readonly bytes: Uint8Array;
};

/** The frame in `buffer`, or undefined when it is no output frame (a server of another version). */
export function decodeOutput(buffer: ArrayBuffer): OutputFrame | undefined {
  if (buffer.byteLength < OUTPUT_HEADER_BYTES) return undefined;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== OUTPUT_MESSAGE) return undefined;
  const seq = view.getBigUint64(7);
  if (seq > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return {
    terminal: view.getUint16(1),
    epoch: view.getUint32(3),
    seq: Number(seq),
    bytes: new Uint8Array(buffer, OUTPUT_HEADER_BYTES),
  };
}

export function encodeInput(terminal: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(INPUT_HEADER_BYTES + bytes.byteLength);
  const view = new DataView(frame.buffer);
  view.setUint8(0, INPUT_MESSAGE);
  view.setUint16(1, terminal);
  frame.set(bytes, INPUT_HEADER_BYTES);
  return frame;
}
