// When the moment a task was passed is kept, on a clock that the test moves.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StepKeeper } from '../../../site/server/step-keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function keeper(keep: (task: string) => Promise<void> = () => Promise.resolve()): {
  kept: string[];
  failures: unknown[];
  steps: StepKeeper;
} {
  const kept: string[] = [];
  const failures: unknown[] = [];
  const steps = new StepKeeper({
    keep: (task) => {
      kept.push(task);
      return keep(task);
    },
    failed: (error) => void failures.push(error),
  });
  return { kept, failures, steps };
}

const command = (steps: StepKeeper): void => {
  steps.prompted(false);
  steps.prompted(true);
};

describe('a passed task', () => {
  it('is kept soon where the shell is at its prompt; two that fall together are one moment', async () => {
    const { kept, steps } = keeper();
    command(steps);
    steps.passed('one');
    steps.passed('two');
    await vi.advanceTimersByTimeAsync(1000);
    expect(kept).toEqual(['two']);
  });

  it('waits for the prompt while something runs, but not for ever', async () => {
    const { kept, steps } = keeper();
    steps.prompted(false);
    steps.passed('one');
    await vi.advanceTimersByTimeAsync(5000);
    expect(kept).toEqual([]);
    steps.prompted(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(kept).toEqual(['one']);
    steps.prompted(false);
    steps.passed('two');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(kept).toEqual(['one', 'two']);
  });

  it('is not kept where nothing ran since the last one', async () => {
    const { kept, steps } = keeper();
    steps.passed('thought');
    command(steps);
    steps.passed('done');
    await vi.advanceTimersByTimeAsync(1000);
    steps.passed('thought again');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kept).toEqual(['done']);
  });

  it('is not kept where the machine went back or was given up meanwhile', async () => {
    const { kept, steps } = keeper();
    command(steps);
    steps.passed('one');
    steps.forget();
    await vi.advanceTimersByTimeAsync(60_000);
    command(steps);
    steps.passed('two');
    steps.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(kept).toEqual([]);
  });

  it('is told where it could not be kept, and the next one is tried again', async () => {
    const { kept, failures, steps } = keeper((task) =>
      task === 'one' ? Promise.reject(new Error('full')) : Promise.resolve(),
    );
    command(steps);
    steps.passed('one');
    await vi.advanceTimersByTimeAsync(1000);
    expect(failures).toHaveLength(1);
    steps.passed('two');
    await vi.advanceTimersByTimeAsync(1000);
    expect(kept).toEqual(['one', 'two']);
  });
});
