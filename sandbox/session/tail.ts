// Whether a stretch of terminal output ends in the middle of something: an escape sequence or a UTF-8 character.

/** Longer unfinished sequences are taken as done: a window title, not a screen. */
const LOOK_BACK_BYTES = 512;

const ESC = 0x1b;

/** How many bytes at the end of `bytes` belong to a sequence that is not complete yet.
 * A screen taken there must be followed by those bytes again, or the rest would be printed as text. */
export function unfinishedTail(bytes: Uint8Array): number {
  const from = Math.max(0, bytes.length - LOOK_BACK_BYTES);
  const escape = bytes.lastIndexOf(ESC);
  if (escape >= from && !isComplete(bytes.subarray(escape))) {
    // An ESC may itself be the first half of ST, the end of a string sequence begun by an earlier ESC.
    const opener = stringOpener(bytes, escape - 1, from);
    return bytes.length - (opener ?? escape);
  }
  const opener = escape >= from ? undefined : stringOpener(bytes, bytes.length - 1, from);
  return opener === undefined ? unfinishedCharacter(bytes) : bytes.length - opener;
}

/** Where an unterminated OSC, DCS, PM, APC or SOS string that reaches `end` began. */
function stringOpener(bytes: Uint8Array, end: number, from: number): number | undefined {
  const at = end < 0 ? -1 : bytes.lastIndexOf(ESC, end);
  if (at < from || !isString(bytes[at + 1])) return undefined;
  return bytes.subarray(at, end + 1).includes(0x07) ? undefined : at;
}

function isString(byte: number | undefined): boolean {
  return byte === 0x5d || byte === 0x50 || byte === 0x5e || byte === 0x5f || byte === 0x58;
}

function isComplete(sequence: Uint8Array): boolean {
  const kind = sequence[1];
  if (kind === undefined) return false;
  // CSI: parameters and intermediates, then a final byte (ECMA-48 5.4)
  if (kind === 0x5b) return sequence.subarray(2).some((byte) => byte >= 0x40 && byte <= 0x7e);
  if (isString(kind)) return sequence.includes(0x07);
  // two or more bytes: intermediates 0x20..0x2f, then the final
  return sequence.subarray(1).some((byte) => byte >= 0x30);
}

function unfinishedCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needs > back ? back : 0;
  }
  return 0;
}
