// The WebSocket between a page and its session: `GET /api/sessions/:id/socket`.
//
// Binary messages carry terminal bytes, text messages carry the JSON below.
//   server → browser  output: u8 1 | u16 BE terminal | u32 BE epoch | u64 BE seq of the first byte | bytes
//   browser → server  input:  u8 2 | u16 BE terminal | bytes
// A page first says `attach` for each terminal it shows, with the last position it has (or null), and sends no input
// for it until `attached` arrived and everything up to `replayUntil` was parsed by xterm.js: the terminal's answers to
// replayed queries must not be typed into the learner's shell.
//
// Positions are one unbroken count: where the server sends a drawing of the screen instead of bytes it no longer has, the
// drawing takes the place of the bytes just before `replayUntil`. `reset` keeps the session's id and gives it another
// machine: the terminals vanish from the view, new ones come, and their epochs are higher than all before.
import * as z from 'zod/mini';
import { LocalText, TaskView, Verdict } from './labs.ts';

const count = z.int().check(z.nonnegative());
const cells = z.int().check(z.gte(1), z.lte(1000));
const terminal = z.int().check(z.gte(1), z.lte(0xffff));
const text = (max: number) => z.string().check(z.maxLength(max));

export const OUTPUT_MESSAGE = 1;
export const INPUT_MESSAGE = 2;
export const OUTPUT_HEADER_BYTES = 15;
export const INPUT_HEADER_BYTES = 3;

/** Close codes beyond the standard's: the page must not reconnect on these. */
export const CLOSE = { gone: 4404, forbidden: 4403, replaced: 4409, badMessage: 4400 } as const;

