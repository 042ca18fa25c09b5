// Parsers of what iproute2, iptables, conntrack and /proc/net print. Pure.
import type { NetFlow, NetInterface, NetNamespace, NetRule } from '../../protocol/xray/network-path.ts';
import { cut, whole } from './files.ts';
import { array, record, word } from './podman.ts';

const KINDS = ['veth', 'bridge', 'tun', 'dummy', 'macvlan', 'vlan', 'vxlan'] as const;

/** An interface as `ip -j -d addr` tells it; `netnsid` leads to a veth's other end. */
export type Link = NetInterface & { readonly peerIndex: number | null; readonly peerElsewhere: boolean };

export function parseLinks(output: string): readonly Link[] {
  const links = array(parse(output)).map(record);
  const indexOf = new Map(links.map((link) => [word(link['ifname']), whole(word(link['ifindex']))]));
  return links.map((link) => {
    const flags = array(link['flags']).map(word);
    const info = word(record(link['linkinfo'])['info_kind']);
    const kind = word(link['link_type']) === 'loopback' ? 'loopback' : KINDS.find((one) => one === info);
    const stats = record(link['stats64']);
    const rx = record(stats['rx']);
    const tx = record(stats['tx']);
    // a peer in the same namespace is told by name (link), one elsewhere by index (link_index)
    const peerHere = indexOf.get(word(link['link']));
    const peerIndex = kind === 'veth' ? (peerHere ?? (whole(word(link['link_index'])) || null)) : null;
    return {
      index: whole(word(link['ifindex'])),
      name: cut(word(link['ifname']), 16),
      kind: kind ?? (info === '' ? 'physical' : 'other'),
      mac: cut(word(link['address']), 32) || null,
      up: flags.includes('UP'),
      carrier: flags.includes('LOWER_UP'),
      mtu: whole(word(link['mtu'])),
      addresses: array(link['addr_info'])
        .map(record)
        .map((one) => cut(`${word(one['local'])}/${word(one['prefixlen'])}`, 64))
        .slice(0, 8),
      master: indexOf.get(word(link['master'])) ?? null,
      peer: null,
      peerIndex,
      peerElsewhere: peerHere === undefined,
      rxPackets: whole(word(rx['packets'])),
      rxBytes: whole(word(rx['bytes'])),
      rxDropped: whole(word(rx['dropped'])),
      txPackets: whole(word(tx['packets'])),
      txBytes: whole(word(tx['bytes'])),
      txDropped: whole(word(tx['dropped'])),
    };
  });
}

/** `ip -j route`. */
export function parseRoutes(output: string): NetNamespace['routes'] {
  return array(parse(output))
    .slice(0, 32)
    .map(record)
    .map((route) => ({
      to: cut(word(route['dst']), 64),
      via: cut(word(route['gateway']), 64) || null,
      interface: cut(word(route['dev']), 16),
    }));
}

export type Counters = Pick<
  NetInterface,
  'rxBytes' | 'rxPackets' | 'rxDropped' | 'txBytes' | 'txPackets' | 'txDropped'
>;

/** /proc/PID/net/dev: name → counters. */
export function parseNetDev(text: string): ReadonlyMap<string, Counters> {
  const counters = new Map<string, Counters>();
  for (const line of text.split('\n').slice(2, 600)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const at = line
      .slice(colon + 1)
      .trim()
      .split(/ +/);
    counters.set(line.slice(0, colon).trim(), {
      rxBytes: whole(at[0]),
      rxPackets: whole(at[1]),
      rxDropped: whole(at[3]),
      txBytes: whole(at[8]),
      txPackets: whole(at[9]),
      txDropped: whole(at[11]),
    });
  }
  return counters;
}

const LISTEN = '0A'; // TCP_LISTEN, include/net/tcp_states.h
const UNCONNECTED = '07'; // TCP_CLOSE: what a bound UDP socket is in

/** Listeners in /proc/PID/net/{tcp,tcp6,udp,udp6}. */
export function parseListeners(text: string, protocol: 'tcp' | 'udp'): NetNamespace['listening'] {
  return text
    .split('\n')
    .slice(1, 300)
    .flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/ +/);
      const [address = '', port = ''] = local.split(':');
      if (state !== (protocol === 'tcp' ? LISTEN : UNCONNECTED) || port === '') return [];
      return [{ protocol, address: hexAddress(address), port: parseInt(port, 16) }];
    });
}

/** Little-endian words of hex, as /proc/net/tcp writes them. */
function hexAddress(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  if (bytes.length === 4) return bytes.reverse().join('.');
  if (/^0+$/.test(hex)) return '::';
  const groups = [0, 4, 8, 12].flatMap((at) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(at, at + 4).reverse();
    return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
  });
  return groups.join(':');
}

const TARGETS: Readonly<Record<string, NetRule['kind']>> = {
  DNAT: 'dnat',
  MASQUERADE: 'masquerade',
  SNAT: 'snat',
  REDIRECT: 'redirect',
  MARK: 'mark',
  DROP: 'drop',
  REJECT: 'reject',
};
const TABLES = ['nat', 'filter', 'mangle', 'raw'];

