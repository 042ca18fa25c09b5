// Network path: network namespaces as boxes, veth pairs as cables, bridges, published ports with their rules; traffic lights a way,
// what is broken is drawn broken.
import type { VNode } from 'preact';
import type { NetInterface, NetProblem, NetworkPath } from '../../../sandbox/protocol/xray/network-path.ts';
import { fill } from '../text.ts';
import { before, now, type Look, type Telling } from './look.ts';
import { listenKey, nicKey, portKey, shownInterfaces, type Cable, type Rect } from './network-places.ts';
import { at, box, cut, group, item, label, line, picture, round, shape } from './shapes.ts';

const HEAD = 22;
/** Packets of the last seconds light a way. */
const TRAFFIC_MS = 2_500;
/** Smaller than this the words cannot be read: the picture is then wider than its place and can be scrolled. */
const LEAST_SCALE = 0.82;
/** Larger than this the words shout. */
const MOST_SCALE = 1.2;

type Namespace = NetworkPath['namespaces'][number];
type Port = NetworkPath['ports'][number];

export function drawNetworkPath(look: Look<'network-path'>): VNode {
  const state = now(look);
  const { text } = look;
  const placed = look.places(state);
  if (placed === undefined)
    return picture(look.width, 40, text.views['network-path'].title, label(6, 24, 'xr-soft', text.panel.waiting));
  const high = placed.height + HEAD + 8;
  const foot = [...problemLines(look, state), ...ruleLines(look, state), ...trafficLines(look, state)];
  const room = Math.min(look.width / Math.max(1, placed.width), (look.height - 12 - foot.length * 20) / high);
  const scale = Math.max(LEAST_SCALE, Math.min(MOST_SCALE, room, look.width / Math.max(1, placed.width)));
  const width = Math.max(look.width, placed.width * scale);
  return picture(
    width,
    high * scale + 12 + foot.length * 20,
    text.views['network-path'].title,
    group(
      {
        transform: `translate(${round(Math.max(0, (width - placed.width * scale) / 2))} ${HEAD * scale}) scale(${round(scale * 100) / 100})`,
      },
      ...state.namespaces.map((each) => cluster(look, each, placed.clusters.get(each.inode))),
      ...placed.cables.map((cable) => drawCable(look, state, cable)),
      ...state.namespaces.flatMap((each) => [
        ...shownInterfaces(each.interfaces).map((nic) =>
          drawNic(look, state, each, nic, placed.nodes.get(nicKey(each.inode, nic.index))),
        ),
        listener(look, state, each, placed.nodes.get(listenKey(each.inode))),
      ]),
      ...state.ports.map((port, index) => drawPort(look, state, port, index, placed.nodes.get(portKey(index)))),
    ),
    ...foot.map(({ words, className }, index) =>
      label(6, high * scale + 18 + index * 20, className, words, { key: `foot-${index}` }),
    ),
  );
}

function cluster(look: Look<'network-path'>, of: Namespace, rect: Rect | undefined): VNode {
  if (rect === undefined) return group({ key: `ns-${of.inode}` });
  const name = nameOf(look, of);
  const about = [
    name,
    `net:[${of.inode}]`,
    look.text.network.role[of.role],
    ...of.routes
      .slice(0, 4)
      .map(({ to, via, interface: nic }) => `${to}${via === null ? '' : ` via ${via}`} dev ${nic}`),
    `ip_forward ${of.forwards ? 1 : 0}`,
  ].join(' · ');
  return item(
    `ns-${of.inode}`,
    about,
    {
      class: `xr-netns ${of.role === 'host' || of.role === 'outside' ? 'xr-process' : 'xr-isolation'}`,
      'data-role': of.role,
    },
    box(
      rect.x,
      rect.y - 12,
      rect.width,
      rect.height + 12,
      of.role === 'host' || of.role === 'outside' ? 'xr-room' : 'xr-room xr-apart',
      { rx: 10 },
    ),
    label(rect.x + 10, rect.y - 18, 'xr-name', cut(name, Math.max(10, Math.floor(rect.width / 7.6)))),
  );
}

function nameOf(look: Look<'network-path'>, of: Namespace): string {
  const container = now(look).containers.find(({ id }) => id === of.container);
  return (
    container?.name ??
    (of.role === 'other' ? (of.name ?? look.text.network.role.other) : look.text.network.role[of.role])
  );
}