export const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('attach'),
    terminal,
    position: z.nullable(z.strictObject({ epoch: count, seq: count })),
    cols: cells,
    rows: cells,
  }),
  z.strictObject({ type: z.literal('detach'), terminal }),
  /** bytes of this terminal that xterm.js has parsed, as a position */
  z.strictObject({ type: z.literal('ack'), terminal, seq: count }),
  z.strictObject({ type: z.literal('resize'), terminal, cols: cells, rows: cells }),
  /** this page has the learner's eyes: its size counts from now on */
  z.strictObject({ type: z.literal('focus'), terminal }),
  z.strictObject({ type: z.literal('open'), request: count, cols: cells, rows: cells }),
  z.strictObject({ type: z.literal('close'), terminal }),
  /** a quiet Enter in a shell without our integration: run the open checks */
  z.strictObject({ type: z.literal('settled') }),
  z.strictObject({ type: z.literal('check'), task: text(64) }),
  z.strictObject({ type: z.literal('answer'), task: text(64), value: text(4096) }),
  z.strictObject({ type: z.literal('hint'), task: text(64) }),
  z.strictObject({ type: z.literal('solution'), task: text(64) }),
  z.strictObject({ type: z.literal('extend') }),
  z.strictObject({ type: z.literal('reset') }),
  /** back to a checkpoint; progress and verdicts stay. To the lab's start is `reset` */
  z.strictObject({ type: z.literal('rewind'), checkpoint: count }),
  /** the list of ports was opened: look now */
  z.strictObject({ type: z.literal('ports') }),
  /** Begins or changes looking at one view of the X-ray (fields of XrayRequest in sandbox/protocol/xray.ts). A page that is
   * hidden, or does not show the view any more, must say `unwatch`: looking costs the machine something. */
  z.strictObject({
    type: z.literal('watch'),
    view: text(32),
    rateHz: z.number().check(z.gte(0.5), z.lte(2)),
    paths: z.array(text(512)).check(z.maxLength(4)),
  }),
  z.strictObject({ type: z.literal('unwatch'), view: text(32) }),
  z.strictObject({ type: z.literal('ping'), at: z.number() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const TerminalView = z.strictObject({ id: terminal, exitCode: z.nullable(z.int()) });

/** Where the learner's machine is, as a page shows it. */
export const SessionView = z.strictObject({
  id: text(64),
  state: z.enum([
    'queued',
    'starting',
    'setting-up',
    'ready',
    'paused',
    'hibernated',
    'waking',
    'rewinding',
    'closing',
    'closed',
    'failed',
  ]),
  /** boot progress; null once ready */
  progress: z.nullable(
    z.strictObject({
      stage: z.enum(['queued', 'template', 'disk', 'restore', 'boot', 'identity', 'setup', 'ready']),
      attempt: count,
      position: count,
      estimateMs: count,
      /** queued: every place of the host is taken, and one must be left; else only others start first */
      full: z.boolean(),
    }),
  ),
  machine: z.nullable(
    z.strictObject({
      hostname: text(64),
      accelerator: z.enum(['kvm', 'tcg']),
      origin: z.enum(['clone', 'cold', 'fake']),
      vcpus: count,
      memoryMib: count,
    }),
  ),
  terminals: z.array(TerminalView).check(z.maxLength(16)),
  /** moments it can be taken back to, oldest first; the lab's start is always one more */
  checkpoints: z
    .array(
      z.strictObject({
        id: count,
        /** the task that was passed then */
        task: text(64),
        at: z.number(),
        /** of the server's disk */
        mib: count,
      }),
    )
    .check(z.maxLength(8)),
  /** when it ends unless something happens, Unix ms; null = no limit */
  expiresAt: z.nullable(z.number()),
  /** Why it is closed or failed, or why a ready machine does not answer: a code the page translates. closed, reset, expired,
   * given-up (nobody came for days), setup-failed, start-failed, agent-lost, pause-, resume-, hibernate- and wake-failed,
   * or the machine's own: qemu-exited, lease-expired, disk-full, machine-gone, full … */
  reason: z.nullable(text(64)),
});
export type SessionView = z.infer<typeof SessionView>;

/** TCP ports that something in the machine listens on, and where a browser finds what is served there. */
export const PortsView = z.strictObject({
  /** why nothing can be shown: the course is not read on its own computer, and no domain for previews is configured */
  off: z.nullable(z.enum(['no-domain'])),
  ports: z
    .array(
      z.strictObject({
        port: z.int().check(z.gte(1), z.lte(65535)),
        /** on a host name of its own, for this port of this session only */
        url: z.nullable(text(512)),
      }),
    )
    .check(z.maxLength(32)),
});
export type PortsView = z.infer<typeof PortsView>;

export const ServerMessage = z.discriminatedUnion('type', [
  /** first message of every connection, and again whenever something in it changed */
  z.strictObject({ type: z.literal('session'), session: SessionView }),
  /** answer to `attach`: output follows from `from`; with `clear` the page resets the terminal first (it was too far behind,
   * or the epoch changed, and the first bytes redraw the screen). Input is open once `replayUntil` is parsed. */
  z.strictObject({
    type: z.literal('attached'),
    terminal,
    epoch: count,
    from: count,
    replayUntil: count,
    clear: z.boolean(),
    cols: cells,
    rows: cells,
  }),
  /** the size now in force (another page may have set it) */
  z.strictObject({ type: z.literal('size'), terminal, cols: cells, rows: cells }),
  z.strictObject({ type: z.literal('opened'), request: count, terminal }),
  z.strictObject({ type: z.literal('exited'), terminal, exitCode: z.int() }),
  /** the shell waits at its prompt (true) or runs something (false) */
  z.strictObject({ type: z.literal('prompt'), terminal, free: z.boolean() }),
  /** input window: how many more bytes may be sent */
  z.strictObject({ type: z.literal('input-ack'), terminal, bytes: count }),
  /** after the first message, and whenever they changed */
  z.strictObject({ type: z.literal('ports'), ports: PortsView }),
  z.strictObject({ type: z.literal('checking'), task: text(64) }),
  z.strictObject({ type: z.literal('verdict'), verdict: Verdict }),
  z.strictObject({ type: z.literal('task'), task: TaskView }),
  z.strictObject({ type: z.literal('hint'), task: text(64), index: count, of: count, html: LocalText }),
  z.strictObject({ type: z.literal('solution'), task: text(64), html: LocalText }),
  z.strictObject({ type: z.literal('error'), code: text(64), message: LocalText }),
  /** One moment of a view that is watched: an XrayMessage, already parsed by the server with its contract, which is too large
   * for every page to load: only who draws it parses it again. Comes at once after `watch` where another page watches already. */
  z.strictObject({ type: z.literal('xray'), message: z.unknown() }),
  z.strictObject({ type: z.literal('pong'), at: z.number() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;
