// Network namespaces that have a name: `ip netns` binds them to files in /run/netns, and so does podman.
import { statSync } from 'node:fs';
import { list } from './files.ts';

const FOLDER = '/run/netns';
const MAX_NAMES = 64;

/** Inode → name. */
export function namedNetworks(): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const name of list(FOLDER).slice(0, MAX_NAMES)) {
    try {
      names.set(statSync(`${FOLDER}/${name}`).ino, name.slice(0, 128));
    } catch {
      // deleted meanwhile
    }
  }
  return names;
}

export const networkFile = (name: string): string => `${FOLDER}/${name}`;