/** `iptables-save -c`: the rules that change or stop packets, and the policy of FORWARD. */
export function parseIptables(output: string): { rules: NetRule[]; forwardPolicy: 'accept' | 'drop' | null } {
  const rules: NetRule[] = [];
  let table = '';
  let forwardPolicy: 'accept' | 'drop' | null = null;
  for (const line of output.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const policy = /^:FORWARD (ACCEPT|DROP)/.exec(line)?.[1];
    if (policy !== undefined && table === 'filter') forwardPolicy = policy === 'DROP' ? 'drop' : 'accept';
    const rule = /^\[(\d+):(\d+)\] -A (\S+) (.*)$/.exec(line);
    if (rule === null || !TABLES.includes(table)) continue;
    const [, packets, bytes, chain = '', spec = ''] = rule;
    const option = (name: string): string | undefined => new RegExp(`(?:^| )${name} (\\S+)`).exec(spec)?.[1];
    const kind = TARGETS[option('-j') ?? ''];
    if (kind === undefined) continue;
    const negated = (name: string): string => (new RegExp(`(?:^| )! ${name} `).test(spec) ? '! ' : '');
    const match = (name: string): string | null => {
      const value = option(name);
      return value === undefined ? null : cut(negated(name) + value, 64);
    };
    rules.push({
      kind,
      table: cut(table, 64),
      chain: cut(chain, 128),
      protocol: protocolOf(option('-p')),
      source: match('-s'),
      destination: match('-d'),
      destinationPort: portOf(option('--dport')),
      to: cut(option('--to-destination') ?? option('--to-source') ?? option('--to-ports') ?? '', 64) || null,
      text: cut(`-A ${chain} ${spec}`, 200),
      packets: whole(packets),
      bytes: whole(bytes),
    });
  }
  return { rules, forwardPolicy };
}

/** Tables in an `iptables-save`, as nft names them. */
export const iptablesTables = (output: string): string[] =>
  [...output.matchAll(/^\*(\w+)$/gm)].map((found) => `ip ${found[1] ?? ''}`);

/** `nft list ruleset`: rules of tables other than `managed` (by iptables, which tells of them), and the policy of their forward chains. */
export function parseNft(
  output: string,
  managedTables: readonly string[],
): { rules: NetRule[]; forwardPolicy: 'accept' | 'drop' | null } {
  const rules: NetRule[] = [];
  let table = '';
  let chain = '';
  let managed = false;
  let forwardPolicy: 'accept' | 'drop' | null = null;
  for (const raw of output.split('\n')) {
    const line = raw.trim();
    if (raw.startsWith('table ')) {
      table = line.slice(6, -2);
      managed = managedTables.includes(table);
    } else if (raw === '}') managed = false;
    else if (line.startsWith('chain ')) chain = line.slice(6, -2);
    else if (!managed && line.startsWith('type filter hook forward')) {
      if (line.includes('policy drop')) forwardPolicy = 'drop';
    } else if (!managed) {
      const verb = /(?:^| )(dnat|snat|masquerade|redirect|drop|reject)\b(?:(?: ip6?)? to (\S+))?/.exec(line);
      if (verb === null || chain === '') continue;
      const after = (name: string): string | undefined => new RegExp(`\\b${name} (?:!= )?(\\S+)`).exec(line)?.[1];
      const counter = /counter packets (\d+) bytes (\d+)/.exec(line);
      rules.push({
        kind: verb[1] as NetRule['kind'],
        table: cut(table, 64),
        chain: cut(chain, 128),
        protocol: protocolOf(/\b(tcp|udp|sctp) dport/.exec(line)?.[1]),
        source: cut(after('saddr') ?? '', 64) || null,
        destination: cut(after('daddr') ?? '', 64) || null,
        destinationPort: portOf(after('dport')),
        to: cut(verb[2] ?? '', 64) || null,
        text: cut(line, 200),
        packets: counter === null ? null : whole(counter[1]),
        bytes: counter === null ? null : whole(counter[2]),
      });
    }
  }
  return { rules, forwardPolicy };
}

const EVENTS = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;

/** One line of `conntrack -E`; undefined for what is none. */
export function parseConntrack(line: string, atMs: number): NetFlow | undefined {
  const event = /\[(NEW|UPDATE|DESTROY)\]\s+(\w+)\s+\d+\s*(?:\d+\s+)?([A-Z_0-9]+)?/.exec(line);
  if (event === null) return undefined;
  const all = (name: string): string[] =>
    [...line.matchAll(new RegExp(`\\b${name}=(\\S+)`, 'g'))].map((one) => one[1] ?? '');
  const [source, replySource] = all('src');
  const [destination, replyDestination] = all('dst');
  const [sourcePort, replySourcePort] = all('sport');
  const [destinationPort, replyDestinationPort] = all('dport');
  if (source === undefined || destination === undefined || replySource === undefined) return undefined;
  const end = (address: string | undefined, port: string | undefined): string =>
    cut(port === undefined ? (address ?? '') : `${address}:${port}`, 64);
  return {
    protocol: protocolOf(event[2]) ?? 'other',
    source: end(source, sourcePort),
    destination: end(destination, destinationPort),
    replySource: end(replySource, replySourcePort),
    replyDestination: end(replyDestination, replyDestinationPort),
    state: cut(event[3] ?? '', 16) || null,
    change: EVENTS[event[1] as keyof typeof EVENTS],
    atMs,
  };
}

export function protocolOf(text: string | undefined): NetFlow['protocol'] | null {
  if (text === undefined || text === '') return null;
  return text === 'tcp' || text === 'udp' || text === 'icmp' || text === 'sctp' ? text : 'other';
}

/** A single port; of a range the first. */
const portOf = (text: string | undefined): number | null => {
  const port = whole(/\d+/.exec(text ?? '')?.[0]);
  return port === 0 ? null : Math.min(65535, port);
};

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}
