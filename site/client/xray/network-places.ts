// The parts of the network's picture by their names, and where they stand. Where that is gets computed in a worker (network-layout.ts).
import type { NetworkPath, NetInterface } from '../../../sandbox/protocol/xray/network-path.ts';

/** What a layout is made of. */
export type NetworkParts = Pick<NetworkPath, 'namespaces' | 'ports' | 'networks'>;

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
export function layoutKey(state: NetworkParts): string {
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
