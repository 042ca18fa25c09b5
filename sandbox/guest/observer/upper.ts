// What lies in the upper folder of an overlay mount. Folders are looked into again only when their mtime changed.
import { lstatSync, readdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import type { EntryKind } from '../../protocol/xray/overlay.ts';

/** Folders watched and entries kept per mount. A package manager in a container makes thousands. */
const MAX_FOLDERS = 96;
const MAX_ENTRIES = 256;
/** Entries looked at per look and mount. */
const MAX_FRESH = 64;

export type Entry = {
  readonly path: string;
  kind: EntryKind;
  readonly directory: boolean;
  sizeBytes: number;
  changedAtMs: number;
  seenHappen: boolean;
};

export function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** overlayfs.rst: a whiteout is a character device 0/0. */
export const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;

export class Upper {
  readonly entries = new Map<string, Entry>();
  readonly #upper: string;
  readonly #lower: readonly string[];
  readonly #isOpaque: (path: string) => Promise<boolean>;
  /** folder below upper → its mtime when it was listed */
  readonly #folders = new Map<string, number>([['', -1]]);
  #first = true;
  total = 0;

  constructor(upper: string, lower: readonly string[], isOpaque: (path: string) => Promise<boolean>) {
    this.#upper = upper;
    this.#lower = lower;
    this.#isOpaque = isOpaque;
  }

  look(): void {
    let fresh = 0;
    for (const [folder, listedMs] of this.#folders) {
      const stats = lookAt(`${this.#upper}${folder}`);
      if (stats?.isDirectory() !== true) {
        if (folder !== '') this.#folders.delete(folder);
        continue;
      }
      if (stats.mtimeMs === listedMs) continue;
      const names = this.#names(folder);
      const kept = new Set(names.map((name) => `${folder}/${name}`));
      for (const path of this.entries.keys())
        if (parentOf(path) === folder && !kept.has(path)) this.entries.delete(path);
      let complete = true;
      for (const path of kept) {
        if (this.entries.has(path)) continue;
        if (fresh++ >= MAX_FRESH || this.entries.size >= MAX_ENTRIES) {
          complete = false;
          break;
        }
        this.#add(path);
      }
      if (complete || this.entries.size >= MAX_ENTRIES) this.#folders.set(folder, stats.mtimeMs);
    }
    this.#first = false;
    this.#refresh();
  }

  #names(folder: string): readonly string[] {
    try {
      return readdirSync(`${this.#upper}${folder}`).slice(0, 4 * MAX_ENTRIES);
    } catch {
      return [];
    }
  }

  #add(path: string): void {
    const stats = lookAt(`${this.#upper}${path}`);
    if (stats === undefined) return;
    const directory = stats.isDirectory();
    const below = this.#lower.some((layer) => lookAt(`${layer}${path}`) !== undefined);
    const entry: Entry = {
      path,
      kind: isWhiteout(stats) ? 'whiteout' : below ? 'copy-up' : 'new',
      directory,
      sizeBytes: directory ? 0 : stats.size,
      changedAtMs: Math.max(0, Math.round(stats.ctimeMs)),
      seenHappen: !this.#first,
    };
    this.entries.set(path, entry);
    if (!directory) return;
    if (this.#folders.size < MAX_FOLDERS) this.#folders.set(path, -1);
    if (below) {
      void this.#isOpaque(`${this.#upper}${path}`).then((opaque) => {
        if (opaque) entry.kind = 'opaque';
      });
    }
  }

  /** Sizes and times of the newest: a file that is written on keeps its folder's mtime. */
  #refresh(): void {
    for (const entry of [...this.entries.values()].slice(-16)) {
      const stats = lookAt(`${this.#upper}${entry.path}`);
      if (stats === undefined) continue;
      if (!entry.directory) entry.sizeBytes = stats.size;
      entry.changedAtMs = Math.max(0, Math.round(stats.ctimeMs));
    }
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
