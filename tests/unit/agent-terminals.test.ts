// What of the agent needs the fake machine's powers: hosts that vanish in the middle of a frame, rings that overflow.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame, encodeOpening } from '../../sandbox/protocol/codec.ts';
import { RING_BYTES } from '../../sandbox/protocol/flow.ts';
import { FRAME, MARKER, PROTOCOL_VERSION } from '../../sandbox/protocol/wire.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import { FakeHost, FakeSource } from '../fixtures/fake-machine.ts';
import type { FakeMachine } from '../fixtures/fake-machine.ts';
import { TerminalWatch } from '../fixtures/terminal-watch.ts';

let source: FakeSource;
let machine: FakeMachine;
let watch: TerminalWatch;

const open = async (): Promise<AgentLink> =>
  AgentLink.open(await machine.connect(), {
    onOutput: (terminal, seq, bytes) => watch.take(link, terminal, seq, bytes),
    onEvent: () => watch.poke(),
  });
let link: AgentLink;

beforeEach(async () => {
  source = new FakeSource();
  machine = await source.take({ bake: undefined });
  watch = new TerminalWatch();
  link = await open();
  await link.call('terminal.attach', { terminal: 1, fromSeq: 0 });
  await watch.until(() => watch.text(1).includes('$ '));
});
afterEach(async () => {
  await link.close();
  await source.close();
});

const firstTerminal = () => machine.body.agent.terminals.get(1).info;
const type = (text: string): Promise<void> => link.input(1, Buffer.from(text));

