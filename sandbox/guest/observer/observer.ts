// The observer: looks at the kernel for whoever watches, and at nothing otherwise. What goes wrong in a view stays in it.
import { MAX_XRAY_BYTES, XRAY_VERSION } from '../../protocol/xray/request.ts';
import type { XrayMessage } from '../../protocol/xray.ts';
import type { XrayRequest, XrayView } from '../../protocol/xray/request.ts';
import { Costs } from './costs.ts';
import { Ground } from './ground.ts';
import type { ObservedTerminal } from './ground.ts';
import { Pulse } from './pulse.ts';
import { NotSupported } from './view.ts';
import type { Opener, Sight, View } from './view.ts';
import { openCgroups } from './views/cgroups.ts';
import { openNamespaces } from './views/namespaces.ts';
import { openNetworkPath } from './views/network-path.ts';
import { openOverlay } from './views/overlay.ts';
import { openProcessTree } from './views/process-tree.ts';
import { openRunQueue } from './views/run-queue.ts';
import { openRuntimeChain } from './views/runtime-chain.ts';
import { openVmStat } from './views/vmstat.ts';

const OPENERS: { readonly [V in XrayView]: Opener<V> } = {
  'run-queue': openRunQueue,
  vmstat: openVmStat,
  'process-tree': openProcessTree,
  namespaces: openNamespaces,
  cgroups: openCgroups,
  'runtime-chain': openRuntimeChain,
  overlay: openOverlay,
  'network-path': openNetworkPath,
};

/** Between two looks of a view at least; others must have their turn as well. */
const PAUSE_MS = 100;
/** A view that still gathers says when it has; should it not, it is looked at again after this. */
const GATHER_MS = 1000;
/** What cannot last is looked at again so many times; if it is still there then, it does. */
const PASSING_LOOKS = 3;
/** That nothing has changed is said when a rest begins, and else no more often than this: waking the writer for it costs as much as many a look. */
const SAME_MS = 2500;
/** What the kernel changes by itself, while nothing runs, is seen after this long. */
const REFRESH_MS = 10_000;
/** Lists are never cut shorter than this part of their usual length. */
const LEAST_ROOM = 0.02;
/** Ages, which are never the same (`same` in xray.ts). */
const AGE = /"(uptimeMs|loadSampleAgeMs)":\d+/g;
/** A view that failed is opened anew after this long. */
const RETRY_MS = 5000;

type Watch = {
  request: XrayRequest;
  view: View | undefined;
  timer: NodeJS.Timeout | undefined;
  sample: number;
  shown: string;
  /** when something was said last, by performance.now() */
  saidAtMs: number;
  periodMs: number;
  /** another text when something ran, or the view heard of something; and the looks since, this one included */
  cause: string;
  looks: number;
  /** when what is left to stand was read, by performance.now(); -Infinity: something has happened since */
  settledAtMs: number;
  /** is not looked at before something happens, or the refresh */
  resting: boolean;
  /** see View.look */
  room: number;
  gathering: boolean;
  readonly costs: Costs;
};

