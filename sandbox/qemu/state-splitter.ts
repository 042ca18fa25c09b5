// Reads a machine's state as QEMU sends it, and leaves out the pages of its memory that whoever reads it has anyway.
//
// What is left (changed pages, devices, ROMs) is again a stream that QEMU accepts.
//
// The stream (docs/devel/migration of QEMU, migration/savevm.c, migration/ram.c), numbers big-endian:
//
//   "QEVM" version  configuration
//   0x01 id "ram" instance version  list of blocks            ─┐
//   0x02 id  pages                                             │ the section `ram`, each part with a footer (0x7e id)
//   0x03 id  the last pages                                   ─┘
//   0x08 number length …   a command to the other side may stand between the parts (QEMU 10)
//   0x04 …   one section per device, an end, a description
//
//   block: length of name, name, bytes      page: address | flags, name of its block unless it is the last page's, content
import { PAGE_BYTES } from './file-writer.ts';

/** the configuration's section names the machine type and little else */
const MAX_CONFIGURATION_BYTES = 4096;
const MAX_BLOCKS = 64;

const SECTION = { start: 0x01, part: 0x02, end: 0x03, command: 0x08, footer: 0x7e } as const;
const FLAG = { zero: 0x02, memSize: 0x04, page: 0x08, endOfSection: 0x10, continued: 0x20 } as const;
const FLAGS = 0xfff;

/** start, id (any), length of the name, "ram", instance 0, version 4 */
const RAM_NAME = Buffer.from([3, 0x72, 0x61, 0x6d, 0, 0, 0, 0, 0, 0, 0, 4]);

export type SplitTo = {
  /** bytes of the machine's memory: of the one block of this size `takePage` hears, other blocks stay in the stream whole */
  readonly memoryBytes: number;
  /**
   * Whether this page stays in the stream; then `keepPage` is called where its content belongs. The content is valid during the
   * call only; undefined: all zeroes. A page that the guest changed meanwhile comes again.
   */
  readonly takePage: (address: number, content: Buffer | undefined) => boolean;
  readonly keepPage: (address: number, content: Buffer | undefined) => void;
  /** A piece of the stream that is left, valid during the call only. */
  readonly rest: (bytes: Buffer) => void;
};

/** `take` is called with the stream piece by piece and throws where it is none; `end` throws where it stops too early. */
export class StateSplitter {
  readonly #to: SplitTo;
  readonly #parser: Generator<number, void, Buffer>;
  /** what the parser asked for: so many bytes, or 0 for whatever there is */
  #wanted: number;
  #left: Buffer = Buffer.alloc(0);
  #through = false;
  /** The block that was named last, over the parts of the section; and in the stream that is left, where pages are missing. */
  #block: string | undefined;
  #told: string | undefined;

  constructor(to: SplitTo) {
    this.#to = to;
    this.#parser = this.#parse();
    this.#wanted = this.#parser.next().value ?? 0;
  }

