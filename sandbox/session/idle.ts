// When a machine nobody looks at is paused, put to disk and given up; and when a limited session ends. Pure.
import type { SessionState } from './state.ts';

export type IdlePolicy = {
  /** without a viewer for so long: the vCPUs stop */
  readonly pauseAfterMs: number;
  /** without a viewer for so long: memory goes to disk and the process ends */
  readonly hibernateAfterMs: number;
  /** without a viewer for so long: the machine is given up */
  readonly keepMs: number;
  /** how long a session may last, extended by activity; null = no limit */
  readonly sessionLimitMs: number | null;
};

export const DEFAULT_IDLE: IdlePolicy = {
  pauseAfterMs: 2 * 60_000,
  hibernateAfterMs: 15 * 60_000,
  keepMs: 7 * 24 * 3_600_000,
  sessionLimitMs: null,
};

export type IdleFacts = {
  readonly state: SessionState;
  readonly viewers: number;
  /** when the last viewer left (or the session began without one), Unix ms */
  readonly aloneSinceMs: number;
  readonly expiresAtMs: number | null;
  readonly nowMs: number;
  /** it could not be put to disk, and is not tried again before this, Unix ms */
  readonly hibernateNotBeforeMs?: number;
};

export type IdleAction = 'pause' | 'hibernate' | 'give-up' | 'expire' | 'resume' | 'wake';

/** What is due now, and when to ask again (undefined = when something changes). */
export function idle(
  facts: IdleFacts,
  policy: IdlePolicy,
): { readonly action: IdleAction | undefined; readonly askAgainMs: number | undefined } {
  const { state, viewers, nowMs } = facts;
  const resting = state === 'paused' || state === 'hibernated';
  if (state !== 'ready' && !resting) return { action: undefined, askAgainMs: undefined };

  if (facts.expiresAtMs !== null && nowMs >= facts.expiresAtMs) return { action: 'expire', askAgainMs: undefined };
  const expiryMs = facts.expiresAtMs === null ? Infinity : facts.expiresAtMs - nowMs;

  if (viewers > 0) {
    const action = state === 'paused' ? 'resume' : state === 'hibernated' ? 'wake' : undefined;
    return { action, askAgainMs: finite(expiryMs) };
  }

  const aloneMs = nowMs - facts.aloneSinceMs;
  const hibernateMs = Math.max(policy.hibernateAfterMs, (facts.hibernateNotBeforeMs ?? 0) - facts.aloneSinceMs);
  const due = (afterMs: number): boolean => aloneMs >= afterMs;
  if (due(policy.keepMs)) return { action: 'give-up', askAgainMs: undefined };
  // First of all it stops: going to disk may have to wait for others.
  if (state === 'ready' && due(policy.pauseAfterMs)) return { action: 'pause', askAgainMs: undefined };
  if (state !== 'hibernated' && due(hibernateMs)) return { action: 'hibernate', askAgainMs: undefined };

  const nextMs =
    state === 'ready'
      ? Math.min(policy.pauseAfterMs, hibernateMs)
      : state === 'paused'
        ? Math.min(hibernateMs, policy.keepMs)
        : policy.keepMs;
  return { action: undefined, askAgainMs: finite(Math.min(nextMs - aloneMs, expiryMs)) };
}

/** The end after activity or a click on "extend": never earlier than it was. */
export function extended(expiresAtMs: number | null, policy: IdlePolicy, nowMs: number): number | null {
  if (policy.sessionLimitMs === null) return null;
  return Math.max(expiresAtMs ?? 0, nowMs + policy.sessionLimitMs);
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
