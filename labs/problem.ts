// What is wrong with a lab's files: where, what was expected, what was found. Everything an author reads goes through here.

export type Problem = {
  /** path as the author knows it, relative to the content folder */
  readonly file: string;
  /** 1-based; undefined where the file itself is missing */
  readonly line: number | undefined;
  /** the key, block or name it is about */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
};

/** `01-load/01-x/lab.yaml:12 › tasks.0.points: expected number, got "ten"` */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  return `${place} › ${problem.key}: expected ${problem.expected}, got ${problem.found}`;
}

/** Thrown once with everything that was found, so that an author mends a lab in one round. */
export class LabFormatError extends Error {
  readonly code = 'lab-format';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'LabFormatError';
    this.problems = problems;
  }
}
