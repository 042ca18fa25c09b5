// What the proofs say, for people: a line a step while it goes on, one table at the end, and what falls short in sentences.
import { isChecked } from '../../labs/lab.ts';
import type { Lab } from '../../labs/lab.ts';
import { SETUP_MS } from './hand.ts';
import type { Proof } from './prove.ts';
import { CHECK_CPU_MS, least } from './step.ts';

/** One line: the outcome, how long the step and its last check took, and what the learner would have read. */
export function formatProof(proof: Proof): string {
  const took = `${(proof.wallMs / 1000).toFixed(1)} s`.padStart(8);
  const check = `${proof.checkMs} ms`.padStart(8);
  const what = proof.task === '' ? proof.step : `${proof.task} ${proof.step}`;
  return `${proof.ok ? 'ok  ' : 'FAIL'} ${took} ${check}  ${proof.lab} ${what}: ${proof.problem ?? proof.said}`;
}

/** `lab › task: sentence`, each once. What took too long is judged by the best run: a busy host makes all others slower. */
export function shortfalls(labs: readonly Lab[], proofs: readonly Proof[], costs = true): readonly string[] {
  const found = proofs.flatMap(({ lab, task, step, problem, seed }) =>
    problem === undefined ? [] : [`${[lab, task].filter(Boolean).join(' › ')} (${step}, seed ${seed}): ${problem}`],
  );
  if (!costs) return [...new Set(found)];
  for (const lab of labs) {
    const own = proofs.filter((proof) => proof.lab === lab.id);
    const setupMs = fastestSetup(own);
    if (setupMs !== undefined && setupMs > SETUP_MS) {
      found.push(
        `${lab.id}: setup.sh takes ${seconds(setupMs)} at best, more than ${seconds(SETUP_MS)}: let bake.sh do what is the same for everybody`,
      );
    }
    for (const task of lab.tasks) {
      const cpuMs = cheapest(own.filter((proof) => proof.task === task.id));
      if (cpuMs !== undefined && cpuMs > CHECK_CPU_MS) {
        found.push(
          `${lab.id} › ${task.id}: check.sh uses ${seconds(cpuMs)} of processor time at best, more than ${seconds(CHECK_CPU_MS)}`,
        );
      }
    }
  }
  return [...new Set(found)];
}

/** Steps that fell short at first and held on the second try. */
export function secondTries(proofs: readonly Proof[]): readonly string[] {
  return proofs.flatMap(({ lab, task, step, atFirst, seed }) =>
    atFirst === undefined
      ? []
      : [`${lab} › ${task} (${step}, seed ${seed}) held only on a second try; at first: ${atFirst}`],
  );
}

/** One proof of a whole lab, from the first machine to the last verdict. */
export type Round = { readonly lab: string; readonly wallMs: number };

/** How long each lab took, and how much of it its tasks declare as waiting; the longest of several rounds. */
export function durations(labs: readonly Lab[], rounds: readonly Round[]): readonly string[] {
  return labs.flatMap((lab) => {
    const took = rounds.filter((round) => round.lab === lab.id).map(({ wallMs }) => wallMs);
    const declared = lab.tasks.filter(isChecked).reduce((sum, { ripensMs }) => sum + ripensMs, 0);
    const waiting = declared === 0 ? '' : `; its right solutions declare ${declared / 1000} s of waiting`;
    return took.length === 0 ? [] : [`${lab.id}: ${Math.round(Math.max(...took) / 1000)} s${waiting}`];
  });
}

const HEAD = ['lab', 'task', 'kind', 'fresh', 'solved', 'mistakes', 'check CPU', 'longest', 'flaky'] as const;

/** A row a task. `flaky` appears where steps ran more than once: how many of them did not agree with themselves. */
export function formatTable(labs: readonly Lab[], proofs: readonly Proof[]): string {
  const rows = labs.flatMap((lab) => {
    const own = proofs.filter((proof) => proof.lab === lab.id);
    const setupMs = fastestSetup(own);
    const setup = own.filter((proof) => proof.step === 'setup');
    const first = [
      lab.id,
      '',
      '',
      setup.every(({ ok }) => ok) ? '' : 'FAIL',
      '',
      '',
      `set-up ${setupMs === undefined ? '-' : seconds(setupMs)}`,
      '',
      '',
    ];
    return [
      first,
      ...lab.tasks.map((task) => {
        const of = own.filter((proof) => proof.task === task.id);
        const mistakes = of.filter(({ step }) => step !== 'fresh' && step !== 'solve');
        const cpuMs = cheapest(of);
        return [
          '',
          task.id,
          task.kind,
          verdict(of.filter(({ step }) => step === 'fresh')),
          verdict(of.filter(({ step }) => step === 'solve')),
          mistakes.length === 0 ? '-' : `${mistakes.filter(({ ok }) => ok).length}/${mistakes.length}`,
          cpuMs === undefined ? '-' : seconds(cpuMs),
          seconds(Math.max(0, ...of.map(({ wallMs }) => wallMs))),
          flakes(of),
        ];
      }),
    ];
  });
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function verdict(proofs: readonly Proof[]): string {
  if (proofs.length === 0) return 'not run';
  const ok = proofs.filter((proof) => proof.ok).length;
  if (ok === proofs.length) return 'ok';
  return proofs.length === 1 ? 'FAIL' : `FAIL ${proofs.length - ok}/${proofs.length}`;
}

/** Steps (same seed, same script) that were ok on one run and not on another, of those that ran more than once. */
function flakes(proofs: readonly Proof[]): string {
  const runs = Map.groupBy(proofs, ({ step, seed }) => `${step} ${seed}`);
  const repeated = [...runs.values()].filter((run) => run.length > 1 || run.some(({ atFirst }) => atFirst));
  if (repeated.length === 0) return '';
  const torn = repeated.filter(
    (run) => run.some(({ atFirst }) => atFirst) || (run.some(({ ok }) => ok) && run.some(({ ok }) => !ok)),
  ).length;
  return `${torn}/${repeated.length}`;
}

function cheapest(proofs: readonly Proof[]): number | undefined {
  return proofs.map(({ cpuMs }) => cpuMs).reduce(least, undefined);
}

function fastestSetup(proofs: readonly Proof[]): number | undefined {
  return proofs
    .filter(({ step, ok }) => step === 'setup' && ok)
    .map(({ checkMs }) => checkMs)
    .reduce<number | undefined>(least, undefined);
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
