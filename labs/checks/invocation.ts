// How a task's check is run in the guest: a script for its bash, as root.
import type { CheckedTask } from '../lab.ts';
import { variableEnvironment } from '../variables.ts';
import type { Variables } from '../variables.ts';
import { CHECK_PRELUDE } from './prelude.ts';

export type Invocation = {
  readonly script: string;
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
};

export type CheckContext = {
  /** task id → what its check put out when it passed */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** predict: how long ago the prediction was locked */
  readonly committedMsAgo?: number;
};

/** A check says a handful of short lines; more is a mistake or an attack. */
const MAX_OUTPUT_BYTES = 16 * 1024;

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The answer is not part of it: what was typed is compared on the host, so neither the truth nor a guess depends on
 * what a learner, who is root, made of the guest's tools.
 */
export function checkInvocation(task: CheckedTask, variables: Variables, context: CheckContext = {}): Invocation {
  const env: Record<string, string> = { PATH, LC_ALL: 'C', HOME: '/root', ...variableEnvironment(variables) };
  for (const needed of task.needs) {
    for (const [key, value] of Object.entries(context.outputs?.[needed] ?? {})) {
      env[`UH_OUT_${needed}_${key}`.toUpperCase().replaceAll('-', '_')] = value;
    }
  }
  if (context.committedMsAgo !== undefined) {
    env['UH_COMMITTED_SECONDS_AGO'] = String(Math.max(0, Math.round(context.committedMsAgo / 1000)));
  }
  return {
    script: `${CHECK_PRELUDE}${task.check}`,
    env,
    timeoutMs: task.timeoutMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  };
}
