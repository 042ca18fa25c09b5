// The X-ray's panel: keeps what was seen, watches what is shown (nothing while the page is hidden), and redraws once a frame at most.
import { render } from 'preact';
import { XRAY_VIEWS, XrayMessage, type XrayState, type XrayView } from '../../../sandbox/protocol/xray.ts';
import { LOAD_SAMPLE_MS } from '../../../sandbox/protocol/xray/run-queue.ts';
import type { ClientMessage } from '../../api/socket.ts';
import { locale } from '../text.ts';
import { note, type Command, type ShellMark } from './commands.ts';
import { drawPanel, type PanelState, type Size } from './frame.ts';
import { keep, momentAt, momentFrom, type Moment } from './history.ts';
import { Inspector } from './inspector.ts';
import { NetworkLayouts } from './network-layouts.ts';
import type { XrayText } from './text/text.ts';

const RATE_HZ = 1;
/** Paddings of the place for a picture (xray.css), and what stands round it before it was drawn once, px. */
const STAGE = { side: 16, padding: 16, round: 104 } as const;

export type PanelHost = {
  send(message: ClientMessage): void;
  /** the learner closed the panel, chose a view or a size */
  changed(to: { readonly open: boolean; readonly view: XrayView; readonly size: Size }): void;
};

type Seen = {
  readonly past: readonly Moment<XrayState>[];
  /** when the newest message was made, by the guest's clock; moments after it are taken from it */
  readonly toldAtMs: number;
  readonly costPercent: number | undefined;
  readonly periodMs: number;
  readonly unavailable: PanelState['unavailable'];
  readonly truncated: PanelState['truncated'];
};
const NOTHING: Seen = {
  past: [],
  toldAtMs: -Infinity,
  costPercent: undefined,
  periodMs: 1000,
  unavailable: undefined,
  truncated: undefined,
};

export async function loadText(): Promise<XrayText> {
  return locale() === 'en' ? (await import('./text/en.ts')).en : (await import('./text/ko.ts')).ko;
}

export class XrayPanel {
  readonly #root: HTMLElement;
  readonly #host: PanelHost;
  readonly #text: XrayText;
  readonly #inspector: Inspector;
  readonly #whenClosed = new AbortController();
  readonly #resizing: ResizeObserver;
  readonly #layouts = new NetworkLayouts(() => this.#drawSoon());
  readonly #seen = new Map<XrayView, Seen>();
  #view: XrayView = 'run-queue';
  #size: Size = 'below';
  #lit: ReadonlySet<string> = new Set();
  #held: number | undefined;
  #commands: readonly Command[] = [];
  #inWords = false;
  #path = '';
  #linked = false;
  #open = false;
  #watched: XrayView | undefined;
  #frame = 0;
  /** this page's clock less the guest's, ms */
  #skew = 0;
  #resting: number | undefined;

