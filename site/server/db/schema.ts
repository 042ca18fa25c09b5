// The tables as Kysely sees them. Times are Unix milliseconds; JSON columns are parsed in the models.
import type { Generated } from 'kysely';

export type Tables = {
  learners: {
    id: string;
    /** SHA-256 of the cookie: who reads the database cannot pose as a learner */
    token_hash: string;
    created_at: number;
    seen_at: number;
  };
  /** further browsers of a learner, who began in the one that `learners` knows */
  browsers: {
    token_hash: string;
    learner_id: string;
    created_at: number;
    seen_at: number;
  };
  /** one per learner: a new one takes the place of the old */
  recovery_codes: {
    learner_id: string;
    /** SHA-256 of the code, whose 80 random bits nobody finds by trying */
    code_hash: string;
    created_at: number;
  };
  attempts: {
    id: string;
    learner_id: string;
    lab: string;
    number: number;
    /** draws the learner's variables; never leaves the host */
    seed: string;
    created_at: number;
    touched_at: number;
  };
  tasks: {
    attempt_id: string;
    task: string;
    state: string;
    score: number;
    tries: number;
    hints_shown: number;
    answer: string | null;
    committed_at: number | null;
    /** JSON */
    measured: string | null;
    /** JSON: what later checks may see */
    outputs: string;
    /** JSON: sub-goal → whether it holds */
    goals: string;
    /** JSON of the last verdict shown */
    last: string | null;
  };
  answers: {
    id: Generated<number>;
    attempt_id: string;
    task: string;
    value: string;
    at: number;
  };
  verdicts: {
    id: Generated<number>;
    attempt_id: string;
    task: string;
    outcome: string;
    score: number;
    cause: string;
    /** JSON */
    messages: string;
    answer: string | null;
    exit_code: number | null;
    stdout: string;
    stderr: string;
    wall_ms: number;
    machine_id: string | null;
    template: string | null;
    lab_hash: string;
    at: number;
  };
  sessions: {
    id: string;
    learner_id: string;
    lab: string;
    attempt_id: string;
    /** JSON: the sandbox's SessionRecord */
    record: string;
    live: number;
    created_at: number;
    used_at: number;
  };
  /** host names below which a session's ports are shown */
  previews: {
    label: string;
    session_id: string;
    port: number;
    /** where it listens in the guest */
    host: string;
  };
  events: {
    id: Generated<number>;
    learner_id: string | null;
    session_id: string | null;
    kind: string;
    /** JSON */
    detail: string;
    at: number;
  };
};
