// A cgroup v2 subtree that the unprivileged server may divide among its machines. Where there is none, niceness has to do.
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOUNT = '/sys/fs/cgroup';
const WANTED = ['cpu', 'memory', 'pids'];

/** Whether a v2 hierarchy with these controllers can carry our limits (cgroups(7)). */
export function carriesLimits(controllers) {
  const found = controllers.trim().split(/\s+/);
  return WANTED.every((name) => found.includes(name));
}

/**
 * Root only. Makes <mount>/underhood/{server,machines} and gives it to `user`: the folder and the three files that kernel
 * documentation names for delegation (Documentation/admin-guide/cgroup-v2.rst, "Model of Delegation").
 * Returns the subtree, or undefined where there is none: a v1 host, or a container whose cgroups are read-only or not its own.
 */
export function delegateCgroup(user, mount = MOUNT) {
  try {
    if (!carriesLimits(readFileSync(join(mount, 'cgroup.controllers'), 'utf8'))) return undefined;
    const tree = join(mount, 'underhood');
    const enable = WANTED.map((name) => `+${name}`).join(' ');
    writeFileSync(join(mount, 'cgroup.subtree_control'), enable);
    mkdirSync(join(tree, 'server'), { recursive: true });
    mkdirSync(join(tree, 'machines'), { recursive: true });
    writeFileSync(join(tree, 'cgroup.subtree_control'), enable);
    for (const dir of [tree, join(tree, 'server'), join(tree, 'machines')]) {
      chownSync(dir, user.uid, user.gid);
      for (const name of ['cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads']) {
        chownSync(join(dir, name), user.uid, user.gid);
      }
    }
    return tree;
  } catch {
    return undefined;
  }
}
