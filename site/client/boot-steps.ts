// The steps of a machine's start as a list to show: which are done, which is under way.
import type { SessionView } from '../api/socket.ts';

export type Progress = NonNullable<SessionView['progress']>;
export type Stage = Progress['stage'];
export type Step = { readonly stage: Stage; readonly status: 'done' | 'now' | 'later' };

const CLONE: readonly Stage[] = ['disk', 'restore', 'identity', 'setup'];
const COLD: readonly Stage[] = ['disk', 'boot', 'identity', 'setup'];

/** What has been seen of a start so far. A template is only made for the first machine of a lab, and where none can be made, machines boot. */
export type Seen = { readonly template: boolean; readonly boot: boolean };

/** Which way a start takes shows once it gets there; the restore of a template that is ready is expected. */
export function bootSteps(stage: Stage, seen: Seen): readonly Step[] {
  const stages = [...(seen.template ? (['template'] as const) : []), ...(seen.boot ? COLD : CLONE)];
  const now = stage === 'ready' ? stages.length : stages.indexOf(stage);
  return stages.map((name, index) => ({ stage: name, status: index < now ? 'done' : index === now ? 'now' : 'later' }));
}
