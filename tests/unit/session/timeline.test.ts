// Times of output and changes of size, kept within bounds beside the bytes.
import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../sandbox/session/timeline.ts';

const START = { cols: 80, rows: 24 };

describe('a timeline', () => {
  it('joins what came at once and keeps what came later apart', () => {
    const line = new Timeline(START);
    line.output(10, 1000, 0);
    line.output(20, 1010, 0);
    line.output(30, 1100, 0);
    expect(line.read(0).moments).toEqual([
      { until: 20, atMs: 1000, size: undefined },
      { until: 30, atMs: 1100, size: undefined },
    ]);
  });

  it('knows the size that was in force where its bytes begin', () => {
    const line = new Timeline(START);
    line.output(10, 1000, 0);
    line.resized({ cols: 100, rows: 30 }, 10, 2000, 0);
    line.resized({ cols: 120, rows: 40 }, 10, 2001, 0);
    line.output(20, 3000, 0);
    expect(line.read(0)).toMatchObject({ size: START, moments: [{}, { size: { cols: 120, rows: 40 } }, {}] });
    expect(line.read(15)).toEqual({
      size: { cols: 120, rows: 40 },
      moments: [{ until: 20, atMs: 3000, size: undefined }],
    });
  });

  it('stays small however much happens, and loses no byte for it', () => {
    const line = new Timeline(START);
    for (let n = 1; n <= 50_000; n += 1) {
      line.output(2 * n, 100 * n, 0);
      line.resized({ cols: 1 + (n % 200), rows: 24 }, 2 * n, 100 * n, 0);
    }
    const { moments } = line.read(0);
    expect(moments.length).toBeLessThanOrEqual(8192);
    expect(moments.at(-1)).toMatchObject({ until: 100_000, size: { cols: 1 } });
  });
});
