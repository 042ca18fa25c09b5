// A machine's state as QEMU sends it becomes a stream without the memory that its template has.
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { receiveState } from '../../../sandbox/qemu/state-receiver.ts';

const PAGE = 4096;
const MEMORY = 64 * PAGE;
const ID = 7;

const be32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const be64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
const name = (text: string): Buffer => Buffer.from([text.length, ...Buffer.from(text)]);
const filled = (letter: string): Buffer => Buffer.alloc(PAGE, letter);

const header = Buffer.concat([Buffer.from('QEVM'), be32(3), Buffer.from([7]), be32(7), Buffer.from('microvm')]);
const footer = Buffer.concat([Buffer.from([0x7e]), be32(ID)]);
const blocks = (memory: number): Buffer =>
  Buffer.concat([
    ...[Buffer.from([1]), be32(ID), name('ram'), be32(0), be32(4)],
    ...[be64((memory + 2 * PAGE) | 4), name('ram'), be64(memory), name('bios'), be64(2 * PAGE), be64(0x10), footer],
  ]);
const start = blocks(MEMORY);
const part = (...pages: Buffer[]): Buffer => Buffer.concat([Buffer.from([2]), be32(ID), ...pages, be64(0x10), footer]);
const last = (...pages: Buffer[]): Buffer => Buffer.concat([Buffer.from([3]), be32(ID), ...pages, be64(0x10), footer]);
const page = (block: string, number: number, letter: string): Buffer =>
  Buffer.concat([be64((number * PAGE) | 8), name(block), filled(letter)]);
const next = (number: number, letter: string): Buffer =>
  Buffer.concat([be64((number * PAGE) | 8 | 0x20), filled(letter)]);
const zero = (block: string, number: number): Buffer =>
  Buffer.concat([be64((number * PAGE) | 2), name(block), Buffer.from([0])]);
/** command 10 with two bytes, as QEMU 10 sends one before the last part */
const command = Buffer.from([8, 0, 10, 0, 2, 1, 2]);
const devices = Buffer.concat([Buffer.from([4]), be32(9), name('timer'), Buffer.alloc(300, 'd'), Buffer.from([0])]);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'uh-state-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** What the machine had on its first day: pages 0 and 5 full of `a` and `x`, page 9 of `y`, the rest empty. */
const BASE = Buffer.alloc(MEMORY);
filled('a').copy(BASE);
filled('x').copy(BASE, 5 * PAGE);
filled('y').copy(BASE, 9 * PAGE);

async function receive(stream: Buffer, step = 1000, base?: Buffer): Promise<Buffer> {
  const file = join(dir, 'state');
  const baseFile = base === undefined ? undefined : join(dir, 'base');
  if (baseFile !== undefined) await writeFile(baseFile, base ?? '');
  await using receiver = await receiveState(dir, { file, memory: { bytes: MEMORY, base: baseFile } });
  const socket = connect(join(dir, 'state.sock'));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (let at = 0; at < stream.length && !socket.destroyed; at += step) socket.write(stream.subarray(at, at + step));
  socket.end();
  await receiver.done;
  return await readFile(file);
}

/** All pages in order as QEMU sends them first, with these in place of the base's. */
function every(base: Buffer, changed: Readonly<Record<number, string>> = {}): Buffer {
  const pages = Array.from({ length: MEMORY / PAGE }, (_, number) => {
    const content = changed[number] ?? String.fromCharCode(base[number * PAGE] ?? 0);
    if (content === '\0')
      return number === 0 ? zero('ram', 0) : Buffer.concat([be64((number * PAGE) | 2 | 0x20), Buffer.from([0])]);
    return number === 0 ? page('ram', 0, content) : next(number, content);
  });
  return part(...pages);
}

describe('a received state', () => {
  const stream = Buffer.concat([
    ...[header, start, part(page('bios', 0, 'r')), every(BASE, { 1: 'b', 9: '\0' })],
    ...[
      part(page('ram', 0, 'A'), page('bios', 1, 's'), page('ram', 5, 'x')),
      part(page('ram', 1, 'B'), zero('ram', 0), next(6, 'e')),
      command,
      last(page('ram', 0, 'a')),
      devices,
    ],
  ]);

  it.each([1, 7, 4096, 1_000_000])(
    'keeps the pages that its base has not, each once, in pieces of %i bytes',
    async (step) => {
      const state = await receive(stream, step, BASE);
      const left = [
        ...[header, start, part(page('bios', 0, 'r'))],
        // Changed at once: page 1, which comes again below, and page 9, which had something before.
        part(page('ram', 1, 'B'), next(9, '\0')),
        // Changed later, and back again at last: it was told before, so it stays, as it is in the end.
        part(next(0, 'a'), page('bios', 1, 's')),
        part(page('ram', 6, 'e')),
        ...[command, last(), devices],
      ];
      expect(state.equals(Buffer.concat(left))).toBe(true);
    },
  );

  it('of a machine that was booted has every page that is not empty', async () => {
    const state = await receive(Buffer.concat([header, start, every(BASE), last(), devices]));
    const left = [header, start, part(page('ram', 0, 'a'), next(5, 'x'), next(9, 'y')), last(), devices];
    expect(state.equals(Buffer.concat(left))).toBe(true);
  });

  it('is refused where a page is left out, which would be the base’s when it comes back', async () => {
    const without = Buffer.concat([header, start, part(page('ram', 3, 'a')), last(), devices]);
    await expect(receive(without, 1000, BASE)).rejects.toThrow('63 pages of the memory are missing');
  });

  it.each<[string, Buffer, RegExp]>([
    ['no state', Buffer.alloc(500, 'x'), /no state of QEMU/],
    ['a state without memory', Buffer.concat([header, Buffer.alloc(5000, 'x')]), /without memory/],
    ['a page beyond the end', Buffer.concat([header, start, part(page('ram', 64, 'a'))]), /beyond the end/],
    ['flags that nobody knows', Buffer.concat([header, start, part(be64(0x100 | 8))]), /flags/],
    ['a stream cut off', Buffer.concat([header, start, part(page('ram', 0, 'a'))]), /in the middle of its memory/],
    ['a footer of something else', Buffer.concat([header, start.subarray(0, -4), be32(0)]), /without its footer/],
    ['another machine’s size', Buffer.concat([header, blocks(2 * MEMORY)]), /none of the blocks/],
  ])('is refused where it is %s', async (_, broken, why) => {
    await expect(receive(broken)).rejects.toThrow(why);
  });

  it('follows no link that was laid in its place meanwhile', async () => {
    const ours = join(dir, 'ours');
    await writeFile(ours, 'kept');
    const file = join(dir, 'state');
    await using receiver = await receiveState(dir, { file, memory: { bytes: MEMORY, base: undefined } });
    await symlink(ours, file);
    connect(join(dir, 'state.sock')).on('error', () => undefined);
    await expect(receiver.done).rejects.toThrow('EEXIST');
    expect(await readFile(ours, 'utf8')).toBe('kept');
  });
});
