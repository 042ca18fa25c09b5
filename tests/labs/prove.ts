// Proves a lab on real machines: fresh, nothing passes and nothing crashes; solved, everything passes; each typical mistake
// is refused with the message that lab.yaml names for it.
import { setTimeout as pause } from 'node:timers/promises';
import { judge, judgeChoice } from '../../labs/checks/judge.ts';
import type { Judgement } from '../../labs/checks/judge.ts';
import { isChecked } from '../../labs/lab.ts';
import type { CheckedTask, Lab, Task } from '../../labs/lab.ts';
import { drawVariables } from '../../labs/variables.ts';
import type { Variables } from '../../labs/variables.ts';
import type { Machine } from '../../sandbox/machine/machine.ts';
import { Hand } from './hand.ts';

export type Proof = {
  readonly lab: string;
  readonly seed: string;
  readonly task: string;
  /** `fresh`, `solve`, or the wrong solution's name */
  readonly step: string;
  readonly ok: boolean;
  /** what was wrong with the lab, or what the learner would have read */
  readonly said: string;
  readonly wallMs: number;
  /** of the last run of the check */
  readonly checkMs: number;
};

type Outputs = Record<string, Readonly<Record<string, string>>>;
type Seen = { readonly verdict: Judgement; readonly checkMs: number };

/** Beyond what a task declares to need for ripening: a script under emulation takes some seconds itself. */
const MARGIN_MS = 45_000;
/** Where a task does not say how often: a check asked more often would be load itself. */
const POLL_MS = 5000;
/** Nobody finds or predicts this. */
const NONSENSE = { number: '-987654321', text: 'nobody-is-called-so' };

export type Prover = {
  readonly take: () => Promise<Machine>;
  readonly seed: string;
  readonly onProof?: (proof: Proof) => void;
  /** machines at once for the mistakes; they mostly wait for something to ripen */
  readonly parallel?: number;
};

export async function proveLab(lab: Lab, prover: Prover): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  const variables = drawVariables(lab.variables, prover.seed);
  const record = async (
    task: string,
    step: string,
    attempt: () => Promise<Seen & { ok: boolean }>,
  ): Promise<boolean> => {
    const began = performance.now();
    let found: { ok: boolean; said: string; checkMs: number };
    try {
      const { ok, verdict, checkMs } = await attempt();
      found = {
        ok,
        said: `${verdict.outcome}: ${verdict.messages.map((message) => message.en).join(' ') || (verdict.detail ?? '')}`,
        checkMs,
      };
    } catch (error) {
      found = { ok: false, said: String(error), checkMs: 0 };
    }
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
    return proof.ok;
  };
  {
    await using hand = await Hand.on(await prover.take(), lab, variables);
    for (const task of lab.tasks) await record(task.id, 'fresh', () => fresh(hand, task, variables));
    const outputs: Outputs = {};
    for (const task of lab.tasks) await record(task.id, 'solve', () => solve(hand, task, variables, outputs));
  }
  const mistakes = lab.tasks.filter(isChecked).flatMap((task) => task.wrong.map((wrong) => ({ task, wrong })));
  const worker = async (): Promise<void> => {
    for (let next = mistakes.shift(); next !== undefined; next = mistakes.shift()) {
      const { task, wrong } = next;
      await record(task.id, wrong.name, async () => {
        await using hand = await Hand.on(await prover.take(), lab, variables);
        const outputs: Outputs = {};
        for (const earlier of neededBy(lab, task)) {
          const { ok } = await solve(hand, earlier, variables, outputs);
          if (!ok) throw new Error(`${earlier.id}, needed before, could not be solved`);
        }
        const told = (verdict: Judgement): boolean => verdict.messageIds.includes(wrong.expects);
        const seen = await attempt(hand, task, wrong.script, variables, outputs, told);
        return { ...seen, ok: seen.verdict.outcome !== 'passed' && told(seen.verdict) };
      });
    }
  };
  await Promise.all(Array.from({ length: prover.parallel ?? 3 }, worker));
  return proofs;
}