function problemsOf(state: NetworkPath, inode: number, index: number): readonly NetProblem[] {
  return state.problems.filter(({ interface: nic }) => nic?.namespace === inode && nic.index === index);
}

function works(nic: NetInterface): boolean {
  return nic.up && nic.carrier;
}

/** Packets in and out since some seconds ago. */
export function trafficOf(look: Look<'network-path'>, inode: number, index: number): number {
  const read = (state: NetworkPath | undefined): number | undefined => {
    const nic = state?.namespaces.find((each) => each.inode === inode)?.interfaces.find((each) => each.index === index);
    return nic === undefined ? undefined : nic.rxPackets + nic.txPackets;
  };
  const then = read(before(look, TRAFFIC_MS)?.state);
  return then === undefined ? 0 : Math.max(0, (read(now(look)) ?? 0) - then);
}

function drawNic(
  look: Look<'network-path'>,
  state: NetworkPath,
  of: Namespace,
  nic: NetInterface,
  rect: Rect | undefined,
): VNode {
  const key = nicKey(of.inode, nic.index);
  if (rect === undefined) return group({ key });
  const words = look.text.network;
  const problems = problemsOf(state, of.inode, nic.index);
  const broken = problems.length > 0 || !works(nic);
  const traffic = trafficOf(look, of.inode, nic.index);
  const about = [
    `${nic.name} (${words.nic[nic.kind]})`,
    nic.up ? (nic.carrier ? words.up : words.noCarrier) : words.down,
    nic.addresses.length === 0 ? words.noAddress : nic.addresses.join(', '),
    ...(nic.mac === null ? [] : [nic.mac]),
    fill(words.counters, { rx: nic.rxPackets, tx: nic.txPackets }),
    ...problems.map(({ code }) => words.problem[code]),
  ].join(' · ');
  return item(
    key,
    about,
    {
      class: `xr-nic xr-network ${look.lit.has(nic.name) || look.lit.has(nic.kind) ? 'xr-lit' : ''}`,
      'data-broken': String(broken),
      'data-traffic': String(traffic > 0),
      ...at(rect.x, rect.y),
    },
    box(
      0,
      0,
      rect.width,
      rect.height,
      broken ? 'xr-nic-box xr-nic-broken' : nic.kind === 'bridge' ? 'xr-nic-box xr-bridge' : 'xr-nic-box',
    ),
    nicSign(nic.kind),
    label(28, 18, 'xr-mono xr-strong', cut(nic.name, 11)),
    label(10, 36, 'xr-mono xr-tiny', cut(addressOf(look, nic), 16)),
    ...(broken
      ? [line(`M${rect.width - 16} 8l8 8m0 -8l-8 8`, 'xr-cross')]
      : traffic > 0
        ? [shape('circle', { cx: rect.width - 12, cy: 12, r: 4.5, class: 'xr-solid' })]
        : []),
  );
}

/** The address one would use; what every interface has by itself (link-local) says nothing. */
function addressOf(look: Look<'network-path'>, nic: NetInterface): string {
  const words = look.text.network;
  const address = nic.addresses.find((each) => !each.startsWith('fe80:'));
  return address ?? (nic.kind === 'veth' && nic.master !== null ? words.plugged : words.noAddress);
}

/** A plug for a veth end, ports in a row for a bridge, a card for the rest. In a square of 18 px at (8, 6). */
function nicSign(kind: NetInterface['kind']): VNode {
  const d =
    kind === 'veth'
      ? 'M9 9h6v8H9zM10.500 9V6M13.500 9V6M12 17v2'
      : kind === 'bridge'
        ? 'M6 16h14M8 16v-5M13 16v-5M18 16v-5'
        : 'M7 8h12v8H7zM10 16v2M13 16v2M16 16v2';
  return line(d, 'xr-sign');
}

function listener(look: Look<'network-path'>, state: NetworkPath, of: Namespace, rect: Rect | undefined): VNode {
  const key = listenKey(of.inode);
  if (rect === undefined) return group({ key });
  const ports = [...new Set(of.listening.map(({ port, protocol }) => `${port}/${protocol}`))];
  return item(
    key,
    `${look.text.network.listens}: ${ports.join(', ')}`,
    { class: 'xr-listener', ...at(rect.x, rect.y) },
    box(0, 0, rect.width, rect.height, 'xr-app', { rx: 14 }),
    label(rect.width / 2, 18, 'xr-mono xr-small', cut(ports.join(' '), 15), { 'text-anchor': 'middle' }),
  );
}

