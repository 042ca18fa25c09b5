// A session as the socket's contract says it.
import type { SessionView as Held } from '../../sandbox/session/view.ts';
import type { SessionView } from '../api/socket.ts';

export function sessionView(held: Held): SessionView {
  const { progress, machine } = held;
  return {
    id: held.id,
    state: held.state,
    progress:
      progress === null
        ? null
        : progress.stage === 'queued'
          ? {
              stage: 'queued',
              attempt: 0,
              position: progress.position,
              estimateMs: Math.round(progress.estimateMs),
              full: progress.full,
            }
          : { stage: progress.stage, attempt: progress.attempt, position: 0, estimateMs: 0, full: false },
    machine:
      machine === null
        ? null
        : {
            hostname: machine.hostname,
            accelerator: machine.accelerator,
            origin: machine.origin,
            vcpus: machine.vcpus,
            memoryMib: machine.memoryMib,
          },
    terminals: held.terminals.map(({ id, exitCode }) => ({ id, exitCode })),
    checkpoints: held.checkpoints.map(({ id, label, takenAtMs, bytes }) => {
      return { id, task: label, at: takenAtMs, mib: Math.ceil(bytes / 1024 ** 2) };
    }),
    expiresAt: held.expiresAtMs,
    reason: held.reason,
  };
}
