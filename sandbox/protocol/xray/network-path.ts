// Network path: network namespaces, the cables between them, and the rules a packet meets on its way to a container.
import * as z from 'zod/mini';
import { ContainerId, Containers, Inode, Path, Pid, count, list, text } from './parts.ts';

const Address = text(64);
const Port = z.int().check(z.gte(0), z.lte(65535));
const Protocol = z.enum(['tcp', 'udp', 'icmp', 'sctp', 'other']);

/** A NIC of one namespace, named over all namespaces by (inode of the namespace, index). */
export const InterfaceRef = z.strictObject({ namespace: Inode, index: count });
export type InterfaceRef = z.infer<typeof InterfaceRef>;

export const NetInterface = z.strictObject({
  index: count,
  name: text(16), // IFNAMSIZ
  kind: z.enum(['loopback', 'veth', 'bridge', 'tun', 'dummy', 'macvlan', 'vlan', 'vxlan', 'physical', 'other']),
  mac: z.nullable(text(32)),
  /** set up by somebody (IFF_UP), and has a carrier (IFF_LOWER_UP): a cable whose other end is down has none */
  up: z.boolean(),
  carrier: z.boolean(),
  mtu: count,
  /** with prefix length: 10.88.0.2/16 */
  addresses: list(Address, 8),
  /** index of the bridge it is plugged into */
  master: z.nullable(count),
  /** a veth's other end; null where that namespace is not visible */
  peer: z.nullable(InterfaceRef),
  /** since it was made, at the time of the sample */
  rxPackets: count,
  rxBytes: count,
  rxDropped: count,
  txPackets: count,
  txBytes: count,
  txDropped: count,
});
export type NetInterface = z.infer<typeof NetInterface>;

export const NetNamespace = z.strictObject({
  inode: Inode,
  /** under /run/netns (`ip netns`) or podman's own; null: nameless */
  name: z.nullable(text(128)),
  /** the machine's own; the course's world outside */
  role: z.enum(['host', 'outside', 'container', 'other']),
  container: z.nullable(ContainerId),
  processes: count,
  leader: z.nullable(Pid),
  interfaces: list(NetInterface, 48),
  routes: list(
    z.strictObject({
      /** default or a prefix */
      to: Address,
      via: z.nullable(Address),
      interface: text(16),
    }),
    32,
  ),
  /** /proc/sys/net/ipv4/ip_forward */
  forwards: z.boolean(),
  /** TCP and UDP ports with a listener */
  listening: list(z.strictObject({ protocol: Protocol, address: Address, port: Port }), 32),
});
export type NetNamespace = z.infer<typeof NetNamespace>;

/** A port as podman was asked to publish it. */
export const PublishedPort = z.strictObject({
  container: ContainerId,
  protocol: Protocol,
  /** '' = any address of the host */
  hostAddress: Address,
  hostPort: Port,
  containerAddress: z.nullable(Address),
  containerPort: Port,
  /** how it should get there: by a DNAT rule of netavark, or through a process (rootless) */
  by: z.enum(['dnat', 'process']),
  /** place in `rules` of the DNAT rule that does it; null: there is none */
  rule: z.nullable(count),
});
export type PublishedPort = z.infer<typeof PublishedPort>;

/** Rules of the host namespace that change or stop packets, in the order they are met. */
export const NetRule = z.strictObject({
  kind: z.enum(['dnat', 'masquerade', 'snat', 'redirect', 'mark', 'drop', 'reject']),
  table: text(64),
  chain: text(128),
  protocol: z.nullable(Protocol),
  /** what it matches; null: anything */
  source: z.nullable(Address),
  destination: z.nullable(Address),
  destinationPort: z.nullable(Port),
  /** where to: address:port of a DNAT, null for others */
  to: z.nullable(Address),
  /** as the tool writes it, cut off */
  text: text(200),
  packets: z.nullable(count),
  bytes: z.nullable(count),
});
export type NetRule = z.infer<typeof NetRule>;

/** A connection in the host's conntrack table. */
export const NetFlow = z.strictObject({
  protocol: Protocol,
  /** as it came in: address:port */
  source: Address,
  destination: Address,
  /** where answers come from and go to: differs from the above by what NAT did */
  replySource: Address,
  replyDestination: Address,
  state: z.nullable(text(16)),
  change: z.enum(['new', 'update', 'destroy']),
  /** Unix ms of the guest */
  atMs: count,
});
export type NetFlow = z.infer<typeof NetFlow>;

/** What keeps a published port from working, found by following its way. Words are the page's. */
export const ProblemCode = z.enum([
  'no-dnat', // no rule sends the port to the container
  'dnat-elsewhere', // a rule sends it to an address the container does not have
  'no-masquerade', // the container's packets leave with an address nobody can answer
  'no-forwarding', // ip_forward is 0
  'forward-dropped', // a rule or policy drops what should be forwarded
  'interface-down',
  'no-carrier',
  'not-in-bridge', // the veth end on the host has no master
  'no-address',
  'no-route',
  'no-listener', // nobody listens in the container
]);
export type ProblemCode = z.infer<typeof ProblemCode>;

export const NetProblem = z.strictObject({
  code: ProblemCode,
  /** what it is about, as far as that exists */
  interface: z.nullable(InterfaceRef),
  rule: z.nullable(count),
  port: z.nullable(count),
});
export type NetProblem = z.infer<typeof NetProblem>;

export const NetworkPath = z.strictObject({
  /** the host first */
  namespaces: list(NetNamespace, 24),
  ports: list(PublishedPort, 32),
  rules: list(NetRule, 64),
  /** policy of the host's filter FORWARD chain; null: there is none */
  forwardPolicy: z.nullable(z.enum(['accept', 'drop'])),
  /** newest last */
  flows: list(NetFlow, 32),
  problems: list(NetProblem, 32),
  /** podman networks: name, bridge, subnets */
  networks: list(z.strictObject({ name: text(64), bridge: text(16), subnets: list(Address, 4), file: Path }), 16),
  containers: Containers,
});
export type NetworkPath = z.infer<typeof NetworkPath>;
