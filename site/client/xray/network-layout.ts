// Where the network's parts stand: dagre ranks them from the outside world (left) to the containers (right), one cluster for each
// network namespace.
import { Graph, layout } from '@dagrejs/dagre';
import type { NetInterface } from '../../../sandbox/protocol/xray/network-path.ts';
import { listenKey, nicKey, portKey, shownInterfaces } from './network-places.ts';
import type { Cable, NetworkParts, Placed, Rect } from './network-places.ts';

/** px */
export const NODE = { width: 112, height: 46 } as const;
/** What the name of a namespace takes above its box, with the box's own margin. */
const NAME = 38;
/** Who listens stands below the device it is reached by. */
const LISTENER = { gap: 14, height: 28 } as const;
const MOST_NODES = 60;

const RANK = { outside: 0, host: 1, other: 2, container: 2 } as const;

export function layoutNetwork(state: NetworkParts): Placed {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 20, edgesep: 8, marginx: 4, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  const place = new Map(state.namespaces.map((each) => [each.inode, each]));
  let nodes = 0;
  for (const each of state.namespaces) {
    graph.setNode(`ns-${each.inode}`, {});
    shownInterfaces(each.interfaces).forEach((nic, index) => {
      if ((nodes += 1) > MOST_NODES) return;
      const below = index === 0 && listens(each) ? LISTENER.gap + LISTENER.height : 0;
      graph.setNode(nicKey(each.inode, nic.index), { width: NODE.width, height: NODE.height + below });
      graph.setParent(nicKey(each.inode, nic.index), `ns-${each.inode}`);
    });
  }
  const host = state.namespaces.find(({ role }) => role === 'host');
  state.ports.forEach((_, index) => {
    if (host === undefined || index > 7) return;
    graph.setNode(portKey(index), { ...NODE });
    graph.setParent(portKey(index), `ns-${host.inode}`);
  });
  const links: Omit<Cable, 'points'>[] = [];
  const connect = (from: string, to: string, kind: Cable['kind']): void => {
    if (!graph.hasNode(from) || !graph.hasNode(to)) return;
    graph.setEdge(from, to, { weight: kind === 'veth' ? 2 : 1, minlen: 1 }, kind);
    links.push({ from, to, kind });
  };
  for (const each of state.namespaces) {
    for (const nic of shownInterfaces(each.interfaces)) {
      const here = nicKey(each.inode, nic.index);
      // From the bridge to what is plugged in, from the world to the host, from the host to the containers.
      if (nic.master !== null) connect(nicKey(each.inode, nic.master), here, 'plug');
      if (nic.peer !== null) {
        const other = place.get(nic.peer.namespace);
        const there = nicKey(nic.peer.namespace, nic.peer.index);
        const left = other !== undefined && before(each, nic, other, nic.peer.index);
        if (left) connect(here, there, 'veth');
      }
    }
  }
  portLinks(state, connect);
  layout(graph);
  return read(graph, state, links);
}

/** A published port stands between the device that the world comes in by and the bridge its container is plugged into. */
function portLinks(state: NetworkParts, connect: (from: string, to: string, kind: Cable['kind']) => void): void {
  const host = state.namespaces.find(({ role }) => role === 'host');
  if (host === undefined) return;
  const entrance = host.interfaces.find(
    ({ peer }) => state.namespaces.find(({ inode }) => inode === peer?.namespace)?.role === 'outside',
  );
  state.ports.forEach((port, index) => {
    if (entrance !== undefined) connect(nicKey(host.inode, entrance.index), portKey(index), 'rule');
    const bridge = bridgeOf(state, port.container);
    if (bridge !== undefined) connect(portKey(index), nicKey(host.inode, bridge), 'rule');
  });
}

/** Index of the host's bridge on the way to a container; where the plug was pulled, of any podman bridge. */
export function bridgeOf(state: NetworkParts, container: string): number | undefined {
  const host = state.namespaces.find(({ role }) => role === 'host');
  const inside = state.namespaces.find((each) => each.container === container);
  const ends = inside?.interfaces.flatMap(({ peer }) => (peer === null ? [] : [peer.index])) ?? [];
  const plugged = host?.interfaces.find(({ index, master }) => ends.includes(index) && master !== null)?.master;
  const named = state.networks.map(({ bridge }) => bridge);
  return (
    plugged ??
    host?.interfaces.find(({ kind, name }) => kind === 'bridge' && (named.length === 0 || named.includes(name)))?.index
  );
}