function portProblems(state: NetworkPath, index: number): readonly NetProblem[] {
  return state.problems.filter(({ port }) => port === index);
}

function drawPort(
  look: Look<'network-path'>,
  state: NetworkPath,
  port: Port,
  index: number,
  rect: Rect | undefined,
): VNode {
  const key = portKey(index);
  if (rect === undefined) return group({ key });
  const words = look.text.network;
  const rule = port.rule === null ? undefined : state.rules[port.rule];
  const broken = (port.by === 'dnat' && rule === undefined) || ruleProblems(state, index).length > 0;
  const to = rule?.to ?? `${port.containerAddress ?? '?'}:${port.containerPort}`;
  const about = [
    fill(words.published, { host: port.hostPort, container: port.containerPort, protocol: port.protocol }),
    port.by === 'process' ? words.byProcess : rule === undefined ? words.problem['no-dnat'] : rule.text,
    ...(typeof rule?.packets !== 'number' ? [] : [fill(words.matched, { n: rule.packets })]),
    ...portProblems(state, index).map(({ code }) => words.problem[code]),
  ].join(' · ');
  return item(
    key,
    about,
    {
      class: `xr-port xr-network ${look.lit.has('dnat') ? 'xr-lit' : ''}`,
      'data-broken': String(broken),
      ...at(rect.x, rect.y),
    },
    line(
      `M12 0H${rect.width - 12}L${rect.width} ${rect.height / 2}L${rect.width - 12} ${rect.height}H12L0 ${rect.height / 2}z`,
      broken ? 'xr-nic-box xr-nic-broken' : 'xr-nic-box xr-rule',
    ),
    label(
      rect.width / 2,
      19,
      'xr-strong xr-small',
      `${port.by === 'dnat' ? 'DNAT' : words.process} :${port.hostPort}`,
      { 'text-anchor': 'middle' },
    ),
    label(rect.width / 2, 35, 'xr-mono xr-tiny', broken && rule === undefined ? words.missing : `→ ${cut(to, 15)}`, {
      'text-anchor': 'middle',
    }),
  );
}

function ruleProblems(state: NetworkPath, index: number): readonly NetProblem[] {
  return portProblems(state, index).filter(({ code }) => code === 'no-dnat' || code === 'dnat-elsewhere');
}

/** Whether a packet could use this piece of the way, and whether one did just now. */
export function cableStatus(look: Look<'network-path'>, state: NetworkPath, cable: Cable): 'broken' | 'lit' | 'quiet' {
  const ends = [cable.from, cable.to].map((key) => nicOf(state, key));
  const port = [cable.from, cable.to].find((key) => key.startsWith('port-'));
  if (port !== undefined) {
    const index = Number(port.slice(5));
    const published = state.ports[index];
    if (published !== undefined && published.by === 'dnat' && published.rule === null) return 'broken';
    if (ruleProblems(state, index).length > 0) return 'broken';
    const rule = published?.rule ?? null;
    const then = before(look, TRAFFIC_MS)?.state.rules;
    const packets = rule === null ? null : (state.rules[rule]?.packets ?? null);
    const old = rule === null ? null : (then?.find(({ text }) => text === state.rules[rule]?.text)?.packets ?? null);
    return packets !== null && old !== null && packets > old ? 'lit' : 'quiet';
  }
  const known = ends.filter((end) => end !== undefined);
  // A plug in a bridge without carrier is whole; only its own device decides.
  if (cable.kind === 'listen')
    return known.some(({ nic }) => !works(nic)) ? 'broken' : trafficOn(look, known) ? 'lit' : 'quiet';
  if (cable.kind === 'veth' && known.some(({ nic }) => !works(nic))) return 'broken';
  if (cable.kind === 'plug' && known.some(({ nic }) => !nic.up)) return 'broken';
  return trafficOn(look, known) ? 'lit' : 'quiet';
}

function trafficOn(look: Look<'network-path'>, ends: readonly { inode: number; nic: NetInterface }[]): boolean {
  return ends.length > 0 && ends.every(({ inode, nic }) => trafficOf(look, inode, nic.index) > 0);
}

