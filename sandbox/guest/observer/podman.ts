// What podman keeps on disk, read without podman (0.7 s a call under emulation): its SQLite database and the lists of containers/storage.
import { createRequire } from 'node:module';
import { readFileSync, statSync } from 'node:fs';
import { ContainerId } from '../../protocol/xray/parts.ts';
import type { Container } from '../../protocol/xray/parts.ts';
import { cut, whole } from './files.ts';

export type PortMapping = {
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
};

export type PodmanContainer = Container & {
  readonly ports: readonly PortMapping[];
  /** in CIDR notation */
  readonly addresses: readonly string[];
  /** names of podman networks */
  readonly networks: readonly string[];
};

/** `graphroot` of containers-storage.conf(5) for root and for the learner. */
export const STORAGES = [
  { rootless: false, path: '/var/lib/containers/storage' },
  { rootless: true, path: '/home/learner/.local/share/containers/storage' },
] as const;

const MAX_CONTAINERS = 32;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** Podman writes its database several times a run; after a change it is looked at again this much later at the earliest. */
const SETTLE_MS = 300;
const CHECK_MS = 200;

/** libpod/define/containerstate.go, in that order. */
const STATES = ['unknown', 'configured', 'created', 'running', 'stopped', 'paused', 'exited', 'removing', 'stopping'];

// the column State is written once and not kept up to date
const QUERY = `
  select c.ID id, c.Name name,
    json_extract(cast(s.JSON as text), '$.state') state,
    json_extract(cast(c.JSON as text), '$.rootfsImageName') image,
    json_extract(cast(c.JSON as text), '$.newPortMappings') ports,
    json_extract(cast(c.JSON as text), '$.newNetworks') networks,
    json_extract(cast(s.JSON as text), '$.pid') pid,
    json_extract(cast(s.JSON as text), '$.networkStatus') network
  from ContainerConfig c join ContainerState s on s.ID = c.ID limit ${MAX_CONTAINERS}`;

/** `stamp`: of what was read last; `seen`: of what was there at the last look. */
type Store = { stamp: string; seen: string; readAtMs: number; containers: readonly PodmanContainer[] };

export class Podman {
  readonly #stores = new Map<string, Store>();
  #checkedAtMs = -Infinity;
  #all: readonly PodmanContainer[] = [];

  /** Whether a database has changed and could not be read yet. */
  get unread(): boolean {
    return [...this.#stores.values()].some(({ seen, stamp }) => seen !== stamp);
  }

  /** Containers of root and of the learner, as podman last wrote them. */
  all(nowMs: number): readonly PodmanContainer[] {
    if (nowMs - this.#checkedAtMs < CHECK_MS) return this.#all;
    this.#checkedAtMs = nowMs;
    this.#all = STORAGES.flatMap(({ path, rootless }) => this.#read(path, rootless, nowMs)).slice(0, MAX_CONTAINERS);
    return this.#all;
  }

  /** The part of it that every view shows. */
  containers(nowMs: number): Container[] {
    return this.all(nowMs).map(({ id, name, image, state, pid, rootless }) => ({
      id,
      name,
      image,
      state,
      pid,
      rootless,
    }));
  }

  close(): void {
    this.#stores.clear();
    this.#all = [];
    this.#checkedAtMs = -Infinity;
  }

  #read(storage: string, rootless: boolean, nowMs: number): readonly PodmanContainer[] {
    const file = `${storage}/db.sql`;
    const store = this.#stores.get(file) ?? { stamp: '', seen: '', readAtMs: -Infinity, containers: [] };
    this.#stores.set(file, store);
    const stamp = stampOf(file);
    store.seen = stamp;
    if (stamp === store.stamp || nowMs - store.readAtMs < SETTLE_MS) return store.containers;
    store.readAtMs = nowMs;
    if (stamp === '') store.containers = [];
    else {
      const rows = query(file);
      // podman is writing: the next look tries again
      if (rows === undefined) return store.containers;
      store.containers = rows.flatMap((row) => containerOf(row, rootless) ?? []);
    }
    store.stamp = stamp;
    return store.containers;
  }
}

/** Changes whenever the file does; '' where there is none. */
export function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return '';
  }
}

function query(file: string): readonly Record<string, unknown>[] | undefined {
  // not imported at the top: only a machine with podman in use pays for it
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as typeof import('node:sqlite');
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: 20 });
    try {
      return db.prepare(QUERY).all();
    } finally {
      db.close();
    }
  } catch {
    return undefined;
  }
}

/** One row of the query; undefined where it is no container. The learner may have written anything into that file. */
export function containerOf(row: Readonly<Record<string, unknown>>, rootless: boolean): PodmanContainer | undefined {
  const id = ContainerId.safeParse(row['id']);
  if (!id.success) return undefined;
  const networks = record(json(row['networks']));
  const addresses = Object.values(record(json(row['network']))).flatMap((network) =>
    Object.values(record(record(network)['interfaces'])).flatMap((one) =>
      array(record(one)['subnets']).map((subnet) => cut(word(record(subnet)['ipnet']), 64)),
    ),
  );
  return {
    id: id.data,
    name: cut(word(row['name']), 128),
    image: cut(word(row['image']), 256),
    state: STATES[whole(word(row['state']))] ?? 'unknown',
    pid: whole(word(row['pid'])) || null,
    rootless,
    ports: array(json(row['ports'])).slice(0, 32).flatMap(portsOf),
    addresses: addresses.filter((address) => address !== '').slice(0, 8),
    networks: Object.keys(networks).slice(0, 8),
  };
}

/** A mapping may stand for a range of ports. */
function portsOf(value: unknown): readonly PortMapping[] {
  const { host_ip, host_port, container_port, range, protocol } = record(value);
  const width = Math.min(8, Math.max(1, whole(word(range))));
  return Array.from({ length: width }, (_, index) => ({
    hostAddress: cut(word(host_ip), 64),
    hostPort: Math.min(65535, whole(word(host_port)) + index),
    containerPort: Math.min(65535, whole(word(container_port)) + index),
    protocol: cut(word(protocol), 16),
  }));
}

/** A JSON file of the learner's, or undefined. */
export function readJson(file: string): unknown {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) return undefined;
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function json(value: unknown): unknown {
  try {
    return typeof value === 'string' ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}

export const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
export const array = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const word = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
