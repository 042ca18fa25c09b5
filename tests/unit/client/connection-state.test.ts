// The life of a page's connection, and how long it waits between attempts.
import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../site/api/socket.ts';
import { backoffMs } from '../../../site/client/backoff.ts';
import { endReason, IDLE, next, type Link, type LinkEvent } from '../../../site/client/connection-state.ts';

const after = (...events: LinkEvent[]): Link => events.reduce(next, IDLE);

describe('a connection', () => {
  it('does nothing before it is asked to connect', () => {
    for (const event of ['opened', 'lost', 'timer', 'nudge'] as const) expect(next(IDLE, event)).toBe(IDLE);
  });

  it('ends for good when the server forbids coming back', () => {
    const ended = after('connect', 'opened', 'refused');
    expect(ended.status).toBe('ended');
    for (const event of ['opened', 'lost', 'timer', 'nudge'] as const) expect(next(ended, event)).toBe(ended);
  });

  it('comes back from its end only when asked', () => {
    expect(after('connect', 'refused', 'connect')).toEqual({ status: 'connecting', attempt: 0 });
  });

  it('waits after a loss and tries again when the time is over', () => {
    expect(after('connect', 'opened', 'lost')).toEqual({ status: 'waiting', attempt: 1 });
    expect(after('connect', 'opened', 'lost', 'timer')).toEqual({ status: 'connecting', attempt: 1 });
  });

  it('does not wait any longer when the network is back', () => {
    expect(after('connect', 'lost', 'nudge').status).toBe('connecting');
  });

  it('counts failed attempts and forgets them once it works', () => {
    expect(after('connect', 'lost', 'timer', 'lost', 'timer', 'lost')).toEqual({ status: 'waiting', attempt: 3 });
    expect(after('connect', 'lost', 'timer', 'opened')).toEqual({ status: 'open', attempt: 0 });
  });

  it('knows the close codes that forbid coming back from an ordinary loss', () => {
    for (const [reason, code] of Object.entries(CLOSE)) expect(endReason(code)).toBe(reason);
    for (const code of [1000, 1001, 1006, 1011, 1012]) expect(endReason(code)).toBeUndefined();
  });
});

describe('the wait between attempts', () => {
  it('grows from a fifth of a second and stays below ten seconds', () => {
    expect(backoffMs(1, 1)).toBe(200);
    expect(backoffMs(2, 1)).toBe(400);
    expect(backoffMs(50, 1)).toBe(10_000);
  });

  it('differs between pages by up to a half, so that a roomful does not come back at once', () => {
    expect(backoffMs(5, 0)).toBe(backoffMs(5, 1) / 2);
  });

  it('leaves at least five attempts in the first three seconds of a server that restarts', () => {
    const longest = [1, 2, 3, 4].reduce((sum, attempt) => sum + backoffMs(attempt, 1), 0);
    expect(longest).toBeLessThanOrEqual(3000);
  });
});
