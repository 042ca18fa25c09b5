// Overlay: mounts of type overlay, the layers they are made of, and what is written into the upper ones.
import * as z from 'zod/mini';
import { ContainerId, Containers, Path, count, list, text } from './parts.ts';

export const Layer = z.strictObject({
  /** the folder as the machine's own mount namespace sees it */
  path: Path,
  /** id in the storage of podman; null for a folder somebody made by hand */
  id: z.nullable(text(80)),
  /** tags of the images that contain it */
  images: list(text(128), 8),
});
export type Layer = z.infer<typeof Layer>;

export const OverlayMount = z.strictObject({
  /** mount id of mountinfo(5) */
  id: count,
  /** where it is mounted, as the process sees it that it was found through */
  mountPoint: Path,
  /** inode of that mount namespace, and whether it is the machine's own */
  mountNamespace: count,
  container: z.nullable(ContainerId),
  /** places in `layers`; `lower` from the topmost down; null upper: read-only */
  lower: list(count, 32),
  upper: z.nullable(count),
  workDir: z.nullable(Path),
});
export type OverlayMount = z.infer<typeof OverlayMount>;

/** copy-up: exists in a lower layer as well; new: only in upper; whiteout: character device 0/0, hides what is below;
 * opaque: folder that hides the whole folder below (trusted.overlay.opaque or user.overlay.opaque). */
export const EntryKind = z.enum(['copy-up', 'new', 'whiteout', 'opaque']);
export type EntryKind = z.infer<typeof EntryKind>;

export const UpperEntry = z.strictObject({
  /** `id` of the mount */
  mount: count,
  /** below the mount point, begins with '/' */
  path: Path,
  kind: EntryKind,
  directory: z.boolean(),
  sizeBytes: count,
  /** Unix time of its inode's last change (ctime) */
  changedAtMs: count,
  /** false: it was there when looking began */
  seenHappen: z.boolean(),
});
export type UpperEntry = z.infer<typeof UpperEntry>;

/** An answer to a path asked for in the subscription. */
export const Lookup = z.strictObject({
  path: Path,
  /** the overlay it is in; null: in none */
  mount: z.nullable(count),
  /** per layer of the mount from the upper one down, what is there under this name */
  found: list(
    z.strictObject({
      layer: count,
      what: z.enum(['file', 'directory', 'link', 'other', 'whiteout', 'opaque', 'nothing']),
    }),
    33,
  ),
  /** place in `layers` where the merged view takes it from (a folder: the topmost); null: it is not there or hidden */
  from: z.nullable(count),
});
export type Lookup = z.infer<typeof Lookup>;

export const Overlay = z.strictObject({
  mounts: list(OverlayMount, 32),
  layers: list(Layer, 128),
  /** newest last */
  entries: list(UpperEntry, 128),
  lookups: list(Lookup, 4),
  /** podman's storage, one per user that has one */
  storage: list(
    z.strictObject({
      rootless: z.boolean(),
      /** e.g. /var/lib/containers/storage */
      path: Path,
      /** its folders: overlay, overlay-containers, overlay-images, overlay-layers … with the number of entries */
      folders: list(z.strictObject({ name: text(64), entries: count }), 16),
      images: list(
        z.strictObject({
          id: text(80),
          names: list(text(128), 8),
          /** places in `layers`, topmost first */
          layers: list(count, 32),
        }),
        32,
      ),
      /** place in `layers` of each container's own, writable layer */
      containers: list(z.strictObject({ id: ContainerId, image: text(80), layer: count }), 32),
    }),
    2,
  ),
  containers: Containers,
});
export type Overlay = z.infer<typeof Overlay>;
