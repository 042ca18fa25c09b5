// The session's transitions and the idle policy.
import { describe, expect, it } from 'vitest';
import { DEFAULT_IDLE, extended, idle } from '../../../sandbox/session/idle.ts';
import type { IdleFacts } from '../../../sandbox/session/idle.ts';
import { isLive, next } from '../../../sandbox/session/state.ts';

describe('the states of a session', () => {
  it('never leave an end for anything but the grave', () => {
    for (const event of ['took', 'set-up', 'resume', 'wake', 'fail'] as const) {
      expect(next('closed', event)).toBeUndefined();
      expect(next('closing', event)).toBeUndefined();
    }
    expect(next('failed', 'took')).toBeUndefined();
  });

  it('refuse to hand over a machine that was not set up', () => {
    expect(next('starting', 'set-up')).toBeUndefined();
    expect(next('queued', 'set-up')).toBeUndefined();
  });

  it('refuse to wake what is awake and to pause what sleeps', () => {
    expect(next('ready', 'wake')).toBeUndefined();
    expect(next('hibernated', 'pause')).toBeUndefined();
    expect(next('hibernated', 'resume')).toBeUndefined();
  });

  it('refuse to go back before there was anything, or twice at once', () => {
    for (const state of ['queued', 'starting', 'setting-up', 'waking', 'rewinding', 'closing', 'failed'] as const) {
      expect(next(state, 'rewind')).toBeUndefined();
    }
    expect(next('hibernated', 'rewind')).toBe('rewinding');
  });

  it('let a failed set-up begin again', () => {
    expect(next('setting-up', 'again')).toBe('starting');
  });

  it('count as live until the end is asked for', () => {
    expect(isLive('hibernated')).toBe(true);
    expect(isLive('closing')).toBe(false);
    expect(isLive('failed')).toBe(false);
  });
});

describe('an idle machine', () => {
  const facts: IdleFacts = { state: 'ready', viewers: 0, aloneSinceMs: 0, expiresAtMs: null, nowMs: 0 };
  const at = (nowMs: number, more: Partial<IdleFacts> = {}) => idle({ ...facts, nowMs, ...more }, DEFAULT_IDLE);

  it('is left alone while somebody looks', () => {
    expect(at(10 * DEFAULT_IDLE.keepMs, { viewers: 1 })).toEqual({ action: undefined, askAgainMs: undefined });
  });

  it('is paused after two minutes and not before', () => {
    expect(at(119_999)).toEqual({ action: undefined, askAgainMs: 1 });
    expect(at(120_000).action).toBe('pause');
  });

  it('goes to disk after fifteen minutes, and stops before it waits for that', () => {
    expect(at(900_000).action).toBe('pause');
    expect(at(900_000, { state: 'paused' }).action).toBe('hibernate');
    expect(at(200_000, { state: 'paused' })).toEqual({ action: undefined, askAgainMs: 700_000 });
  });

  it('stays paused where the disk did not take it, until that is tried again', () => {
    const refused = { state: 'paused', hibernateNotBeforeMs: 1_500_000 } as const;
    expect(at(900_000, refused)).toEqual({ action: undefined, askAgainMs: 600_000 });
    expect(at(1_500_000, refused).action).toBe('hibernate');
    expect(at(DEFAULT_IDLE.keepMs - 5, { ...refused, hibernateNotBeforeMs: Infinity }).askAgainMs).toBe(5);
  });

  it('is given up after a week', () => {
    expect(at(DEFAULT_IDLE.keepMs, { state: 'hibernated' }).action).toBe('give-up');
    expect(at(DEFAULT_IDLE.keepMs - 5, { state: 'hibernated' })).toEqual({ action: undefined, askAgainMs: 5 });
  });

  it('comes back when somebody comes', () => {
    expect(at(500_000, { state: 'paused', viewers: 1 }).action).toBe('resume');
    expect(at(5_000_000, { state: 'hibernated', viewers: 1 }).action).toBe('wake');
  });

  it('is not touched while it starts, wakes or ends', () => {
    for (const state of ['starting', 'setting-up', 'waking', 'closing', 'failed'] as const) {
      expect(at(10_000_000, { state }).action).toBeUndefined();
    }
  });

  it('ends at its limit even while somebody looks, and asks again just then', () => {
    expect(at(999, { viewers: 1, expiresAtMs: 1000 })).toEqual({ action: undefined, askAgainMs: 1 });
    expect(at(1000, { viewers: 1, expiresAtMs: 1000 }).action).toBe('expire');
  });

  it('is never given less time by an extension', () => {
    const policy = { ...DEFAULT_IDLE, sessionLimitMs: 1000 };
    expect(extended(5000, policy, 1)).toBe(5000);
    expect(extended(5000, policy, 4500)).toBe(5500);
    expect(extended(null, DEFAULT_IDLE, 1)).toBeNull();
  });
});
