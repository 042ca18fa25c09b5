// The X-ray's pictures without a machine: what must be seen is in them, what the guest says stays text.
import { renderToStaticMarkup } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { XRAY_VIEWS, XrayStates, type XrayState, type XrayView } from '../../../../sandbox/protocol/xray.ts';
import type { Look } from '../../../../site/client/xray/look.ts';
import { layerLevels } from '../../../../site/client/xray/overlay.ts';
import { spaceGroups } from '../../../../site/client/xray/namespaces.ts';
import { treeRows } from '../../../../site/client/xray/process-tree.ts';
import { en } from '../../../../site/client/xray/text/en.ts';
import { ko } from '../../../../site/client/xray/text/ko.ts';
import { layoutNetwork } from '../../../../site/client/xray/network-layout.ts';
import { VIEWS, viewOf } from '../../../../site/client/xray/views.ts';
import { SAMPLES } from '../../../../site/client/xray/samples.ts';

type State<V extends XrayView> = XrayState<V>;

function last<V extends XrayView>(view: V): State<V> {
  const moment = SAMPLES[view].at(-1);
  if (moment === undefined) throw new Error(`no sample of ${view}`);
  return moment.state;
}

function draw<V extends XrayView>(view: V, states: readonly State<V>[], text = en, width = 800): string {
  const past = states.map((state, index) => ({ at: 1_000_000 + index * 3000, state }));
  return renderToStaticMarkup(
    viewOf(view).draw({
      past,
      width,
      text,
      lit: new Set(),
      height: 400,
      places: layoutNetwork,
    } satisfies Look<V> as Look<XrayView>),
  );
}

const count = (html: string, part: string): number => html.split(part).length - 1;

describe.each(XRAY_VIEWS)('the view %s', (view) => {
  it('has samples that fit the contract', () => {
    for (const { state } of SAMPLES[view]) expect(XrayStates[view].safeParse(state).error).toBeUndefined();
  });

  it.each([
    ['Korean', ko],
    ['English', en],
  ])('is drawn and told in %s, without a gap in it', (_, text) => {
    const look = {
      past: SAMPLES[view],
      width: 700,
      text,
      lit: new Set<string>(),
      height: 400,
      places: layoutNetwork,
    } as Look<XrayView>;
    const html = renderToStaticMarkup(viewOf(view).draw(look));
    expect(html).toContain(text.views[view].title);
    expect(html).not.toMatch(/NaN|undefined|Infinity|\{\w+\}/);
    const told = viewOf(view).tell(look);
    expect(told.summary).not.toMatch(/undefined|\{\w+\}/);
    for (const row of told.rows) expect(row).toHaveLength(told.columns.length);
  });
});

describe('the run queue', () => {
  it('shows three runnable tasks as three beads, two of them on a CPU, and the one in D as a diamond', () => {
    const html = draw('run-queue', [last('run-queue')]);
    expect(count(html, 'data-kind="running"')).toBe(2);
    expect(count(html, 'data-kind="waiting"')).toBe(1);
    expect(count(html, 'data-kind="sleeping"')).toBe(1);
  });

  it("leaves the observer's own tasks out", () => {
    const state = last('run-queue');
    const html = draw('run-queue', [{ ...state, tasks: state.tasks.map((task) => ({ ...task, ours: true })) }]);
    expect(html).not.toContain('data-kind=');
  });
});

