// What is said over the terminal, how a start is shown, what time is left, which keys the terminal keeps.
import { describe, expect, it } from 'vitest';
import { bootSteps } from '../../../site/client/boot-steps.ts';
import type { Link } from '../../../site/client/connection-state.ts';
import { scaleFor } from '../../../site/client/measurement.ts';
import { noticeFor, type Situation } from '../../../site/client/notice-state.ts';
import { isTerminalAnswer } from '../../../site/client/terminal-answer.ts';
import { keyAction, type Key } from '../../../site/client/terminal-keys.ts';
import { timeLeft } from '../../../site/client/time-left.ts';

const OPEN: Link = { status: 'open', attempt: 0 };
const at = (situation: Partial<Situation>): ReturnType<typeof noticeFor> =>
  noticeFor({
    session: { state: 'ready', reason: null },
    link: OPEN,
    end: undefined,
    failure: undefined,
    ...situation,
  });

describe('the notice over the terminal', () => {
  it('is absent while the machine is ready and the connection works', () => {
    expect(at({})).toBeUndefined();
  });

  it('stays absent through a short loss, and speaks when the server stays away', () => {
    expect(at({ link: { status: 'waiting', attempt: 2 } })).toBeUndefined();
    expect(at({ link: { status: 'waiting', attempt: 8 } })?.key).toBe('unreachable');
  });

  it('offers a fresh machine when this one died, was closed or ran out of time', () => {
    expect(at({ session: { state: 'failed', reason: 'crashed' } })).toEqual({ key: 'failed', action: 'fresh' });
    expect(at({ session: { state: 'closed', reason: 'reset' } })).toEqual({ key: 'closed', action: 'fresh' });
    expect(at({ session: { state: 'closed', reason: 'expired' } })).toEqual({ key: 'expired', action: 'fresh' });
  });

  it('offers to take the connection back from another window', () => {
    expect(at({ link: { status: 'ended', attempt: 0 }, end: 'replaced' })).toEqual({ key: 'replaced', action: 'here' });
  });

  it('says that a lab is not there instead of offering to try again', () => {
    expect(at({ failure: 'unknown-lab' })).toEqual({ key: 'noLab', action: undefined });
  });
});

describe('the steps of a start', () => {
  const CLONED = { template: false, boot: false };

  it('are done before the one under way and to come after it', () => {
    expect(bootSteps('identity', CLONED).map(({ status }) => status)).toEqual(['done', 'done', 'now', 'later']);
  });

  it('begin with the template where it had to be made first', () => {
    const steps = bootSteps('disk', { template: true, boot: false });
    expect(steps.slice(0, 2)).toEqual([
      { stage: 'template', status: 'done' },
      { stage: 'disk', status: 'now' },
    ]);
  });

  it('name the boot only where there is one', () => {
    expect(bootSteps('boot', { template: false, boot: true }).map(({ stage }) => stage)).toContain('boot');
    expect(bootSteps('disk', CLONED).map(({ stage }) => stage)).not.toContain('boot');
  });
});

describe('the time left', () => {
  it('is announced five minutes before the end', () => {
    expect(timeLeft(5 * 60_000 + 1, 0).kind).toBe('minutes');
    expect(timeLeft(5 * 60_000, 0)).toEqual({ kind: 'soon', minutes: 5 });
  });

  it('counts hours and minutes, and says when it is over or unlimited', () => {
    expect(timeLeft(83 * 60_000, 0)).toEqual({ kind: 'hours', hours: 1, minutes: 23 });
    expect(timeLeft(0, 1)).toEqual({ kind: 'over' });
    expect(timeLeft(null, 0)).toEqual({ kind: 'unlimited' });
  });
});

describe('the keys a terminal keeps from the shell', () => {
  const key = (parts: Partial<Key>): Key => ({
    code: '',
    key: '',
    ctrlKey: false,
    shiftKey: false,
    altKey: false,
    metaKey: false,
    ...parts,
  });

  it('include Ctrl+Shift+C, whatever the keyboard’s language, so that no developer tools open', () => {
    expect(keyAction(key({ code: 'KeyC', key: 'ㅊ', ctrlKey: true, shiftKey: true }))).toBe('copy');
  });

  it('leave Ctrl-C, Ctrl-Z, Ctrl-D, Ctrl-R and Ctrl-_ to the shell', () => {
    for (const code of ['KeyC', 'KeyZ', 'KeyD', 'KeyR'])
      expect(keyAction(key({ code, ctrlKey: true }))).toBeUndefined();
    expect(keyAction(key({ code: 'Minus', key: '_', ctrlKey: true, shiftKey: true }))).toBeUndefined();
  });

  it('leave everything with Alt to the shell', () => {
    expect(keyAction(key({ code: 'KeyF', ctrlKey: true, shiftKey: true, altKey: true }))).toBeUndefined();
  });
});

describe('a terminal’s own answers', () => {
  it('are told from typing', () => {
    for (const answer of [
      '\x1b[?1;2c',
      '\x1b[>0;276;0c',
      '\x1b[24;80R',
      '\x1b[0n',
      '\x1b]11;rgb:ff/ff/ff\x1b\\',
      '\x1b[?2026;2$y',
    ])
      expect(isTerminalAnswer(answer)).toBe(true);
    for (const typed of ['a', '\r', '\x03', '\x1b', '\x1b[A', '\x1bOP', '\x1b[3~', '\x1b[200~paste\x1b[201~', '한'])
      expect(isTerminalAnswer(typed)).toBe(false);
  });
});

describe('the scale of a measurement', () => {
  it('holds prediction, measurement and tolerance', () => {
    for (const [value, predicted, tolerance] of [
      [1.93, 1.7, 0.35],
      [0, 40, 5],
      [98000, 120000, 10],
      [-3, 2, 0.5],
      [2, 2, 0],
    ] as const) {
      const { from, to, step } = scaleFor({ value, predicted, tolerance, unit: '' });
      expect(from).toBeLessThanOrEqual(Math.min(predicted, value));
      expect(to).toBeGreaterThanOrEqual(Math.max(predicted, value + tolerance));
      expect((to - from) / step).toBeLessThan(9);
    }
  });
});
