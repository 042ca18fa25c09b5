// The link against a guest that does everything it must not: it ends with a code, and neither crashes nor grows.
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  FrameDecoder,
  FROM_HOST,
  decodeJson,
  encodeFrame,
  encodeJson,
  encodeOpening,
  writeSequence,
  writeU32,
} from '../../sandbox/protocol/codec.ts';
import { CALL_WINDOW_BYTES, INPUT_WINDOW_BYTES } from '../../sandbox/protocol/flow.ts';
import { MarkerScanner } from '../../sandbox/protocol/marker-scanner.ts';
import { Call, Hello } from '../../sandbox/protocol/messages.ts';
import type { Frame } from '../../sandbox/protocol/wire.ts';
import { FRAME, MARKER, MAX_PAYLOAD_BYTES, PROTOCOL_VERSION } from '../../sandbox/protocol/wire.ts';
import { AgentLink } from '../../sandbox/session/agent-link.ts';
import type { LinkHandlers } from '../../sandbox/session/agent-link.ts';
import type { LinkError } from '../../sandbox/session/link-error.ts';

/** A guest whose every byte the test chooses. */
class Guest {
  readonly wire: Duplex;
  readonly frames: Frame[] = [];
  #wake: () => void = () => undefined;

  constructor(wire: Duplex, greet: (hello: Hello) => readonly Uint8Array[]) {
    this.wire = wire;
    wire.on('error', () => undefined);
    const scanner = new MarkerScanner({
      type: FRAME.hello,
      maxPayloadBytes: 256,
      parse: (value) => Hello.parse(value),
    });
    const decoder = new FrameDecoder(FROM_HOST);
    let greeted = false;
    const take = (bytes: Uint8Array): void => {
      for (const frame of decoder.push(bytes)) this.frames.push({ ...frame, payload: new Uint8Array(frame.payload) });
      this.#wake();
    };
    wire.on('data', (bytes: Buffer) => {
      if (greeted) return take(bytes);
      const scan = scanner.push(bytes);
      if (!scan.found) return;
      greeted = true;
      for (const piece of greet(scan.opening)) wire.write(piece);
      take(scan.rest);
    });
  }

  send(...pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.wire.write(piece);
  }