describe('the agent', () => {
  it('has the first terminal open before anybody asks, and was told who it is', () => {
    expect(link.welcome.terminals).toMatchObject([{ id: 1, exitCode: null, user: 'learner' }]);
    expect(link.welcome.epoch).toBe(1);
    expect(machine.body.platform.restores).toMatchObject([{ fresh: true, hostname: machine.facts.hostname }]);
  });

  it('notices a new host by its marker alone, in the middle of a frame of the old one', async () => {
    machine.body.channel.noticesGaps = false;
    await link.close();
    const half = await machine.connect();
    // a host that dies within a paste of a thousand bytes
    half.write(encodeOpening(FRAME.hello, { version: PROTOCOL_VERSION, nonce: 'old' }));
    half.write(encodeFrame(FRAME.input, 1, Buffer.alloc(1000, '#')).subarray(0, 500));
    await new Promise<void>((written) => half.write(Buffer.alloc(0), () => written()));
    link = await open();
    await link.call('terminal.attach', { terminal: 1, fromSeq: 0 });
    await type('echo cl""ean\r');
    await watch.until(() => watch.text(1).includes('clean'));
    expect(watch.text(1)).not.toContain('#');
  });

  it('takes a marker in a paste for what it is: bytes', async () => {
    await type('stty raw -echo; echo re""ady; head -c 40 | od -An -tx1; stty sane\r');
    await watch.until(() => watch.text(1).includes('ready'));
    const paste = Buffer.concat([Buffer.from('1234'), MARKER, Buffer.from('5678'), MARKER]);
    expect(paste).toHaveLength(40);
    await link.input(1, paste);
    await watch.until(() => watch.text(1).replace(/\s/g, '').includes(paste.toString('hex')));
    expect(link.closed).toBe(false);
  });

  it('is not confused by a marker that a host did not cut apart', async () => {
    await type('stty raw -echo; echo re""ady; head -c 20 | od -An -tx1; stty sane\r');
    await watch.until(() => watch.text(1).includes('ready'));
    await link.close();
    const raw = await machine.connect();
    raw.resume();
    raw.write(encodeOpening(FRAME.hello, { version: PROTOCOL_VERSION, nonce: 'raw' }));
    raw.write(encodeFrame(FRAME.input, 1, MARKER));
    raw.write(encodeFrame(FRAME.input, 1, Buffer.from('abcd')));
    await new Promise<void>((written) => raw.write(Buffer.alloc(0), () => written()));
    link = await open();
    await link.call('terminal.attach', { terminal: 1, fromSeq: 0 });
    const typed = Buffer.concat([MARKER, Buffer.from('abcd')]).toString('hex');
    await watch.until(() => watch.text(1).replace(/\s/g, '').includes(typed));
  });

  it('forgets the oldest output when nobody is there, and says where the rest begins', async () => {
    await type(`read -r x; head -c ${2 * RING_BYTES} /dev/zero | tr '\\0' z; echo; echo 'bo''ttom'\r`);
    await watch.until(() => watch.text(1).includes('read'));
    await type('go\r');
    await link.close();
    const end = (): boolean => firstTerminal().nextSeq > 2 * RING_BYTES;
    while (!end()) await delay(5);
    watch = new TerminalWatch();
    link = await open();
    const { fromSeq } = await link.call('terminal.attach', { terminal: 1, fromSeq: 0 });
    expect(fromSeq).toBeGreaterThan(RING_BYTES / 2);
    await watch.until(() => watch.text(1).includes('bottom'));
    const { firstSeq, nextSeq } = firstTerminal();
    expect(nextSeq - firstSeq).toBe(RING_BYTES);
  });

  it('stops reading a shell whose host does not acknowledge, and goes on when it does', async () => {
    let unacknowledged = 0;
    let last = 0;
    await link.close();
    let filled = (): void => undefined;
    link = await AgentLink.open(await machine.connect(), {
      onOutput: (_terminal, seq, bytes) => {
        unacknowledged += bytes.length;
        last = seq + bytes.length;
        if (unacknowledged >= 250_000) filled();
      },
    });
    const { nextSeq } = firstTerminal();
    await link.call('terminal.attach', { terminal: 1, fromSeq: nextSeq });
    const full = new Promise<void>((resolve) => (filled = resolve));
    await type('yes\r');
    await full;
    // several round trips later it has still not sent beyond the window, nor read on
    for (let i = 0; i < 20; i++) await link.call('ping', {});
    expect(unacknowledged).toBeLessThanOrEqual(256 * 1024);
    expect(firstTerminal().nextSeq - nextSeq).toBeLessThan(512 * 1024);
    const more = new Promise<void>((resolve) => (filled = resolve));
    link.ack(1, last);
    await more;
  });

  it('carries a connection into the machine, half-closed as it should be', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      let all = 0;
      socket.on('data', (chunk) => (all += chunk.length));
      socket.on('end', () => socket.end(`got ${all}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const connection = await link.dial('127.0.0.1', (server.address() as AddressInfo).port);
      connection.end(Buffer.alloc(1_000_000, 'x'));
      const answer = await connection.toArray();
      expect(Buffer.concat(answer).toString()).toBe('got 1000000');
    } finally {
      server.close();
    }
  });

  it('sends no more of a connection than its reader takes', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(Buffer.alloc(8_000_000, 'y'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const connection = await link.dial('127.0.0.1', (server.address() as AddressInfo).port);
      for (let i = 0; i < 50; i++) await link.call('ping', {});
      expect(connection.readableLength).toBeLessThanOrEqual(256 * 1024);
      let taken = 0;
      for await (const chunk of connection) taken += (chunk as Buffer).length;
      expect(taken).toBe(8_000_000);
    } finally {
      server.close();
    }
  });

  it('kills what a host that left was running', async () => {
    const path = `${machine.body.platform.folder}/pid`;
    const run = link.exec({ argv: ['bash', '-c', `echo $$ > ${path}; exec sleep 600`] });
    run.catch(() => undefined);
    let pid = 0;
    while (pid === 0) pid = Number((await link.getFile(path, 20).catch(() => ({ contents: '' }))).contents.toString());
    await link.close();
    const alive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    while (alive()) await delay(5);
    expect(alive()).toBe(false);
    link = await open();
  });

  it('refuses a ninth terminal and parameters that are none', async () => {
    for (let i = 0; i < 7; i++) await link.call('terminal.open', { cols: 80, rows: 24, user: 'learner' });
    await expect(link.call('terminal.open', { cols: 80, rows: 24, user: 'learner' })).rejects.toMatchObject({
      guestCode: 'too-many-terminals',
    });
    await expect(link.call('terminal.attach', { terminal: 99, fromSeq: 0 })).rejects.toMatchObject({
      guestCode: 'no-such-terminal',
    });
    await expect(link.call('terminal.resize', { terminal: 1, cols: 0, rows: 24 })).rejects.toMatchObject({
      guestCode: 'bad-params',
    });
  });
});

describe('the fake machine', () => {
  it('is adopted by the next server with its shell, and ends for good when it crashes', async () => {
    const host = new FakeHost();
    const first = new FakeSource({ host });
    const taken = await first.take({ bake: undefined });
    await taken.detach();
    await first.close();
    const second = new FakeSource({ host });
    const adopted = await second.adopt(taken.facts.id);
    expect(adopted?.state).toBe('ready');
    const states: string[] = [];
    adopted?.watch({ onState: (state, reason) => states.push(`${state} ${reason}`) });
    await adopted?.crash();
    expect(states).toEqual(['closed qemu-exited']);
    expect(await second.adopt(taken.facts.id)).toBeUndefined();
  });

  it('begins a new epoch with every wake', async () => {
    await link.close();
    await machine.hibernate();
    await expect(machine.connect()).rejects.toThrow('hibernated');
    await machine.wake();
    expect(machine.epoch).toBe(2);
    link = await open();
    expect(link.welcome.terminals).toHaveLength(1);
  });

  it('queues beyond its capacity and goes on when a machine ends', async () => {
    const small = new FakeSource({ host: new FakeHost({ capacity: 1 }) });
    const one = await small.take({ bake: undefined });
    const stages: string[] = [];
    const { promise: queued, resolve } = Promise.withResolvers<void>();
    const two = small.take({
      bake: undefined,
      onProgress: ({ stage }) => {
        stages.push(stage);
        if (stage === 'queued') resolve();
      },
    });
    await queued;
    await one.close();
    await (await two).close();
    expect(stages).toEqual(['queued', 'restore', 'identity', 'ready']);
  });
});
