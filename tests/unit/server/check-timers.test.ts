// The pace of checks that run by themselves.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CheckTimers } from '../../../site/server/grading/check-timers.ts';

let due: number[];
let timers: CheckTimers;

beforeEach(() => {
  vi.useFakeTimers();
  due = [];
  const began = Date.now();
  timers = new CheckTimers(() => due.push((Date.now() - began) / 1000));
});
afterEach(() => {
  timers.close();
  vi.useRealTimers();
});

it('slow down while nothing happens, to one a minute while something may be ripening', () => {
  timers.start('a', 15_000, 200_000);
  vi.advanceTimersByTime(300_000);
  expect(due).toEqual([15, 45, 105, 165, 225, 285]);
});

it('are next to none once that is over', () => {
  timers.start('a', 15_000, 0);
  vi.advanceTimersByTime(3_000_000);
  expect(due).toEqual([15, 45, 105, 225, 465, 945, 1545, 2145, 2745]);
});

it('look once a minute again for what happened late', () => {
  timers.start('a', 60_000, 100_000);
  vi.advanceTimersByTime(50_000);
  timers.stirred();
  vi.advanceTimersByTime(200_000);
  expect(due).toEqual([60, 120, 180, 240]);
});

it('are back at the task’s pace when something happens', () => {
  timers.start('a', 15_000, 0);
  vi.advanceTimersByTime(110_000);
  timers.stirred();
  vi.advanceTimersByTime(16_000);
  expect(due).toEqual([15, 45, 105, 125]);
});

it('keep a pace that is slower than that anyway', () => {
  timers.start('a', 90_000, 200_000);
  vi.advanceTimersByTime(190_000);
  expect(due).toEqual([90, 180]);
});

it('wait a whole pace after each run, and as long as a slow host needs', () => {
  timers.start('a', 15_000, 200_000);
  vi.advanceTimersByTime(10_000);
  timers.ran('a', 100);
  vi.advanceTimersByTime(15_000);
  timers.ran('a', 2000);
  vi.advanceTimersByTime(40_000);
  timers.ran('a', 10_000);
  vi.advanceTimersByTime(60_000);
  timers.ran('b', 100);
  expect(due).toEqual([25, 65, 125]);
  expect(timers.has('b')).toBe(false);
});

it('stop', () => {
  timers.start('a', 1000, 0);
  timers.start('b', 1000, 0);
  timers.stop('a');
  expect([timers.has('a'), timers.has('b'), timers.size]).toEqual([false, true, 1]);
  timers.close();
  vi.advanceTimersByTime(10_000);
  expect(due).toEqual([]);
});
