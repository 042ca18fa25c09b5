// The X-ray of a session: shared, bounded, gone when nobody watches. On a fake machine the observer looks at this host.
import { afterEach, describe, expect, it } from 'vitest';
import { XRAY_VERSION } from '../../../sandbox/protocol/xray.ts';
import type { XrayMessage } from '../../../sandbox/protocol/xray.ts';
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

function world(): { xray: Xray; link: AgentLink; asked: Asked[]; logged: string[] } {
  const asked: Asked[] = [];
  const logged: string[] = [];
  const call = (method: string, params: unknown): Promise<object> => {
    asked.push({ method, params });
    return Promise.resolve({});
  };
  const link = { call } as unknown as AgentLink;
  return {
    xray: new Xray(
      (event) => logged.push(event),
      () => 0,
    ),
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
  costPercent: 0.1,
};

const open: (() => void)[] = [];
afterEach(() => {
  for (const end of open.splice(0)) end();
});

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

  it('passes on nothing that nobody asked for', () => {
    const { xray, link } = world();
    const page = new Page();
    xray.bind(link);
    xray.watch(page, request({ view: 'cgroups' }));
    xray.receive(bytes(same));
    expect(page.seen).toEqual([]);
  });
});
