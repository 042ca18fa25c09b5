// Starts a QEMU in its box under a supervisor, and connects to its sockets.
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { SandboxError } from '../machine/errors.ts';
import { FD, qemuArguments, type MachinePlan } from './arguments.ts';
import { boxCommand } from './box.ts';
import { isAlive, readProcesses, type MachineFolder } from './folder.ts';
import type { QemuInstall } from './install.ts';
import { QmpConnection } from './qmp/connection.ts';

export const SUPERVISOR = join(import.meta.dirname, 'supervisor.pl');

export type Limits = {
  readonly leaseMs: number;
  /** the largest file QEMU may write: its overlay or its checkpoint */
  readonly fileBytes: number;
  /** used where there is no control group to weigh machines with */
  readonly nice: number;
  /** above the server's, so that a shortage of memory takes a machine and not everybody's server */
  readonly oomScoreAdj: number;
  /** makes the control group of a machine where that is possible */
  readonly groupOf: (id: string) => Promise<string | undefined>;
};

export type Launch = {
  readonly install: QemuInstall;
  readonly folder: MachineFolder;
  readonly plan: MachinePlan;
  /** files of template and image, shown at their own paths */
  readonly readOnlyPaths: readonly string[];
  /** QEMU's writable folder; that of `folder` unless a template is being made */
  readonly boxDir: string;
  /** what the supervisor opens for QEMU at the numbers of `FD` */
  readonly ramFile?: string | undefined;
  readonly stateIn?: string | undefined;
  readonly limits: Limits;
};

/** Root's box would not be one (see box.ts). Tests of pure parts never come here. */
export function refuseRoot(uid: number = process.getuid?.() ?? 0): void {
  if (uid === 0) throw new SandboxError('root-refused', 'machines are never run as root: start as an ordinary user');
}

/** Starts the supervisor; it makes the sockets, which `dialQmp` then waits for. */
export async function launch(request: Launch): Promise<void> {
  refuseRoot();
  const { install, folder, plan, limits } = request;
  await mkdir(folder.box, { recursive: true, mode: 0o700 });
  await rm(folder.processes, { force: true });
  await writeFile(folder.starting, '');
  await touchLease(folder);
  const box = boxCommand(
    {
      readOnlyPaths: [...install.readOnlyPaths, ...request.readOnlyPaths],
      boxDir: request.boxDir,
      kvm: plan.hardware.accelerator === 'kvm',
      env: install.env,
    },
    [install.system, ...qemuArguments(install.version, plan)],
  );
  const group = await limits.groupOf(plan.name);
  const options = [
    ...['--dir', folder.dir, '--lease-ms', String(limits.leaseMs), '--fsize', String(limits.fileBytes)],
    ...['--nice', String(group === undefined ? limits.nice : 0), '--oom', String(limits.oomScoreAdj)],
    ...(group === undefined ? [] : ['--cgroup', group]),
    ...['--listen', `${FD.qmp}=qmp.sock`, '--listen', `${FD.agent}=agent.sock`],
    ...(request.ramFile === undefined ? [] : ['--read', `${FD.ram}=${request.ramFile}`]),
    ...(request.stateIn === undefined ? [] : ['--read', `${FD.stateIn}=${request.stateIn}`]),
  ];
  // Nothing ties it to us: own session, no pipes, so that the machine stays when this process goes.
  const child = spawn('/usr/bin/perl', [SUPERVISOR, 'machine', ...options, '--', ...box], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new SandboxError('box-unusable', 'cannot start the supervisor', cause)));
  });
  child.unref();
}

export async function touchLease(folder: MachineFolder): Promise<void> {
  const now = new Date();
  await utimes(folder.lease, now, now).catch(() => writeFile(folder.lease, '', { mode: 0o600 }));
}

/** Connects to QEMU's control socket as soon as it is there. Throws SandboxError with the supervisor's last words. */
export async function dialQmp(folder: MachineFolder, timeoutMs: number): Promise<QmpConnection> {
  const deadline = performance.now() + timeoutMs;
  const socket = await dial(folder, folder.qmpSocket, deadline);
  try {
    return await QmpConnection.open(socket, Math.max(1, deadline - performance.now()));
  } catch (cause) {
    throw new SandboxError('boot-failed', `QEMU did not answer: ${await lastWords(folder)}`, cause);
  }
}

/** A connection to `path`, tried again while the supervisor is still making it. */
export async function dial(folder: MachineFolder, path: string, deadline: number): Promise<Socket> {
  for (let waitMs = 2; ; waitMs = Math.min(waitMs * 1.5, 50)) {
    try {
      return await connectTo(path);
    } catch (cause) {
      const processes = await readProcesses(folder);
      const ended = processes.length > 0 && !processes.some((known) => known.name === 'qemu' && isAlive(known));
      if (ended || performance.now() > deadline) {
        throw new SandboxError('boot-failed', `no socket of QEMU: ${await lastWords(folder)}`, cause);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function connectTo(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

export async function lastWords(folder: MachineFolder): Promise<string> {
  const log = await readFile(folder.log, 'utf8').catch(() => '');
  return log.trim().slice(-1000) || 'it said nothing';
}
