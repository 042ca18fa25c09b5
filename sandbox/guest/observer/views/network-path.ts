// The view of the network path. Programs are started only after something changed: `ip monitor` and `nft monitor` tell of the
// host's namespace, small files in /proc/PID/net of the others; counters come from those files at every look.
import { existsSync, statSync } from 'node:fs';
import type { NetFlow, NetNamespace, NetRule, NetworkPath } from '../../../protocol/xray/network-path.ts';
import { cut } from '../files.ts';
import { Follower } from '../follower.ts';
import type { Ground } from '../ground.ts';
import { namedNetworks, networkFile } from '../network-names.ts';
import { problemsOf, ruleOf } from '../network-problems.ts';
import {
  iptablesTables,
  parseConntrack,
  parseIptables,
  parseLinks,
  parseListeners,
  parseNetDev,
  parseNft,
  parseRoutes,
  protocolOf,
} from '../network-text.ts';
import type { Counters, Link } from '../network-text.ts';
import type { PodmanContainer } from '../podman.ts';
import { bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const MAX_NAMESPACES = 24;
/** Of one namespace, and of all together. */
const MAX_INTERFACES = 48;
const MAX_ALL_INTERFACES = 128;
const MAX_RULES = 64;
const MAX_FLOWS = 32;
/** Packet counters of rules are asked for again this often while packets pass, and everything else now and then. */
const RULES_MS = 4000;
const ALL_MS = 30_000;
/** The kernel goes through its whole table of sockets for a list of those that listen: asked for when a process came or went, and else not more often. */
const LISTENING_MS = 2500;
/** Counters of a namespace without a process are asked for when packets passed elsewhere, and every so many looks. */
const FILES_LOOKS = 5;

type Place = {
  readonly inode: number;
  pid: number | undefined;
  readonly file: string;
  readonly name: string | null;
  processes: number;
  container: string | null;
};
/** How many interfaces are shown, there are, and may still be shown. */
type Interfaces = { shown: number; total: number; left: number };
type Known = {
  /** interfaces there are where they are more than the helper hands over */
  unread: number;
  links: readonly Link[];
  routes: NetNamespace['routes'];
  forwards: boolean;
  signature: string;
  /** what its files said at the last look, and the counters in them */
  text: string;
  counters: ReadonlyMap<string, Counters>;
  /** net/dev and net/route of a namespace without a process, asked of the helper at the look before */
  files: string;
  asking: boolean;
  /** looks since the files were asked for, and packets that had passed elsewhere by then */
  asked: { looks: number; packets: number };
  listening: NetNamespace['listening'];
  /** when the listeners were read, and processes there were then */
  heard: { atMs: number; processes: number };
  /** that may have changed since */
  unheard: boolean;
  readAtMs: number;
  reading: boolean;
  dirty: boolean;
};

/** The first column's name in net/route. */
const ROUTES = /^(?=Iface\t)/m;
/** What is asked in a namespace, in one line and with as few programs as can be: a start of one costs more than what it does. */
const ASK = String.raw`printf 'addr show\nroute show\n' | ip -j -d -b -; read it </proc/sys/net/ipv4/ip_forward; echo "$it"`;

export function openNetworkPath(ground: Ground, stir: () => void): View<'network-path'> {
  const { files, helper } = ground;
  const known = new Map<number, Known>();
  let rules: { rules: NetRule[]; forwardPolicy: 'accept' | 'drop' | null } = { rules: [], forwardPolicy: null };
  let rulesAtMs = -Infinity;
  let rulesDirty = true;
  let rulesRead = false;
  let readingRules = false;
  /** readings under way */
  let reading = 0;
  /** counts what was told or read of changes */
  let heard = 0;
  let unheard = false;
  const hear = (): void => {
    heard++;
    if (reading === 0) stir();
  };
  const done = (): void => {
    reading--;
    hear();
  };
  let packets = 0;
  let packetsAtRules = -1;
  let flows: NetFlow[] = [];
  /** Namespaces without a process have no files that would show a change of addresses: they are read again with any that has an id. */
  const changed = (line: string): void => {
    const host = known.get(hostInode());
    if (!line.startsWith('[nsid ') || line.startsWith('[nsid current]')) {
      if (host !== undefined) host.dirty = true;
    } else for (const one of known.values()) if (one !== host && one.files !== '') one.dirty = true;
    hear();
  };
  const followers = [
    new Follower(['/usr/sbin/ip', 'monitor', 'all-nsid', 'link', 'address', 'route'], changed),
    new Follower(['/usr/sbin/nft', 'monitor', 'ruleset'], () => {
      rulesDirty = true;
      hear();
    }),
    new Follower(['/usr/sbin/conntrack', '-E'], (line) => {
      const flow = parseConntrack(line, Date.now());
      if (flow === undefined) return;
      flows = [...flows, flow].slice(-MAX_FLOWS);
      hear();
    }),
  ];

  /** One process per namespace, and namespaces that only have a name. */
  const places = (): Place[] => {
    const table = ground.processes.table(performance.now(), true);
    const names = namedNetworks();
    const found = new Map<number, Place>();
    for (const one of table.processes) {
      const inode = one.space?.net;
      if (inode === undefined) continue;
      const place = found.get(inode);
      if (place === undefined) {
        found.set(inode, {
          inode,
          pid: one.pid,
          file: `/proc/${one.pid}/ns/net`,
          name: names.get(inode) ?? null,
          processes: 1,
          container: one.container,
        });
      } else {
        place.processes++;
        place.container ??= one.container;
      }
    }
    for (const [inode, name] of names) {
      if (!found.has(inode))
        found.set(inode, { inode, pid: undefined, file: networkFile(name), name, processes: 0, container: null });
    }
    return [...found.values()];
  };

  const readPlace = async (place: Place, one: Known): Promise<void> => {
    one.reading = true;
    one.dirty = false;
    reading++;
    try {
      const output = await helper.run(place.file, ['/bin/sh', '-c', ASK]);
      if (output === undefined) return;
      const [links = '', routes = '', forwards = ''] = output.trim().split('\n');
      one.links = parseLinks(links);
      one.unread = one.links.length > 0 ? 0 : (links.match(/"ifindex":/g)?.length ?? 0);
      one.routes = parseRoutes(routes);
      one.forwards = forwards === '1';
    } finally {
      one.readAtMs = performance.now();
      one.reading = false;
      done();
    }
  };

  const readFiles = async (place: Place, one: Known): Promise<void> => {
    one.asking = true;
    try {
      one.files = (await helper.read(place.file, ['dev', 'route'])) ?? '';
    } finally {
      one.asking = false;
    }
  };

  const readRules = async (): Promise<void> => {
    readingRules = true;
    reading++;
    rulesDirty = false;
    packetsAtRules = packets;
    try {
      const output = await helper.run('', ['/bin/sh', '-c', 'iptables-save -c; echo ---; nft list ruleset']);
      const [iptables = '', nft = ''] = (output ?? '').split('\n---\n');
      const a = parseIptables(iptables);
      const b = parseNft(nft, iptablesTables(iptables));
      const forwardPolicy = a.forwardPolicy === 'drop' || b.forwardPolicy === 'drop' ? 'drop' : a.forwardPolicy;
      rules = { rules: [...a.rules, ...b.rules], forwardPolicy };
      rulesRead = true;
    } finally {
      rulesAtMs = performance.now();
      readingRules = false;
      done();
    }
  };

  return {
    pids: () => [helper.pid, ...followers.map(({ pid }) => pid)],
    look(_request, room) {
      const nowMs = performance.now();
      const notes: Cut[] = [];
      const all = places();
      const containers = ground.podman.all(nowMs);
      const shown = bounded(notes, 'namespaces', order(all), within(MAX_NAMESPACES, room));
      const inodes = new Set(shown.map(({ inode }) => inode));
      for (const inode of known.keys()) if (!inodes.has(inode)) known.delete(inode);
      let complete = true;
      unheard = false;
      const packetsBefore = packets;
      packets = 0;
      for (const place of shown) {
        const one = known.get(place.inode) ?? fresh();
        known.set(place.inode, one);
        const stale = ++one.asked.looks >= FILES_LOOKS || one.asked.packets !== packetsBefore;
        if (place.pid === undefined && !one.asking && stale) {
          one.asked = { looks: 0, packets: packetsBefore };
          void readFiles(place, one).catch(() => undefined);
        }
        const net = (name: string): string => files.read(`/proc/${place.pid ?? ''}/net/${name}`) ?? '';
        const [dev = '', routes = ''] =
          place.pid === undefined ? one.files.split(ROUTES) : [net('dev'), `${net('route')}${net('if_inet6')}`];
        if (`${dev}${routes}` !== one.text) {
          heard++;
          one.text = `${dev}${routes}`;
          one.counters = parseNetDev(dev);
          const signature = signatureOf(one.counters.keys(), routes);
          if (signature !== one.signature) one.dirty = true;
          one.signature = signature;
        }
        for (const { rxPackets } of one.counters.values()) packets += rxPackets;
        if (listeningChanged(ground, place, one, nowMs)) heard++;
        unheard ||= one.unheard;
        if ((one.dirty || nowMs - one.readAtMs > ALL_MS) && !one.reading)
          void readPlace(place, one).catch(() => undefined);
        if (one.readAtMs === -Infinity) complete = false;
      }
      if ((rulesDirty || (packets !== packetsAtRules && nowMs - rulesAtMs > RULES_MS)) && !readingRules)
        void readRules().catch(() => undefined);
      if (!complete || !rulesRead) return undefined;

      const interfaces: Interfaces = { shown: 0, total: 0, left: within(MAX_ALL_INTERFACES, room) };
      const namespaces: NetNamespace[] = [];
      const peers = new Map<string, Link & { readonly namespace: number }>();
      for (const place of shown) {
        const one = known.get(place.inode);
        if (one === undefined) continue;
        for (const link of one.links) peers.set(`${place.inode} ${link.index}`, { ...link, namespace: place.inode });
        namespaces.push(describe(place, one, containers, interfaces));
      }
      join(namespaces, peers);
      if (interfaces.total > interfaces.shown)
        notes.push({ list: 'interfaces', shown: interfaces.shown, total: interfaces.total });
      const shownRules = bounded(
        notes,
        'rules',
        important(rules.rules, within(MAX_RULES, room)),
        within(MAX_RULES, room),
        rules.rules.length,
      );
      const ports = containers.flatMap((container) => publish(container, shownRules)).slice(0, 32);
      const picture = { namespaces, ports, rules: shownRules, forwardPolicy: rules.forwardPolicy };
      const state: NetworkPath = {
        ...picture,
        flows,
        problems: problemsOf(picture),
        networks: networksOf(containers, namespaces),
        containers: ground.podman.containers(nowMs),
      };
      return { state, truncated: notes };
    },
    heard: () => String(heard),
    passing: () => unheard || packets !== packetsAtRules,
    close() {
      for (const follower of followers) follower.close();
    },
  };
}

/** At most `max`, in their order: where not all can be shown, those that change addresses first, since ways are followed through them. */
function important(rules: readonly NetRule[], max: number): readonly NetRule[] {
  if (rules.length <= max) return rules;
  const kept = new Set([...rules].sort((a, b) => Number(stops(a)) - Number(stops(b))).slice(0, max));
  return rules.filter((rule) => kept.has(rule));
}

const stops = ({ kind }: NetRule): boolean => kind === 'drop' || kind === 'reject' || kind === 'mark';

const fresh = (): Known => ({
  unread: 0,
  links: [],
  routes: [],
  forwards: false,
  signature: '',
  text: '',
  counters: new Map(),
  files: '',
  asking: false,
  asked: { looks: FILES_LOOKS, packets: 0 },
  listening: [],
  heard: { atMs: -Infinity, processes: 0 },
  unheard: false,
  readAtMs: -Infinity,
  reading: false,
  dirty: true,
});

function hostInode(): number {
  try {
    return statSync('/proc/1/ns/net').ino;
  } catch {
    return 0;
  }
}

/** The host's first, then what has a container, a name, processes. */
function order(places: readonly Place[]): Place[] {
  const rank = (place: Place): number =>
    place.pid === 1 ? 0 : place.container !== null ? 1 : place.name === 'outside' ? 2 : place.name !== null ? 3 : 4;
  return [...places].sort((a, b) => rank(a) - rank(b) || a.inode - b.inode);
}

/** Changes with interfaces, routes and IPv6 addresses of a namespace; without what counts up. */
function signatureOf(names: Iterable<string>, routes: string): string {
  return `${[...names].join()}|${routes.replaceAll(/^(\S+\t\S+\t\S+\t\S+).*$/gm, '$1')}`;
}

/** Asks who listens there, where it is time to; true when that has changed. */
function listeningChanged({ files }: Ground, { pid, processes }: Place, one: Known, nowMs: number): boolean {
  if (pid === undefined) return false;
  one.unheard = nowMs - one.heard.atMs < LISTENING_MS && one.heard.processes === processes;
  if (one.unheard) return false;
  const net = (name: string): string => files.read(`/proc/${pid}/net/${name}`) ?? '';
  const before = JSON.stringify(one.listening);
  one.heard = { atMs: nowMs, processes };
  one.listening = [
    ...parseListeners(net('tcp'), 'tcp'),
    ...parseListeners(net('tcp6'), 'tcp'),
    ...parseListeners(net('udp'), 'udp'),
  ];
  return JSON.stringify(one.listening) !== before;
}

function describe(place: Place, one: Known, containers: readonly PodmanContainer[], all: Interfaces): NetNamespace {
  const { pid } = place;
  // a container without a cgroup of its own (rootless, --cgroups=disabled) is known by its first process
  const container = place.container ?? containers.find((one) => one.pid !== null && one.pid === pid)?.id ?? null;
  const interfaces = one.links.slice(0, Math.min(MAX_INTERFACES, all.left));
  all.left -= interfaces.length;
  all.shown += interfaces.length;
  all.total += Math.max(one.links.length, one.unread);
  return {
    inode: place.inode,
    name: place.name === null ? null : cut(place.name, 128),
    role: pid === 1 ? 'host' : container !== null ? 'container' : place.name === 'outside' ? 'outside' : 'other',
    container,
    processes: place.processes,
    leader: pid ?? null,
    interfaces: interfaces.map((link) => {
      const { peerIndex: _index, peerElsewhere: _elsewhere, ...rest } = link;
      return { ...rest, ...one.counters.get(link.name) };
    }),
    routes: one.routes,
    forwards: one.forwards,
    listening: one.listening.slice(0, 32),
  };
}

/** A veth knows the index of its other end, not always where that is: the one that points back is it. */
function join(
  namespaces: readonly NetNamespace[],
  links: ReadonlyMap<string, Link & { readonly namespace: number }>,
): void {
  for (const { inode, interfaces } of namespaces) {
    for (const nic of interfaces) {
      const link = links.get(`${inode} ${nic.index}`);
      if (link?.peerIndex === null || link === undefined) continue;
      for (const other of links.values()) {
        const back = other.kind === 'veth' && other.index === link.peerIndex && other.peerIndex === link.index;
        if (back && (other.namespace !== inode) === link.peerElsewhere)
          nic.peer = { namespace: other.namespace, index: other.index };
      }
    }
  }
}

function publish(container: PodmanContainer, rules: NetworkPath['rules']): NetworkPath['ports'] {
  if (container.state !== 'running' && container.state !== 'paused') return [];
  return container.ports.map(({ hostAddress, hostPort, containerPort, protocol }) => {
    const port = {
      container: container.id,
      protocol: protocolOf(protocol) ?? ('tcp' as const),
      hostAddress,
      hostPort,
      containerAddress: container.addresses[0]?.split('/')[0] ?? null,
      containerPort,
      by: container.rootless ? ('process' as const) : ('dnat' as const),
    };
    return { ...port, rule: port.by === 'dnat' ? ruleOf(rules, port) : null };
  });
}

/** Podman's networks that are in use: their bridges are podman0, podman1 …, known by the address range. */
function networksOf(
  containers: readonly PodmanContainer[],
  namespaces: readonly NetNamespace[],
): NetworkPath['networks'] {
  const host = namespaces.find(({ role }) => role === 'host');
  const names = [...new Set(containers.flatMap(({ networks }) => networks))].slice(0, 16);
  return names.map((name) => {
    const member = containers.find(({ networks }) => networks.includes(name));
    const inside = namespaces.find(({ container }) => container === member?.id);
    const cable = host?.interfaces.find(({ peer }) => peer !== null && peer.namespace === inside?.inode);
    const bridge = host?.interfaces.find(({ index }) => index === cable?.master);
    const file = `/etc/containers/networks/${name}.json`;
    return {
      name: cut(name, 64),
      bridge: bridge?.name ?? '',
      subnets: bridge?.addresses.slice(0, 4) ?? [],
      file: existsSync(file) ? cut(file, 512) : '',
    };
  });
}