function before(
  each: NetworkParts['namespaces'][number],
  nic: NetInterface,
  other: NetworkParts['namespaces'][number],
  otherIndex: number,
): boolean {
  const [here, there] = [RANK[each.role], RANK[other.role]];
  if (here !== there) return here < there;
  return each.inode < other.inode || (each.inode === other.inode && nic.index < otherIndex);
}

const listens = (each: NetworkParts['namespaces'][number]): boolean =>
  each.role !== 'host' && each.listening.length > 0;

function read(graph: InstanceType<typeof Graph>, state: NetworkParts, links: readonly Omit<Cable, 'points'>[]): Placed {
  const rect = (name: string): Rect | undefined => {
    if (!graph.hasNode(name)) return undefined;
    const { x, y, width, height } = graph.node(name) as { x?: number; y?: number; width: number; height: number };
    return x === undefined || y === undefined ? undefined : { x: x - width / 2, y: y - height / 2, width, height };
  };
  const nodes = new Map<string, Rect>();
  const clusters = new Map<number, Rect>();
  const cables: Cable[] = [];
  for (const name of graph.nodes()) {
    const found = rect(name);
    if (found === undefined) continue;
    if (name.startsWith('ns-')) clusters.set(Number(name.slice(3)), found);
    else nodes.set(name, { ...found, height: NODE.height });
  }
  const down = spread(nodes, clusters);
  for (const each of state.namespaces) {
    const [first] = shownInterfaces(each.interfaces);
    const above = first === undefined ? undefined : nodes.get(nicKey(each.inode, first.index));
    if (first === undefined || above === undefined || !listens(each)) continue;
    const top = above.y + NODE.height + LISTENER.gap;
    nodes.set(listenKey(each.inode), { ...above, y: top, height: LISTENER.height });
    const x = above.x + above.width / 2;
    const points = [
      { x, y: above.y + NODE.height },
      { x, y: top },
    ];
    cables.push({ from: nicKey(each.inode, first.index), to: listenKey(each.inode), kind: 'listen', points });
  }
  for (const link of links) {
    const [from, to] = [nodes.get(link.from), nodes.get(link.to)];
    if (from === undefined || to === undefined) continue;
    const { points = [] } = graph.edge(link.from, link.to, link.kind) as { points?: { x: number; y: number }[] };
    cables.push({ ...link, points: [sideOf(from, to), ...points.slice(1, -1), sideOf(to, from)] });
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width, height: height + down, nodes, clusters, cables };
}

/** Moves boxes down that stand closer below another than its name needs; says how far the lowest went, px. */
function spread(nodes: Map<string, Rect>, clusters: Map<number, Rect>): number {
  let most = 0;
  const placed: Rect[] = [];
  for (const [inode, rect] of [...clusters].sort(([, a], [, b]) => a.y - b.y)) {
    const above = placed.filter(({ x, width }) => x < rect.x + rect.width && rect.x < x + width);
    const by = Math.max(0, ...above.map(({ y, height }) => y + height + NAME - rect.y));
    const moved = { ...rect, y: rect.y + by };
    placed.push(moved);
    clusters.set(inode, moved);
    for (const [key, node] of nodes) if (key.startsWith(`nic-${inode}-`)) nodes.set(key, { ...node, y: node.y + by });
    most = Math.max(most, by);
  }
  return most;
}

/** Where a cable leaves `rect` towards `other`: in the middle of the side that faces it. */
function sideOf(rect: Rect, other: Rect): { readonly x: number; readonly y: number } {
  const y = rect.y + rect.height / 2;
  if (other.x >= rect.x + rect.width) return { x: rect.x + rect.width, y };
  if (other.x + other.width <= rect.x) return { x: rect.x, y };
  return { x: rect.x + rect.width / 2, y: other.y > rect.y ? rect.y + rect.height : rect.y };
}
