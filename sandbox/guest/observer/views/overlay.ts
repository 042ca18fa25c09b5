// The view of overlay mounts, their layers, and podman's storage.
import { realpathSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { ContainerId } from '../../../protocol/xray/parts.ts';
import type { Layer, Lookup, Overlay } from '../../../protocol/xray/overlay.ts';
import { cut, list } from '../files.ts';
import type { Ground } from '../ground.ts';
import { parseOverlays } from '../mount-text.ts';
import type { OverlayLine } from '../mount-text.ts';
import { STORAGES, array, readJson, record, stampOf, word } from '../podman.ts';
import { Places } from '../processes.ts';
import { Upper, isWhiteout, lookAt } from '../upper.ts';
import { bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const MAX_MOUNTS = 32;
const MAX_LAYERS = 128;
const MAX_ENTRIES = 128;
/** Mount namespaces whose mounts are read: one process each. */
const MAX_NAMESPACES = 24;

type Mount = OverlayLine & { readonly namespace: number; readonly container: string | null };

export function openOverlay(ground: Ground): View<'overlay'> {
  const { files, helper } = ground;
  const uppers = new Map<string, Upper>();
  const opaque = new Map<string, boolean>();
  /** by mount namespace: what its mountinfo said, and what came of it */
  const mountLists = new Map<number, { readonly text: string; readonly overlays: readonly OverlayLine[] }>();
  let storage: { stamp: string; read: readonly Storage[] } | undefined;

  const isOpaque = async (path: string): Promise<boolean> => {
    for (const name of ['trusted.overlay.opaque', 'user.overlay.opaque']) {
      if ((await helper.attribute(path, name)) === 'y') {
        if (opaque.size < 256) opaque.set(path, true);
        return true;
      }
    }
    return false;
  };

  /** The overlay mounts of a mount namespace, worked out again only where its list of mounts has changed. */
  const overlaysOf = (namespace: number, pid: number): readonly OverlayLine[] => {
    const text = files.read(`/proc/${pid}/mountinfo`) ?? '';
    const before = mountLists.get(namespace);
    if (before?.text === text) return before.overlays;
    const overlays = parseOverlays(text, MAX_MOUNTS)
      .map(rooted)
      .map((line) => ({ ...line, lower: line.lower.map((path) => resolve(path, line.upper)) }));
    mountLists.set(namespace, { text, overlays });
    return overlays;
  };

  const mountsNow = (): Mount[] => {
    const table = ground.processes.table(performance.now(), true);
    const seen = new Set<number>();
    const mounts = new Map<string, Mount>();
    for (const one of table.processes) {
      const namespace = one.space?.mnt;
      if (namespace === undefined || seen.has(namespace) || seen.size >= MAX_NAMESPACES) continue;
      seen.add(namespace);
      for (const line of overlaysOf(namespace, one.pid)) {
        const key = line.upper ?? `${line.lower.join(':')} ${line.mountPoint}`;
        // a namespace that was copied from another has its mounts as well: the first one names them
        if (!mounts.has(key)) mounts.set(key, { ...line, namespace, container: one.container });
      }
    }
    for (const namespace of mountLists.keys()) if (!seen.has(namespace)) mountLists.delete(namespace);
    return [...mounts.values()];
  };

  const storageNow = (): readonly Storage[] => {
    const stamp = STORAGES.flatMap(({ path }) =>
      ['overlay-layers/layers.json', 'overlay-images/images.json', 'overlay-containers/containers.json'].map((name) =>
        stampOf(`${path}/${name}`),
      ),
    ).join();
    if (storage?.stamp !== stamp) storage = { stamp, read: STORAGES.flatMap((one) => readStorage(one) ?? []) };
    return storage.read;
  };

  return {
    look(request, room) {
      const nowMs = performance.now();
      const notes: Cut[] = [];
      const all = mountsNow();
      const mounts = bounded(notes, 'mounts', all, within(MAX_MOUNTS, room));
      const stores = storageNow();
      const layers = new Places<string>(within(MAX_LAYERS, room), String);
      const placed = mounts.map((mount) => ({
        mount,
        lower: mount.lower.slice(0, 32).flatMap((path) => layers.of(path) ?? []),
        upper: layers.of(mount.upper),
      }));
      const upperNow = new Set(mounts.flatMap(({ upper }) => upper ?? []));
      for (const path of uppers.keys()) if (!upperNow.has(path)) uppers.delete(path);
      const entries: Overlay['entries'] = [];
      for (const { upper, lower, id } of mounts) {
        if (upper === undefined) continue;
        const known = uppers.get(upper) ?? new Upper(upper, lower, isOpaque);
        uppers.set(upper, known);
        known.look();
        for (const entry of known.entries.values()) entries.push({ mount: id, ...entry, path: cut(entry.path, 512) });
      }
      entries.sort((a, b) => a.changedAtMs - b.changedAtMs);
      const shownEntries = entries.slice(-within(MAX_ENTRIES, room));
      if (entries.length > shownEntries.length)
        notes.push({ list: 'entries', shown: shownEntries.length, total: entries.length });
      const shownStores = stores.map((store) => ({
        rootless: store.rootless,
        path: store.path,
        folders: store.folders,
        images: store.images.map((image) => ({
          ...image,
          layers: image.layers.flatMap((path) => layers.of(path) ?? []),
        })),
        containers: store.containers.flatMap(({ id, image, layer }) => {
          const place = layers.of(layer);
          return place === null ? [] : [{ id, image, layer: place }];
        }),
      }));
      const state: Overlay = {
        mounts: placed.map(({ mount, lower, upper }) => ({
          id: mount.id,
          mountPoint: cut(mount.mountPoint, 512),
          mountNamespace: mount.namespace,
          container: mount.container ?? ownerOf(stores, mount.upper),
          lower,
          upper,
          workDir: mount.work === undefined ? null : cut(mount.work, 512),
        })),
        layers: layers.items.map((path) => describe(stores, path)),
        entries: shownEntries,
        lookups: request.paths.map((path) => lookUp(path, mounts, layers, opaque)),
        storage: shownStores,
        containers: ground.podman.containers(nowMs),
      };
      return { state, truncated: notes };
    },
    heard: () => String(opaque.size),
  };
}

/** Who mounts by hand often names the folders from where they stood, and the kernel shows that: mostly it was beside the mount point. */
function rooted(line: OverlayLine): OverlayLine {
  if (line.upper?.startsWith('/') ?? line.lower.every((path) => path.startsWith('/'))) return line;
  const above = [dirname(line.mountPoint), dirname(dirname(line.mountPoint)), '/root', '/home/learner'];
  const first = line.upper ?? line.lower[0] ?? '';
  const stood = above.find((folder) => lookAt(`${folder}/${first}`)?.isDirectory() === true);
  if (stood === undefined) return line;
  const from = (path: string): string => (path.startsWith('/') ? path : normalize(`${stood}/${path}`));
  const known = (path: string | undefined): string | undefined => (path === undefined ? undefined : from(path));
  return { ...line, lower: line.lower.map(from), upper: known(line.upper), work: known(line.work) };
}

/** Podman names lower layers by short links, perhaps relative to its storage (a mount's options are one page at most). */
function resolve(path: string, upper: string | undefined): string {
  const absolute = path.startsWith('/') || upper === undefined ? path : `${dirname(dirname(upper))}/${path}`;
  try {
    return realpathSync(absolute);
  } catch {
    return absolute;
  }
}

type Storage = {
  readonly rootless: boolean;
  readonly path: string;
  readonly folders: { name: string; entries: number }[];
  readonly images: { id: string; names: string[]; layers: readonly string[] }[];
  readonly containers: { id: string; image: string; layer: string }[];
  /** layer's folder → id */
  readonly ids: ReadonlyMap<string, string>;
};

function readStorage({ path, rootless }: (typeof STORAGES)[number]): Storage | undefined {
  const parents = new Map<string, string>();
  for (const value of array(readJson(`${path}/overlay-layers/layers.json`)).slice(0, 512)) {
    const layer = record(value);
    parents.set(word(layer['id']), word(layer['parent']));
  }
  const folders = list(path).filter((name) => !name.includes('.'));
  if (folders.length === 0) return undefined;
  const folderOf = (id: string): string => `${path}/overlay/${id}/diff`;
  const chain = (id: string): string[] => {
    const layers: string[] = [];
    for (let at = id; at !== '' && layers.length < 32; at = parents.get(at) ?? '') layers.push(folderOf(at));
    return layers;
  };
  const images = array(readJson(`${path}/overlay-images/images.json`))
    .slice(0, 32)
    .map(record);
  const containers = array(readJson(`${path}/overlay-containers/containers.json`))
    .slice(0, 32)
    .map(record);
  return {
    rootless,
    path,
    folders: folders.slice(0, 16).map((name) => ({ name: cut(name, 64), entries: list(`${path}/${name}`).length })),
    images: images.map((image) => ({
      id: cut(word(image['id']), 80),
      names: array(image['names'])
        .slice(0, 8)
        .map((name) => cut(word(name), 128)),
      layers: chain(word(image['layer'])),
    })),
    containers: containers.flatMap((one) => {
      const id = ContainerId.safeParse(one['id']);
      return id.success
        ? [{ id: id.data, image: cut(word(one['image']), 80), layer: folderOf(word(one['layer'])) }]
        : [];
    }),
    ids: new Map([...parents.keys()].map((id) => [folderOf(id), id])),
  };
}

function ownerOf(stores: readonly Storage[], upper: string | undefined): string | null {
  return stores.flatMap(({ containers }) => containers).find(({ layer }) => layer === upper)?.id ?? null;
}

function describe(stores: readonly Storage[], path: string): Layer {
  const images = stores.flatMap((store) => store.images.filter(({ layers }) => layers.includes(path)));
  const id = stores.map(({ ids }) => ids.get(path)).find((one) => one !== undefined);
  return {
    path: cut(path, 512),
    id: id === undefined ? null : cut(id, 80),
    images: [...new Set(images.flatMap(({ names }) => names))].slice(0, 8),
  };
}

function lookUp(
  path: string,
  mounts: readonly Mount[],
  layers: Places<string>,
  opaque: ReadonlyMap<string, boolean>,
): Lookup {
  const inside = (mount: Mount): boolean => path === mount.mountPoint || path.startsWith(`${mount.mountPoint}/`);
  const [mount] = mounts.filter(inside).sort((a, b) => b.mountPoint.length - a.mountPoint.length);
  if (mount === undefined) return { path, mount: null, found: [], from: null };
  const below = path.slice(mount.mountPoint.length);
  const found: Lookup['found'] = [];
  let from: number | null = null;
  let hidden = false;
  for (const folder of [...(mount.upper === undefined ? [] : [mount.upper]), ...mount.lower].slice(0, 33)) {
    const layer = layers.of(folder);
    if (layer === null) continue;
    const stats = lookAt(`${folder}${below}`);
    const isOpaque = opaque.get(`${folder}${below}`) === true;
    const what =
      stats === undefined
        ? 'nothing'
        : isWhiteout(stats)
          ? 'whiteout'
          : isOpaque
            ? 'opaque'
            : stats.isDirectory()
              ? 'directory'
              : stats.isFile()
                ? 'file'
                : stats.isSymbolicLink()
                  ? 'link'
                  : 'other';
    found.push({ layer, what });
    if (what === 'whiteout') hidden = true;
    if (from === null && !hidden && what !== 'nothing' && what !== 'whiteout') from = layer;
  }
  return { path, mount: mount.id, found, from };
}