  /** The next call of `method`. */
  async call(method: string): Promise<Call> {
    for (;;) {
      const at = this.frames.findIndex(
        (f) => f.type === FRAME.call && Call.parse(decodeJson(f.payload)).method === method,
      );
      if (at >= 0) return Call.parse(decodeJson((this.frames.splice(at, 1)[0] as Frame).payload));
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const welcomeTo = (hello: Hello): Uint8Array =>
  encodeOpening(FRAME.welcome, {
    version: PROTOCOL_VERSION,
    nonce: hello.nonce,
    agentId: 'a',
    epoch: 0,
    terminals: [],
  });

function output(terminal: number, seq: number, length: number): Uint8Array {
  const position = new Uint8Array(8);
  writeSequence(position, 0, seq);
  return encodeFrame(FRAME.output, terminal, position, new Uint8Array(length));
}

function number(type: typeof FRAME.credit | typeof FRAME.inputAck, stream: number, value: number): Uint8Array {
  const payload = new Uint8Array(4);
  writeU32(payload, 0, value);
  return encodeFrame(type, stream, payload);
}

const links: AgentLink[] = [];
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

type Rig = { link: AgentLink; guest: Guest; closed: Promise<LinkError | undefined> };

async function rig(handlers: LinkHandlers = {}): Promise<Rig> {
  const [host, guestSide] = duplexPair();
  const guest = new Guest(guestSide, (hello) => [welcomeTo(hello)]);
  const { promise: closed, resolve } = Promise.withResolvers<LinkError | undefined>();
  const link = await AgentLink.open(host, { ...handlers, onClose: resolve });
  links.push(link);
  return { link, guest, closed };
}

/** A link on which terminal 1 is attached from sequence 0. */
async function attachedRig(handlers: LinkHandlers = {}): Promise<Rig> {
  const all = await rig(handlers);
  const attached = all.link.call('terminal.attach', { terminal: 1, fromSeq: 0 });
  const { id } = await all.guest.call('terminal.attach');
  all.guest.send(encodeJson(FRAME.result, { id, ok: true, value: { fromSeq: 0 } }));
  await attached;
  return all;
}

describe('opening a link', () => {
  it('drops an older WELCOME, markers and half frames in front of its own', async () => {
    const [host, guestSide] = duplexPair();
    new Guest(guestSide, (hello) => [
      output(1, 5, 300).subarray(0, 100),
      MARKER,
      welcomeTo({ ...hello, nonce: 'stale' }),
      MARKER.subarray(0, 7),
      welcomeTo(hello),
    ]);
    const link = await AgentLink.open(host);
    links.push(link);
    expect(link.welcome.agentId).toBe('a');
  });

  it('gives up on a guest that only chatters, keeping nothing of it', async () => {
    const [host, guestSide] = duplexPair();
    new Guest(guestSide, () => Array.from({ length: 300 }, () => Buffer.concat([MARKER, new Uint8Array(50_000)])));
    await expect(AgentLink.open(host, { helloTimeoutMs: 50 })).rejects.toMatchObject({ code: 'hello-timeout' });
    expect(host.destroyed).toBe(true);
  });

  it('refuses another version', async () => {
    const [host, guestSide] = duplexPair();
    new Guest(guestSide, (hello) => [
      encodeOpening(FRAME.welcome, { version: 99, nonce: hello.nonce, agentId: 'a', epoch: 0, terminals: [] }),
    ]);
    await expect(AgentLink.open(host)).rejects.toMatchObject({ code: 'version-mismatch' });
  });

  it('ends when the stream ends, and when it is aborted', async () => {
    const [host, guestSide] = duplexPair();
    const opening = AgentLink.open(host);
    guestSide.destroy();
    await expect(opening).rejects.toMatchObject({ code: 'disconnected' });
    const [other] = duplexPair();
    await expect(AgentLink.open(other, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a hostile guest loses its link', () => {
  const header = (length: number, type: number): Uint8Array => {
    const bytes = new Uint8Array(9);
    writeU32(bytes, 0, length);
    bytes[4] = type;
    return bytes;
  };
  const deep = Buffer.from(`{"event":${'['.repeat(30_000)}${']'.repeat(30_000)}}`);
  const attacks: readonly (readonly [string, readonly Uint8Array[]])[] = [
    ['a length beyond the limit', [header(MAX_PAYLOAD_BYTES + 1, FRAME.output)]],
    ['a length of four gigabytes', [header(0xffff_ffff, FRAME.data)]],
    ['an unknown type', [header(0, 0x99)]],
    ["a host's own frame type", [header(0, FRAME.call)]],
    ['a second WELCOME', [welcomeTo({ version: 1, nonce: 'x' })]],
    ['output without a sequence', [encodeFrame(FRAME.output, 1, new Uint8Array(3))]],
    ['output of a terminal that is not attached', [output(2, 0, 10)]],
    ['output that goes backwards', [output(1, 0, 10), output(1, 5, 10)]],
    ['output with a gap', [output(1, 0, 10), output(1, 11, 10)]],
    ['output at a sequence beyond 2^53', [encodeFrame(FRAME.output, 1, new Uint8Array(8).fill(0xff))]],
    ['output beyond the window', Array.from({ length: 9 }, (_, i) => output(1, i * 32_768, 32_768))],
    ['acknowledged input that was never sent', [number(FRAME.inputAck, 1, 1)]],
    ['a result of a call that was never made', [encodeJson(FRAME.result, { id: 4711, ok: true, value: {} })]],
    ['data of a call that was never made', [encodeFrame(FRAME.data, 4711, Uint8Array.of(1, 2))]],
    ['credit for a call that was never made', [number(FRAME.credit, 4711, 1)]],
    ['an event that is none', [encodeJson(FRAME.event, { event: 'root', terminal: 1 })]],
    [
      'an event with more fields',
      [encodeJson(FRAME.event, { event: 'terminal-exited', terminal: 1, exitCode: 0, x: 1 })],
    ],
    ['broken JSON', [encodeFrame(FRAME.event, 0, Buffer.from('{"event"'))]],
    ['a JSON bomb', [encodeFrame(FRAME.event, 0, deep)]],
    [
      'an error message of sixty kilobytes',
      [encodeJson(FRAME.result, { id: 1, ok: false, error: { code: 'E', message: 'x'.repeat(60_000) } })],
    ],
  ];
  it.each(attacks)('for %s', async (_name, pieces) => {
    const { guest, closed, link } = await attachedRig();
    guest.send(...pieces);
    expect(await closed).toMatchObject({ code: 'violation' });
    expect(link.closed).toBe(true);
    await expect(link.call('ping', {})).rejects.toMatchObject({ code: 'violation' });
  });

  it('for a result of the wrong shape, which never reaches the caller', async () => {
    const { link, guest, closed } = await rig();
    const call = link.call('terminal.open', { cols: 80, rows: 24, user: 'learner' });
    const { id } = await guest.call('terminal.open');
    guest.send(encodeJson(FRAME.result, { id, ok: true, value: { id: 1, cols: -5, __proto__: { rows: 1 } } }));
    await expect(call).rejects.toMatchObject({ code: 'violation' });
    expect(await closed).toMatchObject({ code: 'violation' });
  });

  it('for data beyond the credit of a call', async () => {
    const { link, guest, closed } = await rig();
    const connecting = link.dial('127.0.0.1', 80);
    const { id } = await guest.call('dial');
    guest.send(encodeJson(FRAME.result, { id, ok: true, value: {} }));
    const connection = await connecting;
    const piece = new Uint8Array(32_769);
    for (let i = 0; i < CALL_WINDOW_BYTES / 32_768 + 1; i++) guest.send(encodeFrame(FRAME.data, id, piece));
    expect(await closed).toMatchObject({ code: 'violation' });
    expect(connection.destroyed).toBe(true);
    expect(connection.readableLength).toBeLessThanOrEqual(CALL_WINDOW_BYTES);
  });

  it('for a flood of events, which are dropped before they are parsed', async () => {
    let seen = 0;
    const { link, guest, closed } = await rig({ onEvent: () => (seen += 1) });
    const event = Buffer.from(encodeJson(FRAME.event, { event: 'prompt', terminal: 1, seq: 0, free: true }));
    const many = Buffer.concat(Array.from({ length: 1000 }, () => event));
    for (let i = 0; i < 20; i++) guest.send(many);
    expect(await closed).toMatchObject({ code: 'flood' });
    expect(seen).toBeLessThan(6000);
    expect(link.droppedEvents).toBeGreaterThan(0);
  });

  it('for a flood of empty frames', async () => {
    const { guest, closed } = await attachedRig();
    const many = Buffer.concat(Array.from({ length: 5000 }, () => output(1, 0, 0)));
    for (let i = 0; i < 20; i++) guest.send(many);
    expect(await closed).toMatchObject({ code: 'flood' });
  });

  it('and whatever bytes it sends, nothing is thrown and nothing is kept', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .record({ type: fc.nat(0x40), stream: fc.nat(3), payload: fc.uint8Array({ maxLength: 100 }) })
        .map(({ type, stream, payload }) => encodeFrame(type as typeof FRAME.output, stream, payload)),
      fc.jsonValue().map((value) => encodeJson(FRAME.result, value)),
      fc.jsonValue().map((value) => encodeJson(FRAME.event, value)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 10 }), async (pieces) => {
        const { link, guest, closed } = await rig();
        guest.send(...pieces);
        guest.wire.end();
        expect((await closed)?.code).toMatch(/^(violation|flood|disconnected)$/);
        expect(link.bufferedBytes).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a link stays small', () => {
  it('while a guest announces a frame and trickles it for ever', async () => {
    const { link, guest } = await attachedRig();
    guest.send(output(1, 0, 60_000).subarray(0, 50_000));
    const pinged = link.call('ping', {});
    await guest.call('ping');
    expect(link.bufferedBytes).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    await link.close();
    await expect(pinged).rejects.toMatchObject({ code: 'closed' });
  });

  it('while megabytes of honest output pass and are acknowledged', async () => {
    let received = 0;
    const { promise: all, resolve } = Promise.withResolvers<void>();
    const total = 64 * 1024 * 1024;
    const { guest, link } = await attachedRig({
      onOutput: (terminal, seq, bytes) => {
        received += bytes.length;
        link.ack(terminal, seq + bytes.length);
        if (received === total) resolve();
      },
    });
    for (let seq = 0; seq < total; seq += 32_768) {
      // one at a time: each is acknowledged before the next is sent
      await new Promise<void>((written) => guest.wire.write(output(1, seq, 32_768), () => written()));
      expect(link.bufferedBytes).toBeLessThan(1024 * 1024);
    }
    await all;
    expect(link.bufferedBytes).toBe(0);
  });

  it('while a guest takes no input: the window fills, then the sender is told', async () => {
    const { link, guest, closed } = await attachedRig();
    await link.input(1, new Uint8Array(INPUT_WINDOW_BYTES));
    expect(link.inputRoom(1)).toBe(0);
    const waiting = link.input(1, new Uint8Array(4 * INPUT_WINDOW_BYTES));
    await expect(link.input(1, Uint8Array.of(1))).rejects.toMatchObject({ code: 'input-overflow' });
    guest.send(number(FRAME.inputAck, 1, INPUT_WINDOW_BYTES));
    await link.close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    expect(await closed).toBeUndefined();
  });
});

describe('calls', () => {
  it('time out, tell the guest, and ignore the late answer', async () => {
    const { link, guest } = await rig();
    const late = link.exec({ argv: ['x'], signal: AbortSignal.timeout(20) });
    const { id } = await guest.call('exec');
    await expect(late).rejects.toMatchObject({ code: 'aborted' });
    expect((await guest.call('cancel')).params).toEqual({ call: id });
    guest.send(encodeFrame(FRAME.data, id, Uint8Array.of(1, 65)), encodeFrame(FRAME.end, id, Uint8Array.of(1)));
    guest.send(encodeJson(FRAME.result, { id, ok: false, error: { code: 'cancelled', message: '' } }));
    const ping = link.call('ping', {});
    guest.send(encodeJson(FRAME.result, { id: (await guest.call('ping')).id, ok: true, value: {} }));
    expect(await ping).toEqual({});
    await expect(link.call('ping', {}, { timeoutMs: 10 })).rejects.toMatchObject({ code: 'call-timeout' });
  });

  it('are refused beyond 64 at once', async () => {
    const { link } = await rig();
    const calls = Array.from({ length: 64 }, () => link.call('ping', {}));
    await expect(link.call('ping', {})).rejects.toMatchObject({ code: 'too-many-calls' });
    await link.close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'closed' });
  });

  it('keep of an output only what was asked for, whatever comes', async () => {
    const { link, guest } = await rig();
    const run = link.exec({ argv: ['x'], maxOutputBytes: 10 });
    const { id } = await guest.call('exec');
    guest.send(encodeFrame(FRAME.data, id, Uint8Array.of(1), Buffer.from('0123456789abcdef')));
    guest.send(
      encodeJson(FRAME.result, {
        id,
        ok: true,
        value: { exitCode: 0, signal: null, timedOut: false, truncated: false, wallMs: 1 },
      }),
    );
    expect((await run).stdout.toString()).toBe('0123456789');
  });

  it('never put a marker on the wire inside what a learner pastes', async () => {
    const { link, guest } = await attachedRig();
    const paste = Buffer.concat([Buffer.from('a'), MARKER, MARKER, Buffer.from('b')]);
    await link.input(1, paste);
    const ping = link.call('ping', {});
    guest.send(encodeJson(FRAME.result, { id: (await guest.call('ping')).id, ok: true, value: {} }));
    await ping;
    const inputs = guest.frames.filter(({ type }) => type === FRAME.input).map(({ payload }) => payload);
    expect(inputs.length).toBeGreaterThan(1);
    expect(Buffer.concat(inputs).equals(paste)).toBe(true);
  });
});
