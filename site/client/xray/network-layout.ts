// Where the network's parts stand: dagre ranks them from the outside world (left) to the containers (right), one cluster for each
// network namespace.
import { Graph, layout } from '@dagrejs/dagre';
import type { NetworkPath, NetInterface } from '../../../sandbox/protocol/xray/network-path.ts';

/** px */
export const NODE = { width: 110, height: 46 } as const;
const MOST_NODES = 60;

export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Cable = {
  readonly from: string;
  readonly to: string;
  /** veth: a pair; plug: an interface in a bridge; rule: through a NAT rule; listen: to who listens */
  readonly kind: 'veth' | 'plug' | 'rule' | 'listen';
  readonly points: readonly { readonly x: number; readonly y: number }[];
};
export type Placed = {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Rect>;
  readonly clusters: ReadonlyMap<number, Rect>;
  readonly cables: readonly Cable[];
};

export const nicKey = (namespace: number, index: number): string => `nic-${namespace}-${index}`;
export const portKey = (index: number): string => `port-${index}`;
export const listenKey = (namespace: number): string => `listen-${namespace}`;

/** Interfaces worth a place: a loopback only where nothing else is. */
export function shownInterfaces(interfaces: readonly NetInterface[]): readonly NetInterface[] {
  const real = interfaces.filter(({ kind }) => kind !== 'loopback');
  return real.length > 0 ? real : interfaces.slice(0, 1);
}

/** What the layout depends on; where it is unchanged the last layout holds, so that nothing jumps and nothing is computed. */
export function layoutKey(state: NetworkPath): string {
  return JSON.stringify([
    state.namespaces.map(({ inode, interfaces, listening, role }) => [
      inode,
      role,
      listening.length > 0,
      interfaces.map(({ index, master, peer }) => [index, master, peer?.namespace, peer?.index]),
    ]),
    state.ports.map(({ container, hostPort, rule }) => [container, hostPort, rule !== null]),
  ]);
}

const RANK = { outside: 0, host: 1, other: 2, container: 2 } as const;

export function layoutNetwork(state: NetworkPath): Placed {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 24, edgesep: 8, marginx: 6, marginy: 6 });
  graph.setDefaultEdgeLabel(() => ({}));
  const place = new Map(state.namespaces.map((each) => [each.inode, each]));
  let nodes = 0;
  for (const each of state.namespaces) {
    graph.setNode(`ns-${each.inode}`, {});
    for (const nic of shownInterfaces(each.interfaces)) {
      if ((nodes += 1) > MOST_NODES) break;
      graph.setNode(nicKey(each.inode, nic.index), { ...NODE });
      graph.setParent(nicKey(each.inode, nic.index), `ns-${each.inode}`);
    }
    if (each.role !== 'host' && each.listening.length > 0) {
      graph.setNode(listenKey(each.inode), { ...NODE, height: 34 });
      graph.setParent(listenKey(each.inode), `ns-${each.inode}`);
    }
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
    if (each.role !== 'host') {
      const last = shownInterfaces(each.interfaces)[0];
      if (last !== undefined && each.role !== 'outside')
        connect(nicKey(each.inode, last.index), listenKey(each.inode), 'listen');
      if (last !== undefined && each.role === 'outside')
        connect(listenKey(each.inode), nicKey(each.inode, last.index), 'listen');
    }
  }
  portLinks(state, connect);
  layout(graph);
  return read(graph, state, links);
}

/** A published port stands between the device that the world comes in by and the bridge its container is plugged into. */
function portLinks(state: NetworkPath, connect: (from: string, to: string, kind: Cable['kind']) => void): void {
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
export function bridgeOf(state: NetworkPath, container: string): number | undefined {
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
  each: NetworkPath['namespaces'][number],
  nic: NetInterface,
  other: NetworkPath['namespaces'][number],
  otherIndex: number,
): boolean {
  const [here, there] = [RANK[each.role], RANK[other.role]];
  if (here !== there) return here < there;
  return each.inode < other.inode || (each.inode === other.inode && nic.index < otherIndex);
}

function read(graph: InstanceType<typeof Graph>, state: NetworkPath, links: readonly Omit<Cable, 'points'>[]): Placed {
  const rect = (name: string): Rect | undefined => {
    const { x, y, width, height } = graph.node(name) as { x?: number; y?: number; width: number; height: number };
    return x === undefined || y === undefined ? undefined : { x: x - width / 2, y: y - height / 2, width, height };
  };
  const nodes = new Map<string, Rect>();
  const clusters = new Map<number, Rect>();
  for (const name of graph.nodes()) {
    const found = rect(name);
    if (found === undefined) continue;
    if (name.startsWith('ns-')) clusters.set(Number(name.slice(3)), found);
    else nodes.set(name, found);
  }
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const cables = links.map((link): Cable => {
    const edge = graph.edge(link.from, link.to, link.kind) as { points?: { x: number; y: number }[] };
    return { ...link, points: edge.points ?? [] };
  });
  return { width, height, nodes, clusters, cables };
}