/** An untouched machine: no task passes, and no check breaks. */
async function fresh(hand: Hand, task: Task, variables: Variables): Promise<Seen & { ok: boolean }> {
  if (!isChecked(task)) {
    const passing = task.options.filter((option) => judgeChoice(task, option.id).outcome === 'passed');
    const verdict = judgeChoice(task, undefined);
    // a single right option may be guessed, an empty answer must not pass
    return { verdict, checkMs: 0, ok: verdict.outcome === 'not-yet' && passing.length <= 1 };
  }
  const seen = await look(hand, task, variables, {}, task.kind === 'do' ? undefined : nonsense(task), 0);
  const { outcome, messages } = seen.verdict;
  return { ...seen, ok: (outcome === 'not-yet' || outcome === 'wrong') && messages.length > 0 };
}

function nonsense(task: CheckedTask): string {
  const type = task.kind === 'find' ? task.answer.type : task.kind === 'predict' ? task.prediction.type : 'text';
  return type === 'number' ? NONSENSE.number : NONSENSE.text;
}

async function solve(hand: Hand, task: Task, variables: Variables, outputs: Outputs): Promise<Seen & { ok: boolean }> {
  if (!isChecked(task)) {
    const answer = task.options
      .filter((option) => option.right)
      .map((option) => option.id)
      .join(',');
    const verdict = judgeChoice(task, answer);
    return { verdict, checkMs: 0, ok: verdict.outcome === 'passed' && verdict.score === 1 };
  }
  const seen = await attempt(hand, task, task.solve, variables, outputs, (verdict) => verdict.outcome === 'passed');
  outputs[task.id] = seen.verdict.outputs;
  return { ...seen, ok: seen.verdict.outcome === 'passed' && seen.verdict.score === 1 };
}

/** Types the script, answers where an answer is wanted, and looks again and again until `enough` or time is up. */
async function attempt(
  hand: Hand,
  task: CheckedTask,
  script: string,
  variables: Variables,
  outputs: Outputs,
  enough: (verdict: Judgement) => boolean,
): Promise<Seen> {
  const terminal = await hand.type(script);
  const answered = task.kind === 'do' ? undefined : await hand.answer(terminal, MARGIN_MS);
  if (task.kind === 'predict') await hand.confirm(terminal);
  const until = Date.now() + task.ripensMs + MARGIN_MS;
  for (;;) {
    const seen = await look(hand, task, variables, outputs, answered?.answer, answered?.at);
    if (enough(seen.verdict) || seen.verdict.outcome === 'passed' || Date.now() > until) {
      await hand.finished(terminal, MARGIN_MS + task.ripensMs);
      return seen;
    }
    await pause(task.retryMs ?? POLL_MS);
  }
}

async function look(
  hand: Hand,
  task: CheckedTask,
  variables: Variables,
  outputs: Outputs,
  answer: string | undefined,
  committedAt: number | undefined,
): Promise<Seen> {
  const context = {
    outputs,
    ...(committedAt === undefined ? {} : { committedMsAgo: committedAt === 0 ? 0 : Date.now() - committedAt }),
  };
  const result = await hand.check(task, context);
  return { verdict: judge(task, result, variables, answer), checkMs: Math.round(result.wallMs) };
}

function neededBy(lab: Lab, task: Task): readonly Task[] {
  const wanted = new Set<string>();
  const visit = (id: string): void => {
    const found = lab.tasks.find((other) => other.id === id);
    found?.needs.forEach(visit);
    wanted.add(id);
  };
  task.needs.forEach(visit);
  return lab.tasks.filter((other) => wanted.has(other.id));
}

/** One line: the outcome, how long the step and its last check took, and what the learner would have read. */
export function formatProof(proof: Proof): string {
  const took = `${(proof.wallMs / 1000).toFixed(1)} s`.padStart(8);
  const check = `${proof.checkMs} ms`.padStart(8);
  return `${proof.ok ? 'ok  ' : 'FAIL'} ${took} ${check}  ${proof.task.padEnd(12)} ${proof.step.padEnd(16)} ${proof.said}`;
}
