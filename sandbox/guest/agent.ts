// The agent: takes frames from the host, runs its calls, and holds the terminals that outlive every connection.
import { randomBytes } from 'node:crypto';
import {
  FROM_HOST,
  FrameDecoder,
  ProtocolError,
  decodeJson,
  encodeJson,
  encodeOpening,
  readSequence,
  readU32,
} from '../protocol/codec.ts';
import { MarkerScanner } from '../protocol/marker-scanner.ts';
import { Call, Calls, Hello } from '../protocol/messages.ts';
import type { CallValue, Method } from '../protocol/messages.ts';
import { FRAME, PROTOCOL_VERSION } from '../protocol/wire.ts';
import type { Frame } from '../protocol/wire.ts';
import { CallStream } from './call-stream.ts';
import type { Channel } from './channel.ts';
import { dial } from './dial.ts';
import { exec } from './exec.ts';
import { getFile, putFile } from './files.ts';
import { GuestError, callErrorOf } from './guest-error.ts';
import type { Hold } from './hold.ts';
import { Outbox } from './outbox.ts';
import { Observer } from './observer/observer.ts';
import { rehearse } from './observer/rehearsal.ts';
import { Sights } from './observer/sights.ts';
import type { Platform } from './platform.ts';
import { Terminals } from './terminals.ts';

export type AgentOptions = {
  readonly channel: Channel;
  readonly platform: Platform;
  /** the first terminal, opened at start and held before its prompt until `restored` */
  readonly first?: {
    readonly user: string;
    readonly cols: number;
    readonly rows: number;
    readonly hold: Hold | undefined;
  };
};

/** Calls that have a byte stream, at once. */
const MAX_STREAMS = 64;
/** Longest HELLO worth waiting for. */
const MAX_HELLO_BYTES = 256;

type Runner<M extends Method> = (params: unknown, stream: CallStream) => Promise<CallValue<M>>;

