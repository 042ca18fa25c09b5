// One terminal of a session: the copy of the guest's ring, the present screen, and the pages looking at it.
import { RING_BYTES } from '../protocol/flow.ts';
import { MAX_PAYLOAD_BYTES } from '../protocol/wire.ts';
import type { Position } from '../protocol/messages.ts';
import { Ring } from './ring.ts';
import { Screen } from './screen.ts';
import { Timeline } from './timeline.ts';
import type { Size } from './timeline.ts';
import { unfinishedTail } from './tail.ts';
import { View } from './viewer.ts';
import type { ViewerPort } from './viewer.ts';
import type { SavedScreen } from './record.ts';

/** A terminal that printed no more than this is replayed rather than drawn: links, marks and underlines are exact then. */
const EXACT_BYTES = 32 * 1024;

export type TerminalShape = {
  readonly id: number;
  readonly cols: number;
  readonly rows: number;
  readonly user: string;
};

/** What a terminal printed, as far as it is kept, with the times it came at. */
export type Recording = {
  /** at its beginning */
  readonly size: Size;
  /** whether it begins with the terminal's first byte */
  readonly whole: boolean;
  readonly events: readonly ({ readonly atMs: number } & ({ readonly bytes: Buffer } | { readonly size: Size }))[];
};

export type TerminalHooks = {
  /** the size in force changed: tell the guest */
  readonly resize: (cols: number, rows: number) => void;
  /** something moved that may allow the guest to send more */
  readonly moved: () => void;
  readonly now: () => number;
};

export class SessionTerminal {
  readonly id: number;
  readonly user: string;
  cols: number;
  rows: number;
  exitCode: number | null = null;
  /** the shell waits at its prompt; null where no integration has spoken yet */
  free: boolean | null = null;
  /** what the guest was told we consumed */
  guestAcked: number;
  readonly #hooks: TerminalHooks;
  readonly #ring: Ring;
  readonly #timeline: Timeline;
  #screen: Screen;
  #parsed: number;
  #epoch: number;
  /** where each later epoch began: an older position is good as long as it is not past that */
  readonly #epochStarts = new Map<number, number>();
  /** most recently focused last */
  readonly #views: View[] = [];
  /** what the guest has for us already: pages attach once we have it too, or their place would seem lost */
  #expectedSeq: number;
  #waiting: { port: ViewerPort; position: Position | null; cols: number; rows: number }[] = [];
  #closed = false;

  constructor(shape: TerminalShape, epoch: number, startSeq: number, hooks: TerminalHooks) {
    this.id = shape.id;
    this.user = shape.user;
    this.cols = shape.cols;
    this.rows = shape.rows;
    this.#hooks = hooks;
    this.#ring = new Ring(RING_BYTES, startSeq);
    this.#timeline = new Timeline({ cols: shape.cols, rows: shape.rows });
    this.#screen = new Screen(shape.cols, shape.rows);
    this.#parsed = this.guestAcked = this.#expectedSeq = startSeq;
    this.#epoch = epoch;
  }

  /** The guest holds output up to `seq`, which is on its way. */
  expect(seq: number): void {
    this.#expectedSeq = seq;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get nextSeq(): number {
    return this.#ring.nextSeq;
  }

  get viewers(): number {
    return this.#views.length;
  }

