// What the JSON frames say. Parsed on both sides; every string and list coming out of the guest is bounded.
import * as z from 'zod/mini';
import { XrayRequest, XrayView } from './xray/request.ts';

const text = (max: number) => z.string().check(z.maxLength(max));
const count = z.int().check(z.nonnegative());
const cells = z.int().check(z.gte(1), z.lte(1000));

export const TerminalId = z.int().check(z.gte(1), z.lte(0xffff));

/** A place in a terminal's output. Every restore of the machine begins a new epoch. `seq` counts bytes from the terminal's birth. */
export const Position = z.strictObject({ epoch: count, seq: count });
export type Position = z.infer<typeof Position>;

export const TerminalInfo = z.strictObject({
  id: TerminalId,
  cols: cells,
  rows: cells,
  /** oldest byte still in the ring, and the next byte to come */
  firstSeq: count,
  nextSeq: count,
  /** null while the shell lives */
  exitCode: z.nullable(z.int()),
  user: text(64),
});
export type TerminalInfo = z.infer<typeof TerminalInfo>;

export const Hello = z.strictObject({ version: z.int(), nonce: text(64) });
export type Hello = z.infer<typeof Hello>;

export const Welcome = z.strictObject({
  version: z.int(),
  /** the host's own nonce back; a WELCOME with another one is an echo of an older connection */
  nonce: text(64),
  /** new at each start of the agent process */
  agentId: text(64),
  epoch: count,
  terminals: z.array(TerminalInfo).check(z.maxLength(16)),
});
export type Welcome = z.infer<typeof Welcome>;

/** Calls: method → parameters and result. */
export const Calls = {
  /** After every restore or boot, before anyone gets the machine: clock, entropy, identity; releases the held first shell. */
  restored: {
    params: z.strictObject({
      epoch: count,
      unixMs: z.number(),
      /** base64 of 32 to 512 random bytes */
      entropy: text(1024),
      hostname: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/)),
      /** 32 hex digits */
      machineId: z.string().check(z.regex(/^[0-9a-f]{32}$/)),
      /** of the guest's eth0 */
      mac: z.string().check(z.regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/)),
      /** false when a paused or hibernated machine comes back: identity and shells stay, only clock and entropy are renewed */
      fresh: z.boolean(),
    }),
    result: z.strictObject({}),
  },
  'terminal.open': {
    params: z.strictObject({ cols: cells, rows: cells, user: text(32) }),
    result: TerminalInfo,
  },
  /** Starts (or restarts) sending this terminal's output from `fromSeq`, or from the oldest byte kept if that is gone. */
  'terminal.attach': {
    params: z.strictObject({ terminal: TerminalId, fromSeq: count }),
    result: z.strictObject({ fromSeq: count }),
  },
  'terminal.resize': {
    params: z.strictObject({ terminal: TerminalId, cols: cells, rows: cells }),
    result: z.strictObject({}),
  },
  'terminal.close': {
    params: z.strictObject({ terminal: TerminalId }),
    result: z.strictObject({}),
  },
  /** Runs a program outside the learner's terminals. stdin comes as data on lane 0, output goes out on lanes 1 and 2;
   * the result follows when both lanes have ended. Output past `maxOutputBytes` is dropped and `truncated` says so.
   * At `timeoutMs` the whole process group is killed. */
  exec: {
    params: z.strictObject({
      argv: z.array(text(65536)).check(z.minLength(1), z.maxLength(256)),
      env: z.record(text(128), text(32768)),
      cwd: text(4096),
      user: text(32),
      timeoutMs: z.int().check(z.gte(1), z.lte(600_000)),
      maxOutputBytes: z.int().check(z.gte(0), z.lte(16 * 1024 * 1024)),
      /** whether stdin follows on lane 0; otherwise it is /dev/null */
      stdin: z.boolean(),
      /** 0 = ordinary; checks run at 10 so that they do not compete with what they judge */
      nice: z.int().check(z.gte(-20), z.lte(19)),
    }),
    result: z.strictObject({
      exitCode: z.nullable(z.int()),
      signal: z.nullable(text(16)),
      timedOut: z.boolean(),
      truncated: z.boolean(),
      wallMs: z.number().check(z.nonnegative()),
    }),
  },
  /** Contents come on lane 0 and end with an `end`; the file appears whole (written beside and renamed) or not at all. */
  'file.put': {
    params: z.strictObject({
      path: text(4096),
      mode: z.int().check(z.gte(0), z.lte(0o7777)),
      owner: text(32),
      bytes: count,
    }),
    result: z.strictObject({}),
  },
  /** Contents go out on lane 1, at most `maxBytes`. */
  'file.get': {
    params: z.strictObject({ path: text(4096), maxBytes: count }),
    result: z.strictObject({ bytes: count, truncated: z.boolean() }),
  },
  /** A TCP connection made inside the guest; lane 0 both ways. The result comes once it is connected, the stream lives on until both ends ended. */
  dial: {
    params: z.strictObject({ host: text(255), port: z.int().check(z.gte(1), z.lte(65535)) }),
    result: z.strictObject({}),
  },
  /** Ends an exec, file or dial call early. */
  cancel: { params: z.strictObject({ call: count }), result: z.strictObject({}) },
  /** Begins looking at a view of the X-ray, or changes how. What is seen comes as `xray` frames until `xray.unwatch` or the
   * end of the connection; a new host asks anew. */
  'xray.watch': { params: XrayRequest, result: z.strictObject({}) },
  'xray.unwatch': { params: z.strictObject({ view: XrayView }), result: z.strictObject({}) },
  ping: { params: z.strictObject({}), result: z.strictObject({}) },
  /** Called once while a template is made, before what its copies do first is rehearsed: frees memory. */
  quiesce: { params: z.strictObject({}), result: z.strictObject({}) },
} as const;

export type Method = keyof typeof Calls;
export type Params<M extends Method> = z.infer<(typeof Calls)[M]['params']>;
export type CallValue<M extends Method> = z.infer<(typeof Calls)[M]['result']>;

export const Call = z.strictObject({
  id: z.int().check(z.gte(1), z.lte(0xffffffff)),
  method: text(64),
  params: z.unknown(),
});
export type Call = z.infer<typeof Call>;

/** Why a call failed: `errno`-like codes where the system gave one (ENOENT), our own otherwise. */
export const CallError = z.strictObject({ code: text(64), message: text(1024) });
export type CallError = z.infer<typeof CallError>;

export const Result = z.union([
  z.strictObject({ id: count, ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ id: count, ok: z.literal(false), error: CallError }),
]);
export type Result = z.infer<typeof Result>;

export const GuestEvent = z.discriminatedUnion('event', [
  /** A shell with our integration finished a command (OSC 133;D with the terminal's nonce). */
  z.strictObject({
    event: z.literal('command-finished'),
    terminal: TerminalId,
    seq: count,
    exitCode: z.nullable(z.int()),
  }),
  /** The prompt is waiting for a command (OSC 133;B), or a command began (OSC 133;C). */
  z.strictObject({ event: z.literal('prompt'), terminal: TerminalId, seq: count, free: z.boolean() }),
  z.strictObject({ event: z.literal('terminal-exited'), terminal: TerminalId, exitCode: z.int() }),
  z.strictObject({ event: z.literal('terminal-opened'), terminal: TerminalInfo }),
]);
export type GuestEvent = z.infer<typeof GuestEvent>;
