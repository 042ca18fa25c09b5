// Finds MARKER followed by a valid opening frame (HELLO or WELCOME) in a stream that may be anything before it.
import { decodeJson, readU32 } from './codec.ts';
import { HEADER_BYTES, MARKER } from './wire.ts';

/** `passed` are the bytes in front of the opening, in order, as views; `rest` is what follows it in the same chunk. */
export type Scan<T> =
  | { readonly found: false; readonly passed: readonly Uint8Array[] }
  | { readonly found: true; readonly passed: readonly Uint8Array[]; readonly opening: T; readonly rest: Uint8Array };

export type OpeningRule<T> = {
  readonly type: number;
  /** A marker followed by a longer frame is no opening; this bounds what is held back. */
  readonly maxPayloadBytes: number;
  /** The opening's contents, or undefined where they are not one for us. */
  readonly parse: (value: unknown) => T | undefined;
};

/**
 * Bytes are passed on at once, apart from a whole MARKER and what follows it until it proves to be an opening or not.
 * A MARKER cut by the chunk border is recognised as well; its first part has then been passed on already, which costs
 * nothing: the frame it landed in is abandoned.
 */
export class MarkerScanner<T> {
  readonly #rule: OpeningRule<T>;
  /** how much of MARKER the last chunk ended with */
  #matched = 0;
  /** whole MARKER and what followed it, undecided */
  #held: Uint8Array | undefined;
  /** bytes of `#held` that were passed on before */
  #heldPassed = 0;

  constructor(rule: OpeningRule<T>) {
    this.#rule = rule;
  }

  get heldBytes(): number {
    return this.#held?.length ?? 0;
  }

  push(chunk: Uint8Array): Scan<T> {
    const passed: Uint8Array[] = [];
    const bytes = this.#resume(chunk);
    // from here on `bytes` is all that is undecided, `skip` the part of it that was passed on before
    const skip = this.#heldPassed;
    this.#held = undefined;
    this.#heldPassed = 0;
    const pass = (from: number, to: number): void => {
      if (to > Math.max(from, skip)) passed.push(bytes.subarray(Math.max(from, skip), to));
    };
    let at = 0;
    for (;;) {
      const marker = this.#next(bytes, at);
      if (marker < 0) {
        pass(at, bytes.length);
        return { found: false, passed };
      }
      pass(at, marker);
      const verdict = this.#judge(bytes, marker + MARKER.length);
      if (verdict === 'undecided') {
        // a copy (a Buffer's own slice would be a view): the chunk belongs to the caller
        this.#held = new Uint8Array(bytes.subarray(marker));
        this.#heldPassed = Math.max(0, skip - marker);
        this.#matched = 0;
        return { found: false, passed };
      }
      if (verdict !== 'no') {
        this.#matched = 0;
        return { found: true, passed, opening: verdict.opening, rest: bytes.subarray(verdict.end) };
      }
      pass(marker, marker + MARKER.length);
      at = marker + MARKER.length;
    }
  }

  /** The chunk with what was held or half matched before put in front. */
  #resume(chunk: Uint8Array): Uint8Array {
    if (this.#held !== undefined) return join(this.#held, chunk);
    if (this.#matched === 0) return chunk;
    const rest = MARKER.length - this.#matched;
    const usable = Math.min(rest, chunk.length);
    for (let i = 0; i < usable; i++) {
      if (chunk[i] !== MARKER[this.#matched + i]) {
        // MARKER's first byte occurs in it only once, so a broken match can begin again only in the new chunk
        this.#matched = 0;
        return chunk;
      }
    }
    this.#heldPassed = this.#matched;
    return join(MARKER.subarray(0, this.#matched), chunk);
  }

  /** Where the next whole MARKER is; remembers a partial one at the end. */
  #next(bytes: Uint8Array, from: number): number {
    const first = MARKER[0] ?? 0;
    this.#matched = 0;
    for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
      let same = 1;
      while (same < MARKER.length && at + same < bytes.length && bytes[at + same] === MARKER[same]) same++;
      if (same === MARKER.length) return at;
      if (at + same === bytes.length) {
        this.#matched = same;
        return -1;
      }
    }
    return -1;
  }

  #judge(bytes: Uint8Array, at: number): 'no' | 'undecided' | { opening: T; end: number } {
    if (bytes.length - at < HEADER_BYTES) return 'undecided';
    const length = readU32(bytes, at);
    if (length > this.#rule.maxPayloadBytes || bytes[at + 4] !== this.#rule.type || readU32(bytes, at + 5) !== 0)
      return 'no';
    const end = at + HEADER_BYTES + length;
    if (bytes.length < end) return 'undecided';
    let opening: T | undefined;
    try {
      opening = this.#rule.parse(decodeJson(bytes.subarray(at + HEADER_BYTES, end)));
    } catch {
      return 'no';
    }
    return opening === undefined ? 'no' : { opening, end };
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