export class Agent {
  readonly id = randomBytes(8).toString('hex');
  readonly terminals: Terminals;
  readonly #observer: Observer;
  readonly #sights: Sights;
  readonly #channel: Channel;
  readonly #platform: Platform;
  readonly #first: AgentOptions['first'];
  readonly #outbox: Outbox;
  readonly #streams = new Map<number, CallStream>();
  readonly #decoder = new FrameDecoder(FROM_HOST);
  readonly #scanner = new MarkerScanner({
    type: FRAME.hello,
    maxPayloadBytes: MAX_HELLO_BYTES,
    parse: (value) => {
      const parsed = Hello.safeParse(value);
      return parsed.success ? parsed.data : undefined;
    },
  });
  /** between a HELLO and the first broken frame; otherwise everything up to the next HELLO is dropped */
  #synchronised = false;
  #epoch = 0;

  constructor(options: AgentOptions) {
    this.#channel = options.channel;
    this.#platform = options.platform;
    this.#first = options.first;
    this.#outbox = new Outbox((bytes, done) => this.#channel.write(bytes, done));
    this.terminals = new Terminals(options.platform, this.#outbox, (event) =>
      this.#outbox.frame(encodeJson(FRAME.event, event)),
    );
    this.#sights = new Sights(this.#outbox);
    this.#observer = new Observer(
      () => this.terminals.observed(),
      (view, message) => this.#sights.send(view, message),
    );
  }

  start(): void {
    if (this.#first !== undefined) {
      const { user, cols, rows, hold } = this.#first;
      this.terminals.open(user, cols, rows, hold?.path);
    }
    this.#channel.start(
      (bytes) => this.#onBytes(bytes),
      () => this.#onHostGone(),
    );
  }

  close(): void {
    this.#onHostGone();
    this.terminals.closeAll();
    this.#channel.close();
  }

  #onBytes(bytes: Uint8Array): void {
    for (;;) {
      const scan = this.#scanner.push(bytes);
      for (const piece of scan.passed) this.#decode(piece);
      if (!scan.found) return;
      this.#onHello(scan.opening);
      bytes = scan.rest;
    }
  }

  #onHello(hello: Hello): void {
    this.#onHostGone();
    this.#synchronised = true;
    this.#outbox.begin(
      encodeOpening(FRAME.welcome, {
        version: PROTOCOL_VERSION,
        nonce: hello.nonce,
        agentId: this.id,
        epoch: this.#epoch,
        terminals: this.terminals.list(),
      }),
    );
  }

  #onHostGone(): void {
    this.#synchronised = false;
    this.#decoder.reset();
    this.#outbox.stop();
    this.#observer.close();
    this.#sights.clear();
    this.terminals.detachAll();
    for (const stream of this.#streams.values()) stream.cancel();
    this.#streams.clear();
  }

  #decode(bytes: Uint8Array): void {
    if (!this.#synchronised) return;
    try {
      for (const frame of this.#decoder.push(bytes)) this.#onFrame(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // the host is trusted, the stream is not: it may have been cut. A new HELLO will come.
      this.#onHostGone();
    }
  }

  #onFrame({ type, stream, payload }: Frame): void {
    switch (type) {
      case FRAME.call:
        return this.#onCall(decodeJson(payload));
      case FRAME.input:
        return this.terminals.find(stream)?.input(payload);
      case FRAME.outputAck:
        return this.terminals.find(stream)?.ack(readSequence(payload, 0));
      case FRAME.data:
        return void (payload[0] === 0 && this.#streams.get(stream)?.onData?.(payload.subarray(1)));
      case FRAME.end:
        return void (payload[0] === 0 && this.#streams.get(stream)?.onEnd?.());
      case FRAME.credit:
        return this.#streams.get(stream)?.addCredit(readU32(payload, 0));
    }
  }

  #onCall(value: unknown): void {
    const parsed = Call.safeParse(value);
    if (!parsed.success) return;
    const { id, method, params } = parsed.data;
    const stream = new CallStream(id, this.#outbox);
    const reply = (result: object): void => {
      // a host that is gone by now has nothing to do with the one that is there
      if (!stream.signal.aborted) this.#outbox.frame(encodeJson(FRAME.result, { id, ...result }));
    };
    if (!Object.hasOwn(this.#runners, method)) {
      return reply({ ok: false, error: callErrorOf(new GuestError('unknown-method', `no method ${method}`)) });
    }
    if (this.#streams.size >= MAX_STREAMS) {
      return reply({ ok: false, error: callErrorOf(new GuestError('too-many-calls', 'too many calls at once')) });
    }
    this.#streams.set(id, stream);
    const forget = (): void => {
      if (this.#streams.get(id) === stream) this.#streams.delete(id);
    };
    this.#runners[method as Method](params, stream).then(
      (result) => {
        if (method !== 'dial') forget();
        reply({ ok: true, value: result });
      },
      (error: unknown) => {
        forget();
        reply({ ok: false, error: callErrorOf(error) });
      },
    );
  }

  /** Params are parsed per method; a method that does not match its schema fails with bad-params. */
  readonly #runners: { readonly [M in Method]: Runner<M> } = {
    restored: runner('restored', async (params) => {
      if (params.fresh) this.terminals.renumber();
      await this.#platform.restored(params, () => {
        // Before the first epoch it is a rehearsal: the held shell is for the copies.
        if (params.epoch > 0) this.#first?.hold?.release();
      });
      this.#epoch = params.epoch;
      return {};
    }),
    'terminal.open': runner(
      'terminal.open',
      async ({ user, cols, rows }) => this.terminals.open(user, cols, rows).info,
    ),
    'terminal.attach': runner('terminal.attach', async ({ terminal, fromSeq }) => ({
      fromSeq: this.terminals.get(terminal).attach(fromSeq),
    })),
    'terminal.resize': runner('terminal.resize', async ({ terminal, cols, rows }) => {
      this.terminals.get(terminal).resize(cols, rows);
      return {};
    }),
    'terminal.close': runner('terminal.close', async ({ terminal }) => {
      this.terminals.close(terminal);
      return {};
    }),
    exec: runner('exec', (params, stream) => exec(this.#platform, params, stream)),
    'file.put': runner('file.put', (params, stream) => putFile(this.#platform, params, stream)),
    'file.get': runner('file.get', (params, stream) => getFile(params, stream)),
    dial: runner('dial', async (params, stream) => {
      const { result, ended } = await dial(params, stream);
      void ended.then(() => {
        if (this.#streams.get(stream.id) === stream) this.#streams.delete(stream.id);
      });
      return result;
    }),
    cancel: runner('cancel', async ({ call }) => {
      this.#streams.get(call)?.cancel();
      this.#streams.delete(call);
      return {};
    }),
    'xray.watch': runner('xray.watch', async (request) => {
      this.#observer.watch(request);
      return {};
    }),
    'xray.unwatch': runner('xray.unwatch', async ({ view }) => {
      this.#observer.unwatch(view);
      this.#sights.forget(view);
      return {};
    }),
    ping: runner('ping', async () => ({})),
    quiesce: runner('quiesce', async () => {
      await rehearse(() => this.terminals.observed());
      await this.#platform.quiesce();
      return {};
    }),
  };
}

function runner<M extends Method>(
  method: M,
  run: (params: ReturnType<(typeof Calls)[M]['params']['parse']>, stream: CallStream) => Promise<CallValue<M>>,
): Runner<M> {
  return async (value, stream) => {
    const parsed = Calls[method].params.safeParse(value);
    if (!parsed.success) throw new GuestError('bad-params', parsed.error.message.slice(0, 400));
    return run(parsed.data as ReturnType<(typeof Calls)[M]['params']['parse']>, stream);
  };
}