describe('the process tree', () => {
  it('draws a zombie as a zombie', () => {
    const html = draw('process-tree', [last('process-tree')]);
    expect(count(html, 'data-state="Z"')).toBe(2);
    expect(html).toContain(en.processTree.defunct);
  });

  it('marks what the terminal runs', () => {
    expect(draw('process-tree', [last('process-tree')])).toMatch(/aria-label="sleep 600[^>]*data-mark="foreground"/);
  });

  it('draws some of many alike and says how many more there are', () => {
    const state = last('process-tree');
    const zombie = state.processes.find(({ pid }) => pid === 1261);
    if (zombie === undefined) throw new Error('the sample has no zombie');
    const many = Array.from({ length: 200 }, (_, index) => ({ ...zombie, pid: 2000 + index }));
    const rows = treeRows({ ...state, processes: [...state.processes, ...many] });
    expect(rows.filter(({ process }) => process.state === 'Z')).toHaveLength(6);
    expect(rows.find(({ more }) => more > 0)?.more).toBe(196);
  });

  it('is not sent in circles by a guest that lies about parents', () => {
    const state = last('process-tree');
    const processes = state.processes.map((process) => ({ ...process, ppid: process.pid === 1 ? 820 : process.ppid }));
    expect(treeRows({ ...state, processes }).length).toBeLessThanOrEqual(processes.length);
  });

  it('shows markup in a name as the text it is', () => {
    const state = last('process-tree');
    const processes = state.processes.map((process) => ({ ...process, comm: '<script>x' }));
    const html = draw('process-tree', [{ ...state, processes }]);
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script');
  });
});

describe('namespaces', () => {
  it('parts the groups: what is shared is one band, what is its own stands apart', () => {
    const groups = spaceGroups(last('namespaces'));
    expect(groups.map(({ processes }) => processes[0]?.comm)).toEqual(['systemd', 'bash', 'httpd', 'sleep']);
    const html = draw('namespaces', [last('namespaces')]);
    // user and time are shared by all four
    expect(count(html, 'data-kind="user"')).toBe(1);
    // the unshared shell and the two containers each have a host name of their own
    expect(count(html, 'data-kind="uts" data-initial="false"')).toBe(3);
  });
});

describe('cgroups', () => {
  it('shows throttling and an OOM kill of the last seconds as events, and no events that are old', () => {
    const states = SAMPLES.cgroups.map(({ state }) => state);
    const lately = draw(
      'cgroups',
      [states[0], states[30]].filter((state) => state !== undefined),
    );
    expect(lately).toContain(en.cgroups.killed.replace('{n}', '1'));
    expect(lately).toContain('data-event="light"');
    const state = last('cgroups');
    expect(draw('cgroups', [state, state])).not.toContain('data-event=');
  });
});

describe('the runtime chain', () => {
  it('keeps a part that has gone as a ghost, and says who adopted the monitor', () => {
    const html = draw('runtime-chain', [last('runtime-chain')]);
    expect(html).toMatch(/data-item="runtime-1410"[^>]*data-status="ended"/);
    expect(html).toMatch(/data-item="container-1412"[^>]*data-status="lives"/);
    expect(html).toContain('adopted by PID 1');
  });
});

describe('overlay', () => {
  it('shows a copy-up that happens, a whiteout, and a layer that two containers share', () => {
    const html = renderToStaticMarkup(
      viewOf('overlay').draw({
        past: SAMPLES.overlay,
        width: 800,
        text: en,
        height: 400,
        lit: new Set(),
        places: layoutNetwork,
      }),
    );
    expect(html).toContain('data-copied="90"');
    expect(html).toMatch(/data-kind="copy-up" data-fresh/);
    expect(html).toContain('data-kind="whiteout"');
    expect(count(html, 'data-shared="true"')).toBe(2);
  });

  it('puts each layer above all that it stands on, and gives up on a circle', () => {
    const mount = last('overlay').mounts[0];
    if (mount === undefined) throw new Error('the sample has no mount');
    const levels = layerLevels([
      { ...mount, lower: [2, 0] },
      { ...mount, lower: [2, 1, 0] },
    ]);
    expect([0, 1, 2].map((layer) => levels.get(layer))).toEqual([0, 1, 2]);
    expect(
      layerLevels([
        { ...mount, lower: [0, 1] },
        { ...mount, lower: [1, 0] },
      ]).size,
    ).toBe(2);
  });
});

describe('the network path', () => {
  it('says that it is looking until it is known where the parts stand, and draws by the last layout then', () => {
    const look = { past: SAMPLES['network-path'], width: 800, text: en, height: 400, lit: new Set<string>() };
    const draw = (places: Look<'network-path'>['places']): string =>
      renderToStaticMarkup(VIEWS['network-path'].draw({ ...look, places }));
    expect(draw(() => undefined)).toContain(en.panel.waiting);
    // a layout of before the containers were there
    const { namespaces, ports, networks } = last('network-path');
    const early = layoutNetwork({ namespaces: namespaces.slice(0, 2), ports, networks });
    const html = draw(() => early);
    expect(html).toContain('podman0');
    expect(html).not.toMatch(/NaN|undefined/);
  });

  it('lights the way that packets took', () => {
    const html = draw(
      'network-path',
      SAMPLES['network-path'].map(({ state }) => state),
    );
    expect(html).toContain('data-status="lit"');
    expect(html).not.toContain('data-status="broken"');
  });

  it('draws the way broken where the DNAT rule is gone', () => {
    const state = last('network-path');
    const broken: State<'network-path'> = {
      ...state,
      ports: state.ports.map((port) => ({ ...port, rule: null })),
      rules: [],
      problems: [{ code: 'no-dnat', interface: null, rule: null, port: 0 }],
    };
    const html = draw('network-path', [broken]);
    expect(count(html, 'data-status="broken"')).toBe(2);
    expect(html).toContain(en.network.problem['no-dnat']);
  });

  it('draws a cable broken whose end is down', () => {
    const state = last('network-path');
    const namespaces = state.namespaces.map((each) =>
      each.role === 'container'
        ? { ...each, interfaces: each.interfaces.map((nic) => ({ ...nic, up: false, carrier: false })) }
        : each,
    );
    expect(draw('network-path', [{ ...state, namespaces }])).toMatch(/xr-cable-veth" data-status="broken"/);
  });
});