  /** The machine was woken: its memory came along, so the bytes go on where they were. */
  beginEpoch(epoch: number): void {
    if (epoch === this.#epoch) return;
    this.#epochStarts.set(epoch, this.#ring.nextSeq);
    this.#epoch = epoch;
    // Pages take output of the epoch they were told of only.
    for (const view of this.#views) if (!view.lagging) this.#answer(view, view.sent, this.#ring.nextSeq, false);
  }

  /** Output from the guest. What we have already is skipped; after a gap the screen begins anew. */
  receive(seq: number, bytes: Uint8Array): void {
    if (this.#closed) return;
    const known = this.#ring.nextSeq - seq;
    if (known < 0) return this.#restart(seq, bytes);
    if (known >= bytes.length) return;
    this.#append(Buffer.from(bytes.subarray(known)));
    for (const view of this.#views) this.#pump(view);
    this.#admit();
    this.#hooks.moved();
  }

  /** Puts a screen saved by an earlier process in place of bytes that only the sleeping guest has. */
  async restore(saved: SavedScreen): Promise<void> {
    const bytes = Buffer.from(saved.picture, 'base64');
    this.guestAcked = saved.seq;
    if (saved.exact) this.#append(bytes);
    else {
      this.#ring.restart(saved.seq);
      this.#parsed = saved.seq;
      this.#screen.write(bytes, () => undefined);
    }
    await this.settled();
  }

  save(): SavedScreen {
    const { picture, until } = this.#picture();
    // Right after its birth a terminal's bytes are fewer than its picture's, which could not stand for them.
    const exact = this.#ring.firstSeq === 0 && picture.length > until;
    return {
      terminal: this.id,
      user: this.user,
      epoch: this.#epoch,
      seq: until,
      exact,
      cols: this.cols,
      rows: this.rows,
      picture: (exact ? this.#ring.read(0, until) : picture).toString('base64'),
    };
  }

  recording(): Recording {
    let from = this.#ring.firstSeq;
    const { size, moments } = this.#timeline.read(from);
    const events: Recording['events'][number][] = [];
    for (const { until, atMs, size: changed } of moments) {
      if (changed !== undefined) events.push({ atMs, size: changed });
      else if (until > from) events.push({ atMs, bytes: this.#ring.read(from, until - from) });
      from = Math.max(from, until);
    }
    return { size, whole: this.#ring.firstSeq === 0, events };
  }

  /** Waits until everything received is on the screen. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#screen.write(new Uint8Array(0), resolve));
  }

  attach(port: ViewerPort, position: Position | null, cols: number, rows: number): void {
    this.detach(port);
    if (this.#ring.nextSeq < this.#expectedSeq) return void this.#waiting.push({ port, position, cols, rows });
    const view = new View(port, cols, rows, this.#hooks.now());
    // The newcomer stands behind whoever has the focus, unless nobody has.
    this.#views.unshift(view);
    if (this.#views.length === 1) this.#apply(view);
    if (position !== null && this.#canResume(position)) {
      this.#answer(view, position.seq, this.#ring.nextSeq, false);
      this.#pump(view);
    } else {
      this.#redraw(view);
    }
    if (this.exitCode !== null) port.exited(this.id, this.exitCode);
    else if (this.free !== null) port.prompt(this.id, this.free);
    this.#hooks.moved();
  }

  detach(port: ViewerPort): void {
    this.#waiting = this.#waiting.filter((one) => one.port !== port);
    const index = this.#views.findIndex((view) => view.port === port);
    if (index < 0) return;
    this.#views.splice(index, 1);
    const owner = this.#views.at(-1);
    if (owner !== undefined) this.#apply(owner);
    this.#hooks.moved();
  }

  /** Returns false for an impossible position. */
  acknowledge(port: ViewerPort, seq: number): boolean {
    const view = this.#viewOf(port);
    if (view === undefined) return true;
    if (!view.acknowledge(seq, this.#hooks.now())) return false;
    if (view.lagging && view.drained()) this.#redraw(view);
    else this.#pump(view);
    this.#hooks.moved();
    return true;
  }

  resize(port: ViewerPort, cols: number, rows: number): void {
    const view = this.#viewOf(port);
    if (view === undefined) return;
    view.cols = cols;
    view.rows = rows;
    if (view === this.#views.at(-1)) this.#apply(view);
    else port.size(this.id, this.cols, this.rows);
  }

  focus(port: ViewerPort): void {
    const view = this.#viewOf(port);
    if (view === undefined || view === this.#views.at(-1)) return;
    this.#views.splice(this.#views.indexOf(view), 1);
    this.#views.push(view);
    this.#apply(view);
  }

  /** Every page that looks, or waits to. */
  lookers(): { readonly port: ViewerPort; readonly cols: number; readonly rows: number }[] {
    return [...this.#waiting, ...this.#views].map(({ port, cols, rows }) => ({ port, cols, rows }));
  }

  each(tell: (port: ViewerPort) => void): void {
    for (const view of this.#views) tell(view.port);
  }

  /** Up to where the guest may be told that we consumed, and when a page that stopped reading stops counting.
   * The fastest page paces the guest; nobody looking means only our own screen does. */
  consumed(nowMs: number): { readonly seq: number; readonly askAgainMs: number | undefined } {
    let fastest: number | undefined;
    let askAgainMs: number | undefined;
    for (const view of this.#views) {
      const stallsAtMs = view.stallsAtMs();
      if (view.lagging || (stallsAtMs !== undefined && stallsAtMs <= nowMs)) continue;
      fastest = Math.max(fastest ?? 0, view.acked);
      if (stallsAtMs !== undefined) askAgainMs = Math.max(askAgainMs ?? 0, stallsAtMs - nowMs);
    }
    const seq = Math.min(this.#parsed, fastest ?? this.#ring.nextSeq);
    return { seq: Math.max(this.guestAcked, seq), askAgainMs };
  }

  close(): void {
    this.#closed = true;
    this.#views.length = 0;
    this.#screen.close();
  }

  #viewOf(port: ViewerPort): View | undefined {
    return this.#views.find((view) => view.port === port);
  }

  #append(bytes: Uint8Array): void {
    this.#ring.push(bytes);
    const seq = this.#ring.nextSeq;
    this.#timeline.output(seq, this.#hooks.now(), this.#ring.firstSeq);
    this.#screen.write(bytes, () => {
      this.#parsed = Math.max(this.#parsed, seq);
      this.#hooks.moved();
    });
  }

  #admit(): void {
    if (this.#waiting.length === 0 || this.#ring.nextSeq < this.#expectedSeq) return;
    for (const { port, position, cols, rows } of this.#waiting.splice(0)) this.attach(port, position, cols, rows);
  }

  #restart(seq: number, bytes: Uint8Array): void {
    this.#ring.restart(seq);
    this.#timeline.restart({ cols: this.cols, rows: this.rows });
    this.guestAcked = Math.max(this.guestAcked, seq);
    this.#screen.close();
    this.#screen = new Screen(this.cols, this.rows);
    this.#parsed = seq;
    this.#append(Buffer.from(bytes));
    for (const view of this.#views) this.#redraw(view);
    this.#admit();
    this.#hooks.moved();
  }

  #canResume(position: Position): boolean {
    if (!this.#ring.has(position.seq)) return false;
    if (position.epoch > this.#epoch) return false;
    for (const [epoch, start] of this.#epochStarts) if (epoch > position.epoch && position.seq > start) return false;
    return true;
  }

  /** The picture stands for the bytes just before `until`, so positions stay one unbroken count for the page. */
  #redraw(view: View): void {
    const { picture, until } = this.#picture();
    const young = this.#ring.firstSeq === 0 && this.#ring.nextSeq <= EXACT_BYTES;
    if (young || picture.length > until || !this.#ring.has(until)) {
      // Everything it ever printed, which a picture could only come near; or as much of it as there is.
      this.#answer(view, this.#ring.firstSeq, this.#ring.nextSeq, true);
    } else {
      this.#answer(view, until - picture.length, this.#ring.nextSeq, true);
      view.port.output(this.id, this.#epoch, until - picture.length, picture);
      view.sentNow(until, this.#hooks.now());
    }
    this.#pump(view);
  }

  #picture(): { readonly picture: Buffer; readonly until: number } {
    const from = Math.max(this.#ring.firstSeq, this.#parsed - 1024);
    const shown = this.#parsed > from ? this.#ring.read(from, this.#parsed - from) : new Uint8Array(0);
    return { picture: this.#screen.picture(), until: this.#parsed - unfinishedTail(shown) };
  }

  #answer(view: View, from: number, replayUntil: number, clear: boolean): void {
    view.start(from, replayUntil);
    const { id: terminal, cols, rows } = this;
    view.port.attached({ terminal, epoch: this.#epoch, from, replayUntil, clear, cols, rows });
  }

  #pump(view: View): void {
    if (!view.lagging && view.sent < this.#ring.firstSeq) view.lagging = true;
    while (!view.lagging && view.sent < this.#ring.nextSeq) {
      const window = view.window();
      if (window === 0) break;
      const bytes = this.#ring.read(view.sent, Math.min(window, MAX_PAYLOAD_BYTES));
      const seq = view.sent;
      view.sentNow(seq + bytes.length, this.#hooks.now());
      view.port.output(this.id, this.#epoch, seq, bytes);
    }
    if (view.fallsBehind(this.#ring.nextSeq)) view.lagging = true;
    if (view.lagging && view.drained()) this.#redraw(view);
  }

  #apply(view: View): void {
    const { cols, rows } = view;
    if (cols !== this.cols || rows !== this.rows) {
      this.cols = cols;
      this.rows = rows;
      this.#screen.resize(cols, rows);
      this.#timeline.resized({ cols, rows }, this.#ring.nextSeq, this.#hooks.now(), this.#ring.firstSeq);
      this.#hooks.resize(cols, rows);
    }
    for (const other of this.#views) if (other !== view) other.port.size(this.id, cols, rows);
  }
}
