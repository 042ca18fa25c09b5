// The view of namespaces.
import { NAMESPACE_KINDS } from '../../../protocol/xray/parts.ts';
import type { NamespaceKind, Space } from '../../../protocol/xray/parts.ts';
import type { Namespace, Namespaces } from '../../../protocol/xray/namespaces.ts';
import { cut } from '../files.ts';
import type { Ground } from '../ground.ts';
import { namedNetworks } from '../network-names.ts';
import { Places, spaceKey } from '../processes.ts';
import type { Process } from '../processes.ts';
import { NotSupported, bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';
import { byInterest } from './process-tree.ts';

const MAX_PROCESSES = 256;
const MAX_NAMESPACES = 160;

export function openNamespaces(ground: Ground): View<'namespaces'> {
  const { files } = ground;
  /** what seldom changes, by inode */
  let names = new Map<number, Pick<Namespace, 'name' | 'uidMap'>>();
  /** NSpid never changes for a process */
  let inner = new Map<Process, number>();

  const describe = (kind: NamespaceKind, inode: number, leader: number): Pick<Namespace, 'name' | 'uidMap'> => {
    const known = names.get(inode);
    if (known !== undefined) return known;
    if (kind === 'user') {
      const lines = (files.readOnce(`/proc/${leader}/uid_map`) ?? '').trim().split('\n');
      return { name: null, uidMap: lines.slice(0, 8).map((line) => cut(line.trim().replace(/ +/g, ' '), 64)) };
    }
    if (kind === 'net') return { name: namedNetworks().get(inode) ?? null, uidMap: [] };
    return { name: null, uidMap: [] };
  };

  return {
    look(_request, room) {
      const nowMs = performance.now();
      const table = ground.processes.table(nowMs, true);
      const initial = table.byPid.get(1)?.space;
      if (initial === undefined) throw new NotSupported('namespaces of pid 1 cannot be read');
      const spaces = new Places<Space>(64, spaceKey);
      spaces.of(initial);
      const notes: Cut[] = [];
      const living = byInterest(table.processes, within(MAX_PROCESSES, room)).filter(
        ({ space }) => space !== undefined,
      );
      const total = Math.max(living.length, table.total - table.processes.length + living.length);
      const shown = bounded(notes, 'processes', living, within(MAX_PROCESSES, room), total);
      const nextInner = new Map<Process, number>();
      const processes: Namespaces['processes'] = [];
      for (const one of shown.sort((a, b) => a.pid - b.pid)) {
        const space = spaces.of(one.space);
        if (space === null) continue;
        const innerPid =
          inner.get(one) ??
          (one.space?.pid === initial.pid ? one.pid : innermost(files.readOnce(`/proc/${one.pid}/status`), one.pid));
        nextInner.set(one, innerPid);
        processes.push({
          pid: one.pid,
          ppid: one.stat.ppid,
          comm: cut(one.stat.comm, 64),
          space,
          innerPid,
          uid: one.uid,
          container: one.container,
          ours: one.ours,
        });
      }
      inner = nextInner;
      const found = gather(processes, spaces.items);
      const described = new Map<number, Pick<Namespace, 'name' | 'uidMap'>>();
      for (const one of found) described.set(one.inode, describe(one.kind, one.inode, one.leader));
      names = described;
      const state: Namespaces = {
        initial,
        spaces: spaces.items,
        processes,
        namespaces: bounded(notes, 'namespaces', found, within(MAX_NAMESPACES, room)).map((one) => ({
          ...one,
          ...(described.get(one.inode) ?? { name: null, uidMap: [] }),
        })),
        terminals: ground.jobs(table),
        containers: ground.podman.containers(nowMs),
      };
      return { state, truncated: notes };
    },
    heard: () => '',
  };
}

/** Each namespace once, in the order of the spaces they first appear in, with members counted. */
export function gather(
  processes: Namespaces['processes'],
  spaces: readonly Space[],
): { kind: NamespaceKind; inode: number; members: number; leader: number }[] {
  const found = new Map<number, { kind: NamespaceKind; inode: number; members: number; leader: number }>();
  for (const { pid, space } of [...processes].sort((a, b) => a.space - b.space || a.pid - b.pid)) {
    for (const kind of NAMESPACE_KINDS) {
      const inode = spaces[space]?.[kind];
      if (inode === undefined) continue;
      const known = found.get(inode);
      if (known === undefined) found.set(inode, { kind, inode, members: 1, leader: pid });
      else {
        known.members++;
        known.leader = Math.min(known.leader, pid);
      }
    }
  }
  return [...found.values()];
}

function innermost(status: string | undefined, pid: number): number {
  const numbers = /^NSpid:\t(.*)$/m.exec(status ?? '')?.[1]?.split('\t');
  return Number(numbers?.at(-1) ?? pid);
}
