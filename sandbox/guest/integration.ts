// Finds the shell's own marks (OSC 133 A, B, C, D) in terminal output, across chunk borders. Only marks that carry the
// terminal's nonce count, so that `cat` of a file with marks in it says nothing.

export type ShellMark =
  | { readonly kind: 'prompt' | 'command'; readonly offset: number }
  | { readonly kind: 'finished'; readonly exitCode: number | null; readonly offset: number };

const INTRODUCER = Buffer.from('\x1b]133;');

/** `D;255;` and a nonce of 64 characters fit; anything longer is none of our marks. */
const MAX_MARK_BYTES = 128;

export class MarkScanner {
  readonly #nonce: string;
  /** the beginning of a mark that the last chunk ended with */
  #tail: Buffer = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#nonce = nonce;
  }

  /** Marks completed by `chunk`. `offset` is where the byte after the mark lies, relative to the chunk's first byte. */
  push(chunk: Buffer): readonly ShellMark[] {
    const carried = this.#tail.length;
    // the usual chunk has no mark and needs no copy
    const bytes = carried === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    if (carried > 0) this.#tail = Buffer.alloc(0);
    const marks: ShellMark[] = [];
    let at = bytes.indexOf(INTRODUCER);
    while (at >= 0) {
      const end = endOfMark(bytes, at + INTRODUCER.length);
      if (end === 'open') {
        this.#tail = Buffer.from(bytes.subarray(at));
        return marks;
      }
      if (end !== 'none') {
        const text = bytes.toString('latin1', at + INTRODUCER.length, end.stop);
        const mark = this.#markOf(text, end.after - carried);
        if (mark !== undefined) marks.push(mark);
      }
      at = bytes.indexOf(INTRODUCER, at + 1);
    }
    const partial = partialIntroducer(bytes);
    if (partial > 0) this.#tail = Buffer.from(bytes.subarray(bytes.length - partial));
    return marks;
  }

  #markOf(text: string, offset: number): ShellMark | undefined {
    const fields = text.split(';');
    if (fields.at(-1) !== this.#nonce || fields.length < 2) return undefined;
    if (fields[0] === 'B' && fields.length === 2) return { kind: 'prompt', offset };
    if (fields[0] === 'C' && fields.length === 2) return { kind: 'command', offset };
    if (fields[0] === 'D' && fields.length === 3) {
      const exit = fields[1] ?? '';
      return { kind: 'finished', exitCode: /^\d{1,3}$/.test(exit) ? Number(exit) : null, offset };
    }
    return undefined;
  }
}

/** Where the mark's text stops and what comes after its terminator (BEL, or ESC \). */
function endOfMark(bytes: Buffer, from: number): { stop: number; after: number } | 'open' | 'none' {
  const limit = Math.min(bytes.length, from + MAX_MARK_BYTES);
  for (let i = from; i < limit; i++) {
    const byte = bytes[i];
    if (byte === 0x07) return { stop: i, after: i + 1 };
    if (byte === 0x1b) {
      if (i + 1 === bytes.length) return 'open';
      return bytes[i + 1] === 0x5c ? { stop: i, after: i + 2 } : 'none';
    }
  }
  return limit === bytes.length && limit < from + MAX_MARK_BYTES ? 'open' : 'none';
}

/** How many of the last bytes may begin an introducer. */
function partialIntroducer(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - INTRODUCER.length + 1);
  const at = bytes.lastIndexOf(0x1b);
  if (at < from) return 0;
  return INTRODUCER.subarray(0, bytes.length - at).equals(bytes.subarray(at)) ? bytes.length - at : 0;
}