  take(chunk: Buffer): void {
    let data = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk]);
    while (!this.#through && data.length >= this.#wanted) {
      const piece = data.subarray(0, this.#wanted);
      data = data.subarray(this.#wanted);
      const asked = this.#parser.next(piece);
      if (asked.done === true) this.#through = true;
      else this.#wanted = asked.value;
    }
    if (this.#through && data.length > 0) this.#to.rest(data);
    this.#left = this.#through ? Buffer.alloc(0) : Buffer.from(data);
  }

  end(): void {
    if (!this.#through) throw new Error('the state ends in the middle of its memory');
  }

  *#parse(): Generator<number, void, Buffer> {
    const head = yield* this.#untilMemory();
    const id = head.readUInt32BE(head.length - RAM_NAME.length - 4);
    const memory = yield* this.#blocks();
    yield* this.#footer(id);
    for (;;) {
      const section = yield* this.#copy(5);
      const kind = section[0];
      if (kind === SECTION.command) {
        yield* this.#copy(section.readUInt16BE(3));
        continue;
      }
      if ((kind !== SECTION.part && kind !== SECTION.end) || section.readUInt32BE(1) !== id)
        throw new Error(`section ${String(kind)} in the middle of the memory`);
      yield* this.#pages(memory);
      yield* this.#footer(id);
      if (kind === SECTION.end) return;
    }
  }

  /** Everything to the end of the memory's section header. */
  *#untilMemory(): Generator<number, Buffer, Buffer> {
    let head: Buffer = Buffer.from(yield 8);
    if (head.readUInt32BE(0) !== 0x5145564d) throw new Error('no state of QEMU');
    while (head.length < MAX_CONFIGURATION_BYTES) {
      head = Buffer.concat([head, yield 1]);
      const started = head.at(-RAM_NAME.length - 5) === SECTION.start;
      if (!started || !head.subarray(-RAM_NAME.length).equals(RAM_NAME)) continue;
      this.#to.rest(head);
      return head;
    }
    throw new Error('a state without memory');
  }

  /** The name of the block that is the machine's memory. */
  *#blocks(): Generator<number, string, Buffer> {
    const total = (yield* this.#copy(8)).readBigUInt64BE();
    if ((Number(total) & FLAGS) !== FLAG.memSize) throw new Error('a memory section without its blocks');
    let left = Number(total) - FLAG.memSize;
    let found: string | undefined;
    for (let block = 0; left > 0; block++) {
      if (block === MAX_BLOCKS) throw new Error(`more than ${String(MAX_BLOCKS)} blocks of memory`);
      const name = yield* this.#name();
      const bytes = Number((yield* this.#copy(8)).readBigUInt64BE());
      if (bytes === this.#to.memoryBytes) found = name;
      left -= bytes;
    }
    if (found === undefined) throw new Error('none of the blocks is the machine’s memory');
    yield* this.#endOfSection();
    return found;
  }

  *#pages(memory: string): Generator<number, void, Buffer> {
    for (;;) {
      const header = yield 8;
      const high = header.readUInt32BE(0);
      const low = header.readUInt32BE(4);
      const flags = low & FLAGS;
      if (flags === FLAG.endOfSection) {
        this.#to.rest(header);
        return;
      }
      const address = high * 2 ** 32 + (low - flags);
      if ((flags & FLAG.continued) === 0) this.#block = (yield (yield 1)[0] ?? 0).toString('latin1');
      const kind = flags & ~FLAG.continued;
      if (kind !== FLAG.page && kind !== FLAG.zero) throw new Error(`a page with the flags ${flags.toString(16)}`);
      const contentBytes = kind === FLAG.page ? PAGE_BYTES : 1;
      if (this.#block === memory) {
        if (address + PAGE_BYTES > this.#to.memoryBytes) throw new Error('a page beyond the end of the memory');
        const content = yield contentBytes;
        if (kind === FLAG.zero && content[0] !== 0) throw new Error('a page filled with something else than zeroes');
        const page = kind === FLAG.page ? content : undefined;
        if (!this.#to.takePage(address, page)) continue;
        this.#pageHeader(address, FLAG.page, memory);
        this.#to.keepPage(address, page);
      } else {
        if (this.#block === undefined) throw new Error('a page of a block that was not named');
        this.#pageHeader(address, kind, this.#block);
        yield* this.#copy(contentBytes);
      }
    }
  }

  /** Names the block where the last page that was left is another's. */
  #pageHeader(address: number, kind: number, block: string): void {
    const named = this.#told !== block;
    this.#told = block;
    const header = Buffer.alloc(8);
    header.writeBigUInt64BE(BigInt(address + kind + (named ? 0 : FLAG.continued)));
    this.#to.rest(header);
    if (named) this.#to.rest(Buffer.from(`${String.fromCharCode(block.length)}${block}`, 'latin1'));
  }

  *#name(): Generator<number, string, Buffer> {
    const length = (yield* this.#copy(1))[0] ?? 0;
    return length === 0 ? '' : (yield* this.#copy(length)).toString('latin1');
  }

  *#endOfSection(): Generator<number, void, Buffer> {
    const end = (yield* this.#copy(8)).readBigUInt64BE();
    if (end !== BigInt(FLAG.endOfSection)) throw new Error('a list of blocks that does not end');
  }

  *#footer(id: number): Generator<number, void, Buffer> {
    const footer = yield* this.#copy(5);
    if (footer[0] !== SECTION.footer || footer.readUInt32BE(1) !== id) throw new Error('a section without its footer');
  }

  *#copy(bytes: number): Generator<number, Buffer, Buffer> {
    const piece = yield bytes;
    this.#to.rest(piece);
    return piece;
  }
}