export class Observer {
  readonly #send: (view: XrayView, message: string) => void;
  readonly #ground: Ground;
  readonly #watches = new Map<XrayView, Watch>();
  readonly #pulse = new Pulse((ran) => {
    if (ran) this.#beats++;
    for (const watch of this.#watches.values()) this.#stir(watch);
  });
  #beats = 0;
  /** CPU time of the agent when the last look ended */
  #cpuMs = 0;

  /** `send` gets one message as JSON; a newer one of the same view may take the place of one that has not left yet. */
  constructor(terminals: () => readonly ObservedTerminal[], send: (view: XrayView, message: string) => void) {
    this.#ground = new Ground(terminals);
    this.#send = send;
  }

  /** Begins looking, or changes how; sends the whole state at once also where nothing has changed. */
  watch(request: XrayRequest): void {
    const known = this.#watches.get(request.view);
    const watch: Watch = known ?? {
      request,
      view: undefined,
      timer: undefined,
      sample: 0,
      shown: '',
      saidAtMs: -Infinity,
      periodMs: 0,
      cause: '',
      looks: 0,
      settledAtMs: -Infinity,
      resting: false,
      room: 1,
      gathering: false,
      costs: new Costs(),
    };
    watch.request = request;
    watch.shown = '';
    watch.settledAtMs = -Infinity;
    watch.periodMs = 1000 / request.rateHz;
    this.#watches.set(request.view, watch);
    this.#schedule(watch, 0);
  }

  unwatch(view: XrayView): void {
    const watch = this.#watches.get(view);
    if (watch === undefined) return;
    clearTimeout(watch.timer);
    this.#watches.delete(view);
    closeQuietly(watch);
    if (this.#watches.size > 0) return;
    this.#pulse.close();
    this.#ground.close();
  }

  /** The host is gone: nobody watches. */
  close(): void {
    for (const view of [...this.#watches.keys()]) this.unwatch(view);
  }

  #schedule(watch: Watch, inMs: number): void {
    clearTimeout(watch.timer);
    watch.timer = setTimeout(() => this.#look(watch), inMs);
    watch.timer.unref();
  }

  #look(watch: Watch): void {
    const { request, costs } = watch;
    const startedMs = performance.now();
    watch.resting = false;
    let nextMs: number;
    try {
      const before = ownCpuMs();
      const view = (watch.view ??= OPENERS[request.view](this.#ground, () => this.#stir(watch)));
      this.#listen(watch, view, startedMs);
      const stands = startedMs - watch.settledAtMs < REFRESH_MS;
      const body = stands ? watch.shown : bodyOf(watch, view);
      const lasts = stands || (body !== undefined && !this.#passes(watch, view));
      if (!stands) watch.settledAtMs = lasts ? startedMs : -Infinity;
      watch.gathering = body === undefined;
      watch.resting = lasts && this.#pulse.wait(this.#watches.has('run-queue'));
      if (body !== undefined) this.#tell(watch, body);
      if (view.heard !== undefined) this.#pulse.open();
      const betweenMs = before - this.#cpuMs;
      const helpers = this.#helpers(view);
      this.#cpuMs = ownCpuMs();
      costs.add({ lookMs: this.#cpuMs - before + this.#ground.births.spentMs(), betweenMs, helpers, atMs: startedMs });
      watch.periodMs = Math.max(1000 / request.rateHz, costs.restMs());
      nextMs = watch.gathering ? GATHER_MS : watch.resting ? REFRESH_MS : watch.periodMs;
    } catch (error) {
      closeQuietly(watch);
      const reason = error instanceof NotSupported ? 'not-supported' : 'failed';
      if (reason === 'failed') console.error('a view of the X-ray failed', request.view, error);
      this.#say(request.view, { version: XRAY_VERSION, kind: 'unavailable', view: request.view, reason });
      nextMs = RETRY_MS;
    }
    const waitMs = Math.max(PAUSE_MS, nextMs - (performance.now() - startedMs));
    if (this.#watches.get(request.view) === watch) this.#schedule(watch, waitMs);
  }

  /** Whether anything has happened that could have changed what the view shows: then it does not stand. */
  #listen(watch: Watch, view: View, nowMs: number): void {
    if (view.heard === undefined) return;
    const cause = `${this.#beats} ${this.#ground.processes.runs(nowMs)} ${view.heard()}`;
    watch.looks = cause === watch.cause ? watch.looks + 1 : 1;
    if (cause !== watch.cause) watch.settledAtMs = -Infinity;
    watch.cause = cause;
  }

  /** Whether what was just read has to be read again, though nothing should happen. */
  #passes(watch: Watch, view: View): boolean {
    if (view.heard === undefined || this.#ground.processes.unread || this.#ground.podman.unread) return true;
    return watch.looks <= PASSING_LOOKS && view.passing?.() === true;
  }

  /** It is worth a look now, where none is due soon anyway. */
  #stir(watch: Watch): void {
    if (!watch.gathering && !watch.resting) return;
    watch.resting = false;
    if (this.#watches.get(watch.request.view) === watch) this.#schedule(watch, 0);
  }

  #tell(watch: Watch, body: string): void {
    const { view } = watch.request;
    const nowMs = performance.now();
    const sample = ++watch.sample;
    const same = body === watch.shown || body.replace(AGE, '') === watch.shown.replace(AGE, '');
    if (same && !watch.resting && nowMs - watch.saidAtMs < SAME_MS) return;
    watch.saidAtMs = nowMs;
    const head = {
      version: XRAY_VERSION,
      sample,
      atMs: Date.now(),
      periodMs: Math.round(watch.periodMs),
      restMs: watch.resting ? REFRESH_MS : 0,
      costPercent: watch.costs.percent(nowMs),
    } as const;
    if (same) return this.#say(view, { ...head, kind: 'same', view });
    watch.shown = body;
    this.#send(view, `${JSON.stringify({ ...head, kind: 'state', view }).slice(0, -1)},${body.slice(1)}`);
  }

  #say(view: XrayView, message: XrayMessage): void {
    this.#send(view, JSON.stringify(message));
  }

  /** Processes that work for this view, by pid. */
  #helpers(view: View): ReadonlyMap<number, number> {
    const pids = [this.#pulse.pid, ...(view.pids?.() ?? [])].filter((pid) => pid !== undefined);
    return new Map(pids.map((pid) => [pid, this.#ground.familyCpuMs(pid)]));
  }
}

/** What a view sees as JSON that fits a message: where it does not, lists get shorter, and stay so as long as they must. */
function bodyOf(watch: Watch, view: View): string | undefined {
  for (;;) {
    const sight: Sight | undefined = view.look(watch.request, watch.room);
    if (sight === undefined) return undefined;
    const body = JSON.stringify(sight);
    const bytes = Buffer.byteLength(body);
    if (bytes <= MAX_XRAY_BYTES) {
      if (bytes < MAX_XRAY_BYTES / 2) watch.room = Math.min(1, watch.room * 1.1);
      return body;
    }
    if (watch.room <= LEAST_ROOM) throw new Error('state too large');
    watch.room = Math.max(LEAST_ROOM, watch.room * Math.min(0.9, (0.9 * MAX_XRAY_BYTES) / bytes));
  }
}

/** CPU time of the agent so far, all its threads. */
function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function closeQuietly(watch: Watch): void {
  try {
    watch.view?.close?.();
  } catch (error) {
    console.error('a view of the X-ray could not be closed', error);
  }
  watch.view = undefined;
  watch.shown = '';
  watch.settledAtMs = -Infinity;
}
