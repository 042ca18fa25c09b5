// Medians, percentiles and spread of repeated measurements.

/** `n` counted runs; spread is the interquartile range, in the unit of the samples. */
export type Summary = {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
  readonly spread: number;
  readonly n: number;
};

/** The value below which `share` (0 to 1) of the samples lie, by the nearest-rank method. Throws on an empty list. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no samples');
  return value;
}

export function summarise(samples: readonly number[]): Summary {
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    median: round(percentile(samples, 0.5)),
    p95: round(percentile(samples, 0.95)),
    p99: round(percentile(samples, 0.99)),
    min: round(percentile(samples, 0)),
    max: round(percentile(samples, 1)),
    spread: round(percentile(samples, 0.75) - percentile(samples, 0.25)),
    n: samples.length,
  };
}
