// A machine's folder: what is where in it, its record, and its processes.
//
//   <machines>/<id>/          the server's and the supervisor's; not visible in the box
//     machine.json            the record, for whoever adopts it
//     lease                   its modification time says when somebody last wanted the machine
//     processes               written by the supervisor: name, pid, start time
//     qmp.sock, agent.sock    bound by the supervisor, served by QEMU
//     starting                while it starts: should QEMU die, its log is kept until somebody read it
//     hibernated              the folder is kept though no process lives
//     box/                    QEMU's own, writable: disk.qcow2 and its later overlays disk-<n>.qcow2, the state and changed memory
//                             of checkpoints (point-<n>) and of a hibernated machine (checkpoint-<epoch>)
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { SandboxError } from '../machine/errors.ts';

/** unix(7): sun_path has 108 bytes, the last a zero. */
const MAX_SOCKET_PATH = 107;

export const MACHINE_ID = /^m[0-9a-f]{12}$/;

/** The name a learner sees in the prompt; it follows from the id, so that an adopted machine needs no memory of it. */
export function hostnameOf(id: string): string {
  return `vm-${id.slice(1, 7)}`;
}

export type MachineFolder = {
  readonly dir: string;
  readonly record: string;
  readonly lease: string;
  readonly processes: string;
  readonly qmpSocket: string;
  readonly agentSocket: string;
  readonly starting: string;
  readonly hibernated: string;
  readonly log: string;
  readonly box: string;
};

/** `box` is elsewhere only while a template is made in it. */
export function machineFolder(dir: string, box: string = join(dir, 'box')): MachineFolder {
  const folder = {
    dir,
    record: join(dir, 'machine.json'),
    lease: join(dir, 'lease'),
    processes: join(dir, 'processes'),
    qmpSocket: join(dir, 'qmp.sock'),
    agentSocket: join(dir, 'agent.sock'),
    starting: join(dir, 'starting'),
    hibernated: join(dir, 'hibernated'),
    log: join(dir, 'supervisor.log'),
    box,
  };
  // ".new" is what the supervisor binds it as first.
  if (Buffer.byteLength(`${folder.agentSocket}.new`) > MAX_SOCKET_PATH) {
    throw new SandboxError('path-too-long', `${dir} is too long a path for sockets: choose a shorter machines folder`);
  }
  return folder;
}

const text = z.string().check(z.maxLength(4096));
const count = z.int().check(z.nonnegative());

/** Everything another server process needs to take the machine over, or to wake it. */
export const MachineRecord = z.strictObject({
  version: z.literal(2),
  id: z.string().check(z.regex(MACHINE_ID)),
  origin: z.enum(['clone', 'cold']),
  template: text,
  qemuVersion: text,
  epoch: count,
  state: z.enum(['ready', 'paused', 'hibernated']),
  /** the overlay the guest writes to, and the node of the running QEMU that it is at */
  disk: z._default(text, 'disk.qcow2'),
  node: z._default(text, 'vda'),
  /** which overlay of ours is below which */
  layers: z._default(z.record(text, text), {}),
  /** oldest first */
  checkpoints: z._default(
    z.array(
      z.strictObject({
        id: count,
        label: text,
        takenAtMs: z.number(),
        bytes: count,
        stoppedMs: z.number(),
        disk: text,
        memory: text,
      }),
    ),
    [],
  ),
  /** the next number for an overlay or a checkpoint */
  serial: z._default(count, 1),
  /** hibernated: the file to wake from */
  memory: z._default(z.nullable(text), null),
  /** the template's memory, which this machine maps, and by which its own is told apart; null where it was booted */
  base: z.nullable(z.strictObject({ ram: text, made: text })),
  /** what QEMU sees read-only, beyond its own installation */
  readOnlyPaths: z.array(text),
  agentDisk: text,
  hardware: z.strictObject({
    accelerator: z.enum(['kvm', 'tcg']),
    cpuModel: text,
    vcpus: count,
    memoryMib: count,
    tbSizeMib: count,
    // a machine of before this could be chosen has it
    pit: z._default(z.boolean(), true),
  }),
});
export type MachineRecord = z.infer<typeof MachineRecord>;

/** What a record says of a machine that has just been made: one overlay, no checkpoint. */
export const FRESH = {
  disk: 'disk.qcow2',
  node: 'vda',
  layers: {},
  checkpoints: [],
  serial: 1,
  memory: null,
} as const satisfies Partial<MachineRecord>;

export async function writeRecord(folder: MachineFolder, record: MachineRecord): Promise<void> {
  await writeFile(`${folder.record}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${folder.record}.new`, folder.record);
}

/** undefined where there is none or it is damaged: such a machine cannot be adopted. */
export async function readRecord(folder: MachineFolder): Promise<MachineRecord | undefined> {
  try {
    const parsed = MachineRecord.safeParse(JSON.parse(await readFile(folder.record, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

export async function machineIds(machinesDir: string): Promise<string[]> {
  const names = await readdir(machinesDir).catch(() => []);
  return names.filter((name) => MACHINE_ID.test(name));
}

export type ProcessName = 'supervisor' | 'box' | 'qemu';
/** The start time guards against a number that the kernel gave to somebody else since. */
export type KnownProcess = { readonly name: ProcessName; readonly pid: number; readonly startTime: string };

export function parseProcesses(content: string): KnownProcess[] {
  return content.split('\n').flatMap((line) => {
    const match = /^(supervisor|box|qemu) ([1-9]\d{0,9}) (\d{1,20})$/.exec(line);
    return match ? [{ name: match[1] as ProcessName, pid: Number(match[2]), startTime: match[3] ?? '' }] : [];
  });
}

export async function readProcesses(folder: MachineFolder): Promise<KnownProcess[]> {
  return parseProcesses(await readFile(folder.processes, 'utf8').catch(() => ''));
}

/** Field 22 of proc(5)'s stat; undefined when the process is gone or a zombie. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export function isAlive(known: KnownProcess): boolean {
  return startTimeOf(known.pid) === known.startTime;
}

/** Sends `signal` where the process is still the one that was noted. */
export function signalProcess(known: KnownProcess, signal: NodeJS.Signals): void {
  if (!isAlive(known)) return;
  try {
    process.kill(known.pid, signal);
  } catch {
    // gone between the look and the signal
  }
}
