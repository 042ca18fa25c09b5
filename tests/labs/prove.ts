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
  /** shared by all labs that are proved at the same time */
  readonly places?: Places;
};

/** The chain of right solutions takes longest, so its machine comes first. */
const RANK = { chain: 0, mistakes: 1 } as const;

export async function proveLab(lab: Lab, prover: Prover): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  const variables = drawVariables(lab.variables, prover.seed);
  const { machines, busy } = prover.places ?? places();

  const keep = (
    task: string,
    step: string,
    began: number,
    found: Omit<Proof, 'lab' | 'seed' | 'task' | 'step' | 'wallMs'>,
  ) => {
    const proof = {
      lab: lab.id,
      seed: prover.seed,
      task,
      step,
      ...found,
      wallMs: Math.round(performance.now() - began),
    };
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
  const withDesk = async (rank: number, work: (desk: Desk) => Promise<void>): Promise<void> => {
    await machines.with(async () => {
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
    }, rank);
  };

  const chain = withDesk(RANK.chain, async (desk) => {
    for (const task of lab.tasks) await record(task, 'fresh', () => fresh(desk, task));
    for (const task of lab.tasks) await record(task, 'solve', () => solve(desk, task));
  });
  const mistakes = mistakesOf(lab).map(({ task, wrong }) =>
    withDesk(RANK.mistakes, async (desk) => {
      for (const one of wrong) {
        await record(task, one.name, async () => {
          for (const earlier of neededBy(lab, task).filter(({ id }) => !(id in desk.outputs))) {
            const { problem } = await solve(desk, earlier);
            if (problem !== undefined) throw new Error(`${earlier.id}, needed before: ${problem}`);
          }
          return await mistake(desk, task, one);
        });
      }
    }),
  );
  await Promise.all([chain, ...mistakes]);
  return proofs;
}

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

function failed(error: unknown): Pick<Proof, 'ok' | 'problem' | 'said' | 'checkMs' | 'cpuMs'> {
  const problem = error instanceof Error ? error.message : String(error);
  return { ok: false, problem, said: '', checkMs: 0, cpuMs: undefined };
}
