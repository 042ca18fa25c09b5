// Where the network's parts stand, computed beside the page: asked once, the last answer stands until the next one is there.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { layoutNetwork } from '../../../../site/client/xray/network-layout.ts';
import { NetworkLayouts } from '../../../../site/client/xray/network-layouts.ts';
import { listenKey, nicKey, type NetworkParts } from '../../../../site/client/xray/network-places.ts';
import type { LayoutRequest } from '../../../../site/client/xray/network-worker.ts';
import { SAMPLES } from '../../../../site/client/xray/samples.ts';

class FakeWorker extends EventTarget {
  static readonly all: FakeWorker[] = [];
  readonly asked: LayoutRequest[] = [];
  ended = false;
  constructor() {
    super();
    FakeWorker.all.push(this);
  }
  postMessage(request: LayoutRequest): void {
    this.asked.push(structuredClone(request));
  }
  answer(): void {
    const request = this.asked.shift();
    if (request === undefined) throw new Error('nothing was asked');
    this.dispatchEvent(
      new MessageEvent('message', { data: { key: request.key, placed: layoutNetwork(request.parts) } }),
    );
  }
  terminate(): void {
    this.ended = true;
  }
}

beforeEach(() => vi.stubGlobal('Worker', FakeWorker));
afterEach(() => {
  vi.unstubAllGlobals();
  FakeWorker.all.length = 0;
});

const whole = SAMPLES['network-path'].at(-1)?.state as NetworkParts;
const early: NetworkParts = { ...whole, namespaces: whole.namespaces.slice(0, 2), ports: [] };

describe('layouts of the network', () => {
  it('are asked for once, and stand until the next one is there', () => {
    const arrived = vi.fn();
    const layouts = new NetworkLayouts(arrived);
    expect(layouts.places(early)).toBeUndefined();
    layouts.places(early);
    const [worker] = FakeWorker.all;
    expect(worker?.asked).toHaveLength(1);
    worker?.answer();
    expect(arrived).toHaveBeenCalledOnce();
    const first = layouts.places(early);
    expect(first).toBeDefined();
    expect(layouts.places(whole)).toBe(first);
    worker?.answer();
    expect(layouts.places(whole)).not.toBe(first);
    // looking back needs no worker
    expect(layouts.places(early)).toBe(first);
    expect(FakeWorker.all).toHaveLength(1);
    layouts.close();
    expect(worker?.ended).toBe(true);
  });

  it('are asked for anew after the worker failed', () => {
    const layouts = new NetworkLayouts(() => undefined);
    layouts.places(early);
    FakeWorker.all[0]?.dispatchEvent(new Event('error'));
    layouts.places(early);
    FakeWorker.all[1]?.answer();
    expect(layouts.places(early)).toBeDefined();
  });
});

describe('a layout', () => {
  it('puts nothing over anything else, and who listens below the device it is reached by', () => {
    const { nodes, clusters } = layoutNetwork(whole);
    const rects = [...nodes.values()];
    for (const [index, a] of rects.entries())
      for (const b of rects.slice(index + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    const web = whole.namespaces.find(({ role }) => role === 'container');
    const [nic] = web?.interfaces ?? [];
    const device = nodes.get(nicKey(web?.inode ?? 0, nic?.index ?? 0));
    const listener = nodes.get(listenKey(web?.inode ?? 0));
    expect(listener?.x).toBe(device?.x);
    expect(listener?.y).toBeGreaterThan((device?.y ?? 0) + (device?.height ?? 0));
    expect(clusters.size).toBe(whole.namespaces.length);
    // room for the name of each above its box
    const boxes = [...clusters.values()].toSorted((a, b) => a.y - b.y);
    for (const [index, a] of boxes.entries())
      for (const b of boxes.slice(index + 1))
        if (a.x < b.x + b.width && b.x < a.x + a.width) expect(b.y - (a.y + a.height)).toBeGreaterThanOrEqual(38);
  });
});