function nicOf(state: NetworkPath, key: string): { inode: number; nic: NetInterface } | undefined {
  const [, inode, index] = /^nic-(\d+)-(\d+)$/.exec(key) ?? [];
  if (inode === undefined) return undefined;
  const of = state.namespaces.find((each) => each.inode === Number(inode));
  const nic = of?.interfaces.find((each) => each.index === Number(index));
  return nic === undefined ? undefined : { inode: Number(inode), nic };
}

function drawCable(look: Look<'network-path'>, state: NetworkPath, cable: Cable): VNode {
  const status = cableStatus(look, state, cable);
  const key = `${cable.kind}-${cable.from}-${cable.to}`;
  const points = cable.points.map(({ x, y }) => `${round(x)} ${round(y)}`);
  const middle = cable.points[Math.floor(cable.points.length / 2)];
  if (points.length === 0 || middle === undefined) return group({ key });
  return group(
    { key, class: `xr-cable xr-cable-${cable.kind}`, 'data-status': status },
    line(`M${points.join('L')}`, 'xr-cable-line', { pathLength: 100 }),
    ...(status === 'broken'
      ? [
          shape('circle', { cx: round(middle.x), cy: round(middle.y), r: 9, class: 'xr-cut' }),
          line(`M${round(middle.x - 4)} ${round(middle.y - 4)}l8 8m0 -8l-8 8`, 'xr-cross'),
        ]
      : []),
  );
}

type FootLine = { readonly words: string; readonly className: string };

function problemLines(look: Look<'network-path'>, state: NetworkPath): readonly FootLine[] {
  const codes = [...new Set(state.problems.map(({ code }) => code))].slice(0, 4);
  return codes.map((code) => ({ words: `✕ ${look.text.network.problem[code]}`, className: 'xr-broken' }));
}

/** The rules on the way, as their tool writes them, with what they matched. */
function ruleLines(look: Look<'network-path'>, state: NetworkPath): readonly FootLine[] {
  const used = new Set(state.ports.flatMap(({ rule }) => rule ?? []));
  // what sends the packet in, and what lets its answer out
  const rules = [
    ...state.rules.filter((_, index) => used.has(index)).slice(0, 2),
    ...state.rules.filter(({ kind }) => kind === 'masquerade' && used.size > 0).slice(0, 1),
  ];
  const wide = Math.floor(look.width / 7);
  return rules.map((rule) => ({
    words: cut(
      `${rule.packets === null ? '' : `${fill(look.text.network.matched, { n: rule.packets })} · `}${rule.text}`,
      wide,
    ),
    className: 'xr-mono xr-small xr-soft',
  }));
}

function trafficLines(look: Look<'network-path'>, state: NetworkPath): readonly FootLine[] {
  const flow = state.flows.findLast(({ change }) => change !== 'destroy');
  if (flow === undefined) return [];
  const translated = flow.destination !== flow.replySource;
  const words = translated
    ? fill(look.text.network.translated, { from: flow.source, to: flow.destination, real: flow.replySource })
    : fill(look.text.network.flow, { from: flow.source, to: flow.destination });
  return [{ words: cut(words, 110), className: 'xr-soft' }];
}

export function tellNetworkPath(look: Look<'network-path'>): Telling {
  const state = now(look);
  const words = look.text.network;
  const broken = state.problems.map(({ code }) => words.problem[code]);
  return {
    summary: [
      fill(words.summary, { n: state.namespaces.length, ports: state.ports.length }),
      broken.length === 0 ? words.whole : broken.join(' '),
    ].join(' '),
    columns: [words.namespace, words.device, words.kindHead, words.address, words.stateHead],
    rows: [
      ...state.namespaces.flatMap((each) =>
        shownInterfaces(each.interfaces).map((nic) => [
          nameOf(look, each),
          nic.name,
          words.nic[nic.kind],
          nic.addresses.join(', '),
          nic.up ? (nic.carrier ? words.up : words.noCarrier) : words.down,
        ]),
      ),
      ...state.ports.map((port, index) => [
        words.role.host,
        `:${port.hostPort} → ${port.containerAddress ?? '?'}:${port.containerPort}`,
        port.by === 'dnat' ? 'DNAT' : words.process,
        state.rules[port.rule ?? -1]?.to ?? '',
        portProblems(state, index)
          .map(({ code }) => words.problem[code])
          .join(' ') || words.whole,
      ]),
    ],
  };
}