  constructor(root: HTMLElement, host: PanelHost, text: XrayText) {
    this.#root = root;
    this.#host = host;
    this.#text = text;
    this.#inspector = new Inspector(root);
    this.#resizing = new ResizeObserver(() => this.#drawSoon());
    this.#resizing.observe(root);
    const { signal } = this.#whenClosed;
    document.addEventListener('visibilitychange', () => this.#watch(), { signal });
  }

  /** `view` may come from a browser's storage or an older page: an unknown one is the first. */
  show(view: string, size: Size, lit: readonly string[]): void {
    this.#open = true;
    this.#view = XRAY_VIEWS.find((each) => each === view) ?? XRAY_VIEWS[0];
    this.#size = size;
    this.#lit = new Set(lit);
    this.#held = undefined;
    this.#tell();
  }

  hide(): void {
    this.#open = false;
    this.#tell();
  }

  /** After the connection came back the server knows nothing of what this page watches. */
  linked(linked: boolean): void {
    this.#linked = linked;
    this.#watched = undefined;
    this.#watch();
  }

  /** Another machine: what was seen is not its past. */
  forget(): void {
    this.#seen.clear();
    this.#commands = [];
    this.#held = undefined;
    this.#drawSoon();
  }

  mark(mark: ShellMark): void {
    this.#commands = note(this.#commands, mark, Date.now() - this.#skew);
    this.#drawSoon();
  }

  /** A message as the server passed it on; one of another version is left aside. */
  receive(given: unknown): void {
    const parsed = XrayMessage.safeParse(given);
    if (!parsed.success) {
      console.warn('A message of the X-ray does not fit the contract', parsed.error.issues);
      return;
    }
    const message = parsed.data;
    const seen = this.#seen.get(message.view) ?? NOTHING;
    if (message.kind === 'unavailable') {
      this.#seen.set(message.view, { ...seen, unavailable: message.reason });
    } else {
      this.#skew = Date.now() - message.atMs;
      // A machine that was taken back in time begins a new past.
      const past = message.atMs < seen.toldAtMs ? [] : seen.past.filter(({ at }) => at < message.atMs);
      const last = past.at(-1);
      const state = message.kind === 'same' ? last && later(last.state, message.atMs - last.at) : message.state;
      const cut = message.kind === 'same' ? undefined : message.truncated[0];
      this.#seen.set(message.view, {
        past: state === undefined ? past : keep(past, { at: message.atMs, state }),
        toldAtMs: message.atMs,
        costPercent: message.costPercent,
        periodMs: message.periodMs,
        unavailable: undefined,
        truncated: message.kind === 'same' ? seen.truncated : cut,
      });
    }
    clearInterval(this.#resting);
    if (message.kind !== 'unavailable' && message.restMs > 0) {
      const { view, restMs } = message;
      const until = Date.now() + 2 * restMs;
      this.#resting = window.setInterval(() => this.#goOn(view, until), message.periodMs);
    }
    if (message.view === this.#view) this.#drawSoon();
  }

  /** Nothing runs in the machine, and it says nothing: what it said stands, and time goes on without it. It speaks up before `until`, or is not there. */
  #goOn(view: XrayView, until: number): void {
    const seen = this.#seen.get(view);
    const last = seen?.past.at(-1);
    if (view !== this.#watched || seen === undefined || last === undefined || Date.now() > until)
      return clearInterval(this.#resting);
    const at = Date.now() - this.#skew;
    if (at <= last.at) return;
    this.#seen.set(view, { ...seen, past: keep(seen.past, { at, state: later(last.state, at - last.at) }) });
    this.#drawSoon();
  }

  close(): void {
    this.#open = false;
    this.#watch();
    this.#whenClosed.abort();
    this.#resizing.disconnect();
    clearInterval(this.#resting);
    this.#layouts.close();
    cancelAnimationFrame(this.#frame);
    render(null, this.#root);
  }

  #tell(): void {
    this.#host.changed({ open: this.#open, view: this.#view, size: this.#size });
    this.#watch();
    this.#drawSoon();
  }

  /** Looking costs the machine something: only what is on the screen is watched. */
  #watch(): void {
    const wanted = this.#open && this.#linked && document.visibilityState === 'visible' ? this.#view : undefined;
    if (wanted === this.#watched) return;
    if (this.#watched !== undefined) this.#host.send({ type: 'unwatch', view: this.#watched });
    this.#watched = wanted;
    if (wanted !== undefined) this.#ask(wanted);
  }

  #ask(view: XrayView): void {
    const paths = view === 'overlay' && this.#path.startsWith('/') ? [this.#path] : [];
    this.#host.send({ type: 'watch', view, rateHz: RATE_HZ, paths });
  }

  #drawSoon(): void {
    if (!this.#open) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const seen = this.#seen.get(this.#view) ?? NOTHING;
    const stage = this.#root.querySelector('.xr-stage');
    const started = performance.now();
    render(
      drawPanel(
        {
          ...seen,
          view: this.#view,
          size: this.#size,
          held: this.#held,
          commands: this.#commands,
          lit: this.#lit,
          inWords: this.#inWords,
          path: this.#path,
          places: this.#layouts.places,
          width: Math.max(320, this.#root.clientWidth - 2 * STAGE.side),
          height: Math.max(160, (stage?.clientHeight ?? this.#root.clientHeight - STAGE.round) - STAGE.padding),
        },
        {
          show: (view) => this.show(view, this.#size, []),
          size: (size) => {
            this.#size = size;
            this.#tell();
          },
          close: () => this.hide(),
          hold: (secondsAgo) => this.#hold(secondsAgo, seen.past),
          holdFrom: ({ from }) => {
            this.#held = momentFrom(seen.past, from)?.at;
            this.#drawSoon();
          },
          inWords: (open) => {
            this.#inWords = open;
            this.#drawSoon();
          },
          askPath: (path) => {
            this.#path = path;
            if (this.#watched !== undefined) this.#ask(this.#watched);
          },
        },
        this.#text,
      ),
      this.#root,
    );
    this.#inspector.refresh();
    // Read by whoever measures what drawing costs (the bar: under 4 ms).
    this.#root.dataset['drawMs'] = (performance.now() - started).toFixed(2);
  }

  #hold(secondsAgo: number, past: readonly Moment<XrayState>[]): void {
    const end = past.at(-1)?.at;
    this.#held = secondsAgo <= 0 || end === undefined ? undefined : momentAt(past, end - secondsAgo * 1000)?.at;
    this.#drawSoon();
  }
}

/** What is the same `ms` later: but for the machine's own age, and that of the kernel's last sample of the load. */
function later(state: XrayState, ms: number): XrayState {
  if (!('uptimeMs' in state)) return state;
  const older = { ...state, uptimeMs: state.uptimeMs + ms };
  if (!('loadSampleAgeMs' in older) || older.loadSampleAgeMs === null) return older;
  return { ...older, loadSampleAgeMs: Math.round((older.loadSampleAgeMs + ms) % LOAD_SAMPLE_MS) };
}
