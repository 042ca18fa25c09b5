// The observer: looks at the kernel for whoever watches, and at nothing otherwise. What goes wrong in a view stays in it.
import { MAX_XRAY_BYTES, XRAY_VERSION } from '../../protocol/xray/request.ts';
import type { XrayMessage } from '../../protocol/xray.ts';
import type { XrayRequest, XrayView } from '../../protocol/xray/request.ts';
import { Costs } from './costs.ts';
import { Ground } from './ground.ts';
import type { ObservedTerminal } from './ground.ts';
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
/** A view that still gathers says when it has; should it not, it is asked again after this. */
const GATHER_MS = 1000;
/** That nothing has changed is not said more often than this: waking the writer for it would cost as much as the look. */
const SAME_MS = 2500;
/** Lists are never cut shorter than this part of their usual length. */
const LEAST_ROOM = 0.02;
/** A view that failed is opened anew after this long. */
const RETRY_MS = 5000;

type Watch = {
  request: XrayRequest;
  view: View | undefined;
  timer: NodeJS.Timeout | undefined;
  sample: number;
  sight: Sight | undefined;
  shown: string;
  /** when something was said last, by performance.now() */
  saidAtMs: number;
  periodMs: number;
  /** see View.look */
  room: number;
  gathering: boolean;
  readonly costs: Costs;
};

export class Observer {
  readonly #send: (view: XrayView, message: string) => void;
  readonly #ground: Ground;
  readonly #watches = new Map<XrayView, Watch>();
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
      sight: undefined,
      shown: '',
      saidAtMs: -Infinity,
      periodMs: 0,
      room: 1,
      gathering: false,
      costs: new Costs(),
    };
    watch.request = request;
    watch.shown = '';
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
    if (this.#watches.size === 0) this.#ground.close();
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
    let nextMs: number;
    try {
      const before = ownCpuMs();
      watch.view ??= OPENERS[request.view](this.#ground, () => this.#gathered(watch));
      const { sight } = watch;
      const body = bodyOf(watch, watch.view);
      const stands = sight !== undefined && sight === watch.sight;
      watch.gathering = body === undefined;
      if (body !== undefined) this.#tell(watch, body);
      const helpers = stands ? undefined : this.#helpers(watch);
      const betweenMs = before - this.#cpuMs;
      this.#cpuMs = ownCpuMs();
      costs.add({ lookMs: this.#cpuMs - before + this.#ground.births.spentMs(), betweenMs, helpers, atMs: startedMs });
      watch.periodMs = Math.max(1000 / request.rateHz, costs.restMs());
      nextMs = watch.gathering ? GATHER_MS : watch.periodMs;
    } catch (error) {
      closeQuietly(watch);
      const reason = error instanceof NotSupported ? 'not-supported' : 'failed';
      if (reason === 'failed') console.error('a view of the X-ray failed', request.view, error);
      watch.shown = '';
      this.#say(request.view, { version: XRAY_VERSION, kind: 'unavailable', view: request.view, reason });
      nextMs = RETRY_MS;
    }
    const waitMs = Math.max(PAUSE_MS, nextMs - (performance.now() - startedMs));
    if (this.#watches.get(request.view) === watch) this.#schedule(watch, waitMs);
  }

  #gathered(watch: Watch): void {
    if (watch.gathering && this.#watches.get(watch.request.view) === watch) this.#schedule(watch, 0);
  }

  #tell(watch: Watch, body: string): void {
    const { view } = watch.request;
    const nowMs = performance.now();
    const sample = ++watch.sample;
    if (body === watch.shown && nowMs - watch.saidAtMs < SAME_MS) return;
    watch.saidAtMs = nowMs;
    const head = {
      version: XRAY_VERSION,
      sample,
      atMs: Date.now(),
      periodMs: Math.round(watch.periodMs),
      costPercent: watch.costs.percent(nowMs),
    } as const;
    if (body === watch.shown) return this.#say(view, { ...head, kind: 'same', view });
    watch.shown = body;
    this.#send(view, `${JSON.stringify({ ...head, kind: 'state', view }).slice(0, -1)},${body.slice(1)}`);
  }

  #say(view: XrayView, message: XrayMessage): void {
    this.#send(view, JSON.stringify(message));
  }

  /** Processes that work for this view, by pid. */
  #helpers({ view }: Watch): ReadonlyMap<number, number> {
    const pids = (view?.pids?.() ?? []).filter((pid) => pid !== undefined);
    return new Map(pids.map((pid) => [pid, this.#ground.familyCpuMs(pid)]));
  }
}

/** What a view sees as JSON that fits a message: where it does not, lists get shorter, and stay so as long as they must. */
function bodyOf(watch: Watch, view: View): string | undefined {
  for (;;) {
    const sight: Sight | undefined = view.look(watch.request, watch.room);
    if (sight === undefined) return undefined;
    if (sight === watch.sight && watch.shown !== '') return watch.shown;
    watch.sight = sight;
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
  watch.sight = undefined;
}
