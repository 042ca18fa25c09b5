// The X-ray of a session: shared, bounded, gone when nobody watches. On a fake machine the observer looks at this host.
import { describe, expect, it } from 'vitest';
import { XRAY_VERSION } from '../../../sandbox/protocol/xray.ts';
import type { XrayMessage, XrayState } from '../../../sandbox/protocol/xray.ts';
import type { XrayRequest } from '../../../sandbox/protocol/xray/request.ts';
import { Xray } from '../../../sandbox/session/xray.ts';
import type { AgentLink } from '../../../sandbox/session/agent-link.ts';

class Page {
  readonly seen: XrayMessage[] = [];
  xray(message: XrayMessage): void {
    this.seen.push(message);
  }
}

type Asked = { method: string; params: unknown };

function world(now = (): number => 0): { xray: Xray; link: AgentLink; asked: Asked[]; logged: string[] } {
  const asked: Asked[] = [];
  const logged: string[] = [];
  const call = (method: string, params: unknown): Promise<object> => {
    asked.push({ method, params });
    return Promise.resolve({});
  };
  const link = { call } as unknown as AgentLink;
  return {
    xray: new Xray((event) => logged.push(event), now),
    link,
    asked,
    logged,
  };
}

const request = (changes: Partial<XrayRequest> = {}): XrayRequest => ({
  view: 'vmstat',
  rateHz: 1,
  paths: [],
  ...changes,
});
const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify(message));
const same: XrayMessage = {
  version: XRAY_VERSION,
  kind: 'same',
  view: 'vmstat',
  sample: 1,
  atMs: 1,
  periodMs: 1000,
  restMs: 0,
  costPercent: 0.1,
};

const VMSTAT: XrayState<'vmstat'> = {
  procs: { runnable: 0, blocked: 0 },
  memory: {
    totalKib: 9,
    swapUsedKib: 0,
    freeKib: 8,
    bufferKib: 0,
    cacheKib: 1,
    availableKib: 9,
    activeKib: 0,
    inactiveKib: 0,
    dirtyKib: 0,
  },
  rates: null,
};

describe('the X-ray of a session', () => {
  it('looks once however many pages watch, at the rate of the fastest', () => {
    const { xray, link, asked } = world();
    xray.bind(link);
    xray.watch(new Page(), request());
    xray.watch(new Page(), request());
    xray.watch(new Page(), request({ rateHz: 2 }));
    expect(asked).toEqual([
      { method: 'xray.watch', params: request() },
      { method: 'xray.watch', params: request({ rateHz: 2 }) },
    ]);
  });

  it('ends looking when the last page leaves, and not before', () => {
    const { xray, link, asked } = world();
    xray.bind(link);
    const [one, two] = [new Page(), new Page()];
    xray.watch(one, request());
    xray.watch(two, request());
    xray.leave(one);
    expect(asked.at(-1)?.method).toBe('xray.watch');
    xray.leave(two);
    expect(asked.at(-1)).toEqual({ method: 'xray.unwatch', params: { view: 'vmstat' } });
  });

  it('asks anew after the machine was away, and says that it was', () => {
    const { xray, link, asked } = world();
    const page = new Page();
    xray.watch(page, request());
    expect(page.seen).toMatchObject([{ kind: 'unavailable', reason: 'asleep' }]);
    xray.bind(link);
    xray.unbind();
    xray.bind(link);
    expect(asked).toHaveLength(2);
    expect(page.seen).toHaveLength(2);
  });

  it('drops what does not fit the contract, and complains once', () => {
    const { xray, link, logged } = world();
    const page = new Page();
    xray.bind(link);
    xray.watch(page, request());
    xray.receive(Buffer.from('{'));
    xray.receive(bytes({ ...same, view: 'everything' }));
    xray.receive(bytes({ ...same, kind: 'state', state: {}, truncated: [] }));
    expect(page.seen).toEqual([]);
    expect(logged).toHaveLength(1);
    xray.receive(bytes(same));
    expect(page.seen).toEqual([same]);
  });

  it('shows whoever comes later what stands since long ago, and what time it is there', () => {
    let nowMs = 1000;
    const { xray, link } = world(() => nowMs);
    xray.bind(link);
    xray.watch(new Page(), request());
    const state = { ...same, kind: 'state', atMs: 50_000, truncated: [], state: VMSTAT } as const;
    xray.receive(bytes(state));
    nowMs += 4000;
    xray.receive(bytes({ ...same, sample: 2, atMs: 54_001, restMs: 10_000 }));
    nowMs += 3000;
    const late = new Page();
    xray.watch(late, request());
    expect(late.seen).toEqual([state, { ...same, sample: 2, atMs: 57_001, restMs: 10_000 }]);
  });

  it('passes on nothing that nobody asked for', () => {
    const { xray, link } = world();
    const page = new Page();
    xray.bind(link);
    xray.watch(page, request({ view: 'cgroups' }));
    xray.receive(bytes(same));
    expect(page.seen).toEqual([]);
  });
});
