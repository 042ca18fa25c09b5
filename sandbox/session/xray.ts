// The X-ray of one session: each view is looked at once in the guest, however many pages watch it, and not at all when none does.
import { ProtocolError, decodeJson } from '../protocol/codec.ts';
import { XRAY_VERSION, XrayMessage } from '../protocol/xray.ts';
import type { XrayRequest, XrayView } from '../protocol/xray/request.ts';
import type { AgentLink } from './agent-link.ts';
import type { SessionLog } from './view.ts';
import type { XrayPort } from './xray-port.ts';

const MAX_PATHS = 4;
/** A guest that sends nonsense is logged once in a while, not each time. */
const COMPLAINT_MS = 60_000;

type Seen = Exclude<XrayMessage, { kind: 'unavailable' }>;

type Watched = {
  readonly ports: Map<XrayPort, XrayRequest>;
  /** for whoever comes: the newest whole state, and the newest word that it stands, with when that came */
  seen: { readonly state: Seen; readonly newest: Seen; readonly cameAtMs: number } | undefined;
  /** what the guest was asked for last, on the present link */
  asked: string;
};

export class Xray {
  readonly #views = new Map<XrayView, Watched>();
  readonly #log: SessionLog;
  readonly #now: () => number;
  #link: AgentLink | undefined;
  #complainedAtMs = -Infinity;

  constructor(log: SessionLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  watch(port: XrayPort, request: XrayRequest): void {
    let watched = this.#views.get(request.view);
    if (watched === undefined) {
      watched = { ports: new Map(), seen: undefined, asked: '' };
      this.#views.set(request.view, watched);
    }
    watched.ports.set(port, request);
    if (this.#link === undefined) port.xray(unavailable(request.view, 'asleep'));
    else if (watched.seen !== undefined) this.#catchUp(port, watched.seen);
    this.#ask(request.view, watched);
  }

  unwatch(port: XrayPort, view: XrayView): void {
    const watched = this.#views.get(view);
    if (watched?.ports.delete(port) !== true) return;
    if (watched.ports.size > 0) return this.#ask(view, watched);
    this.#views.delete(view);
    this.#link
      ?.call('xray.unwatch', { view })
      .catch((error: unknown) => this.#log('a view was not ended', { view, error }));
  }

  leave(port: XrayPort): void {
    for (const view of [...this.#views.keys()]) this.unwatch(port, view);
  }

  /** What `port` watches, to be watched again elsewhere. */
  requestsOf(port: XrayPort): readonly XrayRequest[] {
    return [...this.#views.values()].flatMap(({ ports }) => ports.get(port) ?? []);
  }

  /** A new link: its guest knows of no view. */
  bind(link: AgentLink): void {
    this.#link = link;
    for (const [view, watched] of this.#views) {
      watched.asked = '';
      this.#ask(view, watched);
    }
  }

  /** The guest does not answer, or sleeps. */
  unbind(): void {
    if (this.#link === undefined) return;
    this.#link = undefined;
    this.rest();
  }

  /** The machine stands still: what is shown is no longer now. Looking goes on by itself when it moves again. */
  rest(): void {
    for (const [view, watched] of this.#views) {
      watched.seen = undefined;
      for (const port of watched.ports.keys()) port.xray(unavailable(view, 'asleep'));
    }
  }

  /** A frame of the guest. What does not fit the contract, or was not asked for, is dropped. */
  receive(payload: Uint8Array): void {
    const message = parse(payload);
    if (message === undefined) return this.#complain();
    const watched = this.#views.get(message.view);
    if (watched === undefined) return;
    if (message.kind === 'unavailable') watched.seen = undefined;
    else {
      const state = message.kind === 'state' ? message : watched.seen?.state;
      watched.seen = state && { state, newest: message, cameAtMs: this.#now() };
    }
    for (const port of watched.ports.keys()) port.xray(message);
  }

  /** What the others see, and what time it is there: a state may be old and stand. */
  #catchUp(port: XrayPort, { state, newest, cameAtMs }: NonNullable<Watched['seen']>): void {
    port.xray(state);
    const { version, view, sample, periodMs, restMs, costPercent } = newest;
    const atMs = newest.atMs + Math.max(0, this.#now() - cameAtMs);
    port.xray({ version, kind: 'same', view, sample, atMs, periodMs, restMs, costPercent });
  }

  /** One request for all pages of a view: the highest rate, the paths of those who came last. */
  #ask(view: XrayView, watched: Watched): void {
    const link = this.#link;
    if (link === undefined) return;
    const requests = [...watched.ports.values()];
    const paths = [...new Set(requests.flatMap((request) => request.paths))].slice(-MAX_PATHS);
    const request: XrayRequest = { view, rateHz: Math.max(...requests.map(({ rateHz }) => rateHz)), paths };
    const asked = JSON.stringify(request);
    if (asked === watched.asked) return;
    watched.asked = asked;
    link.call('xray.watch', request).catch((error: unknown) => {
      if (this.#link !== link) return;
      this.#log('a view could not be watched', { view, error });
      for (const port of watched.ports.keys()) port.xray(unavailable(view, 'not-supported'));
    });
  }

  #complain(): void {
    const nowMs = this.#now();
    if (nowMs - this.#complainedAtMs < COMPLAINT_MS) return;
    this.#complainedAtMs = nowMs;
    this.#log('the guest sent something that is no view of the X-ray', {});
  }
}

function unavailable(view: XrayView, reason: 'asleep' | 'not-supported'): XrayMessage {
  return { version: XRAY_VERSION, kind: 'unavailable', view, reason };
}

function parse(payload: Uint8Array): XrayMessage | undefined {
  try {
    const parsed = XrayMessage.safeParse(decodeJson(payload));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
