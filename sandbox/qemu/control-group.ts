// Weighs machines against the server and each other, where the host lets us make control groups (cgroup v2, delegated).
//
//   <delegated>/server          the server itself: processes may not sit in an inner group (cgroups(7), "no internal processes")
//   <delegated>/machines/<id>   one per machine
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MOUNT = '/sys/fs/cgroup';
/** Half of the default: the server answers first. */
const CPU_WEIGHT = 50;
/** QEMU's own needs beyond the guest's memory: translation cache, device models, page tables. */
const OVERHEAD_MIB = 512;
/** QEMU has some ten threads; a compromised one shall not have thousands. */
const MAX_TASKS = 128;

/** The path of cgroup v2 in the text of /proc/self/cgroup; undefined on hosts with v1 only. */
export function unifiedPath(text: string): string | undefined {
  return /^0::(\/.*)$/m.exec(text)?.[1];
}

let machinesGroup: Promise<string | undefined> | undefined;

/** Makes the group of machine `id` and returns its folder, or undefined where groups are not ours to make. */
export async function machineGroup(id: string, memoryMib: number, mount: string = MOUNT): Promise<string | undefined> {
  machinesGroup ??= prepare(mount).catch(() => undefined);
  const parent = await machinesGroup;
  if (parent === undefined) return undefined;
  try {
    const group = join(parent, id);
    await mkdir(group, { recursive: true });
    await writeFile(join(group, 'cpu.weight'), String(CPU_WEIGHT));
    await writeFile(join(group, 'memory.max'), String((memoryMib + OVERHEAD_MIB) * 1024 * 1024));
    await writeFile(join(group, 'pids.max'), String(MAX_TASKS));
    return group;
  } catch {
    return undefined;
  }
}

/** Exported for its test; once per process. */
export async function prepare(mount: string, selfCgroup?: string): Promise<string | undefined> {
  const path = unifiedPath(selfCgroup ?? (await readFile('/proc/self/cgroup', 'utf8')));
  if (path === undefined || path === '/') return undefined;
  // A server that was here before has moved into `server` already.
  const root = join(mount, path.replace(/\/server$/, ''));
  const controllers = (await readFile(join(root, 'cgroup.controllers'), 'utf8')).trim().split(/\s+/);
  if (!['cpu', 'memory', 'pids'].every((name) => controllers.includes(name))) return undefined;
  await access(join(root, 'cgroup.procs'), constants.W_OK);
  await mkdir(join(root, 'server'), { recursive: true });
  await writeFile(join(root, 'server', 'cgroup.procs'), String(process.pid));
  await writeFile(join(root, 'cgroup.subtree_control'), '+cpu +memory +pids');
  await mkdir(join(root, 'machines'), { recursive: true });
  await writeFile(join(root, 'machines', 'cgroup.subtree_control'), '+cpu +memory +pids');
  return join(root, 'machines');
}
