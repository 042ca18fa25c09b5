// Proves a lab on real machines: fresh, nothing passes and nothing crashes; solved, everything passes; each typical mistake
// is refused with the message that lab.yaml names for it. Machines of one lab, and of several labs, wait side by side.
import { isChecked } from '../../labs/lab.ts';
import type { CheckedTask, Lab, Task, WrongSolution } from '../../labs/lab.ts';
import { drawVariables } from '../../labs/variables.ts';
import type { Machine } from '../../sandbox/machine/machine.ts';
import { Hand } from './hand.ts';
import { places } from './slots.ts';
import type { Places } from './slots.ts';
import { fresh, mistake, neededBy, saidOf, solve } from './step.ts';
import type { Desk, Found } from './step.ts';

export type Proof = {
  readonly lab: string;
  readonly seed: string;
  /** empty for the lab's own set-up */
  readonly task: string;
  /** `setup`, `fresh`, `solve`, or the wrong solution's name */
  readonly step: string;
  readonly ok: boolean;
  /** one sentence of what is wrong with the lab, or undefined */
  readonly problem: string | undefined;
  /** what was wrong on the first try, where a second one held */
  readonly atFirst: string | undefined;
  /** what the learner would have read, in English */
  readonly said: string;
  /** the whole step, waiting included */
  readonly wallMs: number;
  /** the last run of the check, or setup.sh */
  readonly checkMs: number;
  /** processor time in the guest of the cheapest run of the check */
  readonly cpuMs: number | undefined;
};

export type Prover = {
  readonly take: (lab: Lab) => Promise<Machine>;
  readonly seed: string;
  readonly onProof?: (proof: Proof) => void;
  /**
   * What falls short is tried once more, on a fresh machine and with no other at work: on a host that does many things at once, a
   * mistake may be over before it is looked at. Not where the flake rate is what is wanted.
   */
  readonly again: boolean;
  /** shared by all labs that are proved at the same time */
  readonly places?: Places;
};

/** The chain of right solutions takes longest, so its machine comes first. */
const RANK = { chain: 0, mistakes: 1 } as const;

export async function proveLab(lab: Lab, prover: Prover): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  const variables = drawVariables(lab.variables, prover.seed);
  const { machines, busy } = prover.places ?? places();

  const keep = (task: string, step: string, began: number, found: Result): void => {
    const wallMs = Math.round(performance.now() - began);
    const proof = { lab: lab.id, seed: prover.seed, task, step, atFirst: undefined, ...found, wallMs };
    proofs.push(proof);
    prover.onProof?.(proof);
  };
  const record = async (task: Task, step: string, take: () => Promise<Found>): Promise<void> => {
    const began = performance.now();
    try {
      const { problem, verdict, checkMs, cpuMs } = await take();
      const said = `${verdict.outcome}: ${saidOf(verdict)}`;
      keep(task.id, step, began, { ok: problem === undefined, problem, said, checkMs, cpuMs });
    } catch (error) {
      keep(task.id, step, began, failed(error));
    }
  };
  /** A machine of one's own, set up; every set-up is measured. */
  const onDesk = async (rank: number, work: (desk: Desk) => Promise<void>): Promise<void> => {
    const began = performance.now();
    let hand: Hand;
    try {
      hand = await busy.with(async () => await Hand.on(await prover.take(lab), lab, variables), rank);
    } catch (error) {
      keep('', 'setup', began, failed(error));
      return;
    }
    await using held = hand;
    keep('', 'setup', began, { ok: true, problem: undefined, said: '', checkMs: held.setupMs, cpuMs: undefined });
    await work({ hand: held, lab, variables, outputs: {}, busy });
  };
  const withDesk = (rank: number, work: (desk: Desk) => Promise<void>): Promise<void> =>
    machines.with(() => onDesk(rank, work), rank);
  const solveAll = async (desk: Desk, tasks: readonly Task[]): Promise<void> => {
    for (const earlier of tasks.filter(({ id }) => !(id in desk.outputs))) {
      const { problem } = await solve(desk, earlier);
      if (problem !== undefined) throw new Error(`${earlier.id}, needed before: ${problem}`);
    }
  };
  const err = (desk: Desk, task: CheckedTask, one: WrongSolution): Promise<void> =>
    record(task, one.name, async () => {
      await solveAll(desk, neededBy(lab, task));
      return await mistake(desk, task, one);
    });

  const chain = withDesk(RANK.chain, async (desk) => {
    for (const task of lab.tasks) await record(task, 'fresh', () => fresh(desk, task));
    for (const task of lab.tasks) await record(task, 'solve', () => solve(desk, task));
  });
  const mistakes = mistakesOf(lab).map(({ task, wrong }) =>
    withDesk(RANK.mistakes, async (desk) => {
      for (const one of wrong) await err(desk, task, one);
    }),
  );
  await Promise.all([chain, ...mistakes]);
  if (!prover.again) return proofs;

  for (const short of proofs.filter(({ ok, step }) => !ok && step !== 'setup')) {
    const index = lab.tasks.findIndex(({ id }) => id === short.task);
    const task = lab.tasks[index] as Task;
    await machines.alone(() =>
      onDesk(RANK.chain, async (desk) => {
        const wrong = isChecked(task) ? task.wrong.find(({ name }) => name === short.step) : undefined;
        if (wrong !== undefined) return await err(desk, task as CheckedTask, wrong);
        await record(task, short.step, async () => {
          if (short.step === 'fresh') return await fresh(desk, task);
          // In the chain, everything before it had been solved on the same machine.
          await solveAll(desk, lab.tasks.slice(0, index));
          return await solve(desk, task);
        });
      }),
    );
    const second = proofs.findLast(({ task: id, step }) => id === short.task && step === short.step);
    if (second === undefined || second === short) continue;
    proofs.splice(proofs.indexOf(second), 1);
    proofs.splice(proofs.indexOf(short), 1, second.ok ? { ...second, atFirst: short.problem } : second);
  }
  return proofs;
}

type Result = Pick<Proof, 'ok' | 'problem' | 'said' | 'checkMs' | 'cpuMs'>;
type Mistakes = { readonly task: CheckedTask; readonly wrong: readonly WrongSolution[] };

/**
 * A wrong solution changes the machine, so each has a fresh one. Only a find's are told apart by what is answered:
 * they share one.
 */
function mistakesOf(lab: Lab): readonly Mistakes[] {
  return lab.tasks
    .filter(isChecked)
    .flatMap((task): Mistakes[] =>
      task.kind === 'find' && task.wrong.length > 0
        ? [{ task, wrong: task.wrong }]
        : task.wrong.map((wrong) => ({ task, wrong: [wrong] })),
    );
}

function failed(error: unknown): Result {
  const problem = error instanceof Error ? error.message : String(error);
  return { ok: false, problem, said: '', checkMs: 0, cpuMs: undefined };
}
