// The steps of a machine's start as a list to show: which are done, which is under way.
import type { SessionView } from '../api/socket.ts';

export type Progress = NonNullable<SessionView['progress']>;
export type Stage = Progress['stage'];
export type Step = { readonly stage: Stage; readonly status: 'done' | 'now' | 'later' };

const CLONE: readonly Stage[] = ['disk', 'restore', 'identity', 'setup'];
const COLD: readonly Stage[] = ['disk', 'boot', 'identity', 'setup'];

/** A clone is restored, a cold machine boots: which one it is shows once it gets there; a restore is expected. */
export function bootSteps(stage: Stage, cold: boolean): readonly Step[] {
  const stages = cold ? COLD : CLONE;
  const now = stage === 'ready' ? stages.length : stages.indexOf(stage);
  return stages.map((name, index) => ({ stage: name, status: index < now ? 'done' : index === now ? 'now' : 'later' }));
}
