// A machine's state as QEMU sends it becomes memory that can be mapped, and a stream of all the rest.
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
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

async function receive(stream: Buffer, step = 1000): Promise<{ memory: Buffer; rest: Buffer }> {
  const files = { state: join(dir, 'state'), memory: { file: join(dir, 'state.ram'), bytes: MEMORY } };
  await using receiver = await receiveState(dir, files);
  const socket = connect(join(dir, 'state.sock'));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (let at = 0; at < stream.length && !socket.destroyed; at += step) socket.write(stream.subarray(at, at + step));
  socket.end();
  await receiver.done;
  return { memory: await readFile(files.memory.file), rest: await readFile(files.state) };
}

describe('a received state', () => {
  const stream = Buffer.concat([
    ...[header, start, part(page('ram', 0, 'a'), next(1, 'b'), page('bios', 0, 'r'), page('ram', 5, 'c'))],
    ...[
      part(next(8, 'f')),
      part(zero('ram', 1), page('ram', 5, 'C'), next(6, 'e')),
      command,
      last(page('bios', 1, 's'), zero('ram', 9)),
      devices,
    ],
  ]);

  it.each([1, 7, 4096, 1_000_000])('is the same in pieces of %i bytes', async (step) => {
    const { memory, rest } = await receive(stream, step);
    const expected = Buffer.alloc(MEMORY);
    filled('a').copy(expected);
    filled('f').copy(expected, 8 * PAGE);
    filled('C').copy(expected, 5 * PAGE);
    filled('e').copy(expected, 6 * PAGE);
    expect(memory.equals(expected)).toBe(true);
    const left = [
      header,
      start,
      part(page('bios', 0, 'r')),
      part(),
      part(),
      command,
      last(page('bios', 1, 's')),
      devices,
    ];
    expect(rest.equals(Buffer.concat(left))).toBe(true);
  });

  it('leaves holes in the file where the memory is empty', async () => {
    await receive(Buffer.concat([header, start, last(page('ram', 63, 'z')), devices]));
    expect((await stat(join(dir, 'state.ram'))).blocks * 512).toBeLessThan(MEMORY / 2);
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
    const files = { state: join(dir, 'state'), memory: { file: join(dir, 'state.ram'), bytes: MEMORY } };
    await using receiver = await receiveState(dir, files);
    await symlink(ours, files.memory.file);
    connect(join(dir, 'state.sock')).on('error', () => undefined);
    await expect(receiver.done).rejects.toThrow('EEXIST');
    expect(await readFile(ours, 'utf8')).toBe('kept');
  });
});
