// Layouts of the network's picture as the worker computed them. Until one is there, the one before it stands.
import { layoutKey } from './network-places.ts';
import type { NetworkParts, Placed } from './network-places.ts';
import type { LayoutAnswer, LayoutRequest } from './network-worker.ts';

/** For looking back: as many as a learner plugs and unplugs in five minutes. */
const MOST = 24;

export class NetworkLayouts {
  readonly #arrived: () => void;
  readonly #known = new Map<string, Placed>();
  #worker: Worker | undefined;
  #asked: string | undefined;
  #last: Placed | undefined;

  /** `arrived`: a layout came that was asked for */
  constructor(arrived: () => void) {
    this.#arrived = arrived;
  }

  /** Undefined before the first layout is there. */
  readonly places = (state: NetworkParts): Placed | undefined => {
    const key = layoutKey(state);
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#last = known;
      return known;
    }
    if (this.#asked !== key) {
      this.#asked = key;
      const { namespaces, ports, networks } = state;
      this.#start().postMessage({ key, parts: { namespaces, ports, networks } } satisfies LayoutRequest);
    }
    return this.#last;
  };

  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./network-worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
      for (const oldest of this.#known.keys()) {
        if (this.#known.size < MOST) break;
        this.#known.delete(oldest);
      }
      this.#known.set(data.key, data.placed);
      this.#arrived();
    });
    // A file that could not be fetched: the next change asks anew.
    worker.addEventListener('error', () => {
      this.close();
      this.#asked = undefined;
    });
    this.#worker = worker;
    return worker;
  }
}
