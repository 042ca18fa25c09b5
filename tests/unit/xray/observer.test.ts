// The observer on this host's own kernel: what it says fits the contract, it stops when asked, and a failing view harms nobody.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Costs } from '../../../sandbox/guest/observer/costs.ts';
import { Helper } from '../../../sandbox/guest/observer/helper.ts';
import { Observer } from '../../../sandbox/guest/observer/observer.ts';
import { Pulse } from '../../../sandbox/guest/observer/pulse.ts';
import { XRAY_VIEWS, XrayMessage } from '../../../sandbox/protocol/xray.ts';
import { MAX_XRAY_BYTES } from '../../../sandbox/protocol/xray/request.ts';
import type { XrayView } from '../../../sandbox/protocol/xray/request.ts';

const LONG_MS = 60_000;
const observers: Observer[] = [];
afterEach(() => {
  for (const observer of observers.splice(0)) observer.close();
});

/** The first `count` messages of a view. */
function watch(view: XrayView, count: number): Promise<string[]> {
  return new Promise((resolve) => {
    const messages: string[] = [];
    const observer = new Observer(
      () => [],
      (_view, message) => {
        if (messages.push(message) === count) resolve(messages);
      },
    );
    observers.push(observer);
    observer.watch({ view, rateHz: 2, paths: [] });
  });
}

describe('the observer', { timeout: LONG_MS }, () => {
  it.each(XRAY_VIEWS.filter((view) => view !== 'network-path'))('says what fits the contract: %s', async (view) => {
    for (const message of await watch(view, 1)) {
      expect(message.length).toBeLessThanOrEqual(MAX_XRAY_BYTES + 512);
      expect(XrayMessage.safeParse(JSON.parse(message)).error).toBeUndefined();
    }
  });

  it('sees itself run, and marks it as ours', async () => {
    const [message = ''] = await watch('run-queue', 1);
    const parsed = XrayMessage.parse(JSON.parse(message));
    const tasks = parsed.kind === 'state' && parsed.view === 'run-queue' ? parsed.state.tasks : [];
    expect(tasks.find(({ process: pid }) => pid === process.pid)).toMatchObject({ state: 'R', ours: true });
  });

  it('gives rates from the second sample on, and counts samples', async () => {
    const messages = (await watch('vmstat', 2)).map((message) => XrayMessage.parse(JSON.parse(message)));
    expect(messages).toMatchObject([
      { sample: 1, state: { rates: null } },
      { sample: 2, state: { rates: { cpuPercent: {} } } },
    ]);
  });
});

describe('the pulse of a machine at rest', () => {
  it('beats when something ran, or the load averages fell, and for nothing that is the course’s own', async () => {
    const root = await mkdtemp(join(tmpdir(), 'pulse-'));
    const put = async (path: string, text: string): Promise<void> => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    };
    const spent = (slice: string, us: number): Promise<void> =>
      put(`sys/fs/cgroup/${slice}.slice/cpu.stat`, `usage_usec ${us}\nuser_usec 1\n`);
    await put('proc/loadavg', '0.10 0.00 0.00 1/80 700\n');
    for (const slice of ['user', 'underhood']) {
      await put(`sys/fs/cgroup/${slice}.slice/cgroup.events`, 'populated 1\nfrozen 0\n');
      await spent(slice, 1);
    }
    const beats: boolean[] = [];
    let beaten = (): void => undefined;
    const pulse = new Pulse((ran) => {
      beats.push(ran);
      beaten();
    }, root);
    const beat = (): Promise<void> => new Promise((resolve) => (beaten = resolve));
    const begun = beat();
    pulse.open();
    expect(pulse.wait(true)).toBe(false);
    await begun;
    const { pid } = pulse;
    for (const change of [
      () => spent('user', 2),
      () => put('proc/loadavg', '0.09 0.00 0.00 1/80 700\n'),
      () => put('proc/loadavg', '0.09 0.00 0.00 1/80 701\n'),
    ]) {
      const next = beat();
      expect(pulse.wait(true)).toBe(true);
      await spent('underhood', 2 + beats.length);
      await put('proc/loadavg', (await readFile(join(root, 'proc/loadavg'), 'utf8')).replace(' 1/80', ' 2/80'));
      await change();
      await next;
    }
    // the first says that it has begun
    expect(beats).toEqual([true, true, false, true]);
    // one that ended would be started again, and that is taken for a beat
    expect(pulse.pid).toBe(pid);
    pulse.close();
    expect(pulse.pid).toBeUndefined();
    await rm(root, { recursive: true });
  });
});

describe('the helper', () => {
  it('runs programs one after the other, and answers each', async () => {
    const helper = new Helper();
    const asked = [
      helper.run('', ['/bin/echo', 'one']),
      helper.run('', ['/bin/sh', '-c', 'printf "two\\n"; exit 3']),
      helper.run('/no/such/namespace', ['/bin/echo', 'three']),
      helper.read('/no/such/namespace', ['dev']),
      helper.attribute('/proc', 'user.none'),
    ];
    expect(await Promise.all(asked)).toEqual(['one\n', 'two\n', '', '', '']);
    helper.close();
  });

  it('refuses what would break its lines', async () => {
    const helper = new Helper();
    expect(await helper.run('', ['/bin/echo', 'a\nb'])).toBeUndefined();
    expect(helper.pid).toBeUndefined();
  });
});

describe('what looking costs', () => {
  it('is the share of one CPU, helpers included', () => {
    const costs = new Costs();
    for (let second = 0; second <= 10; second++)
      costs.add({ lookMs: 10, betweenMs: 0, helpers: new Map([[7, second * 5]]), atMs: second * 1000 });
    // 10 ms of its own and 5 ms of the helper each second
    expect(costs.percent(10_000)).toBeCloseTo(1.5, 1);
    expect(costs.restMs()).toBe(0);
  });

  it('counts waking and sending, but not what else the agent does between two looks', () => {
    const costs = new Costs();
    for (let second = 0; second <= 12; second++)
      costs.add({ lookMs: 10, betweenMs: second % 2 === 0 ? 5 : 700, helpers: new Map(), atMs: second * 1000 });
    expect(costs.percent(12_000)).toBeCloseTo(1.5, 1);
  });

  it('makes looks come less often where they cost more than their share, but not at once', () => {
    const costs = new Costs();
    const looks = (count: number, fromMs: number): void => {
      for (let look = 0; look < count; look++)
        costs.add({ lookMs: 190, betweenMs: 10, helpers: new Map(), atMs: fromMs + look * 1000 });
    };
    looks(4, 0);
    expect(costs.restMs()).toBe(0);
    looks(6, 4000);
    // the hand is empty, and what is owed is forgotten after five seconds
    expect(costs.restMs()).toBe(5000);
  });
});
