// Table `verdicts`: every judgement with what it was based on. Rows are only ever added.
import type { Verdict } from '../../api/labs.ts';
import type { Database } from '../db/database.ts';

export type Evidence = {
  readonly answer: string | null;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  readonly machineId: string | null;
  readonly template: string | null;
  readonly labHash: string;
};

export async function addVerdict(db: Database, attemptId: string, verdict: Verdict, evidence: Evidence): Promise<void> {
  await db
    .insertInto('verdicts')
    .values({
      attempt_id: attemptId,
      task: verdict.task,
      outcome: verdict.outcome,
      score: verdict.score,
      cause: verdict.cause,
      messages: JSON.stringify(verdict.messages),
      answer: evidence.answer,
      exit_code: evidence.exitCode,
      stdout: evidence.stdout,
      stderr: evidence.stderr,
      wall_ms: evidence.wallMs,
      machine_id: evidence.machineId,
      template: evidence.template,
      lab_hash: evidence.labHash,
      at: verdict.at,
    })
    .execute();
}
