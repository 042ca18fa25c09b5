// Judging: what a check's process did becomes a verdict; hostile output becomes nothing.
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECK_PRELUDE } from '../../../labs/checks/prelude.ts';
import { checkInvocation } from '../../../labs/checks/invocation.ts';
import { judge, judgeChoice } from '../../../labs/checks/judge.ts';
import type { CheckResult } from '../../../labs/checks/judge.ts';
import type { ChooseTask, DoTask, FindTask, PredictTask } from '../../../labs/lab.ts';

const text = (en: string) => ({ ko: en, en });
const judged = {
  points: 10,
  needs: ['earlier-task'],
  explain: undefined,
  hints: [],
  solution: text(''),
  check: '',
  solve: '',
  wrong: [],
  timeoutMs: 10_000,
  retryMs: undefined,
  ripensMs: 0,
};
const zombie: DoTask = {
  ...judged,
  id: 'zombie',
  kind: 'do',
  title: text('Make a zombie'),
  edge: false,
  messages: {
    'not-a-zombie': { ko: '프로세스 {pid|은/는} 아직 {state} 상태입니다.', en: 'Process {pid} is in state {state}.' },
  },
  goals: { child: { text: text('a child'), weight: 1 }, dead: { text: text('it is dead'), weight: 3 } },
};
const count: FindTask = {
  ...judged,
  id: 'count',
  kind: 'find',
  title: text('Count'),
  edge: true,
  messages: { 'that-is-pid': text('{answer} is a pid; the port is {{port}}.') },
  answer: { type: 'number', unit: '', units: {}, tolerance: { absolute: 2, why: text('noise') } },
};
const load: PredictTask = {
  ...judged,
  id: 'load',
  kind: 'predict',
  title: text('Predict'),
  edge: true,
  messages: { ripening: text('{seconds} s so far.') },
  prediction: { type: 'number', unit: '', units: {}, tolerance: { absolute: 0.5, why: text('sampling') } },
};

/** Runs a check as the agent would, with the machine that runs the tests standing in for the guest. */
function run(task: DoTask | FindTask | PredictTask, script: string): CheckResult {
  const { script: whole, env } = checkInvocation({ ...task, check: script }, { port: 8080 });
  const base = { signal: null, timedOut: false, truncated: false };
  try {
    const stdout = execFileSync('bash', ['-c', whole], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { ...base, exitCode: 0, stdout, stderr: '' };
  } catch (error) {
    const failed = error as { status: number; stdout: string };
    return { ...base, exitCode: failed.status, stdout: failed.stdout, stderr: '' };
  }
}

describe('a do task', () => {
  it('passes when its check says so', () => {
    expect(judge(zombie, run(zombie, 'output pid=42\npass'), {})).toMatchObject({
      outcome: 'passed',
      score: 1,
      outputs: { pid: '42' },
    });
  });

  it('says what was seen, with the particle that fits, and gives credit for sub-goals', () => {
    const verdict = judge(zombie, run(zombie, 'goal child ok\ngoal dead no\nfail not-a-zombie pid=4312 state=S'), {});
    expect(verdict).toMatchObject({ outcome: 'not-yet', score: 0.25, goals: { child: true, dead: false } });
    expect(verdict.messages).toEqual([{ ko: '프로세스 4312는 아직 S 상태입니다.', en: 'Process 4312 is in state S.' }]);
    expect(verdict.messageIds).toEqual(['not-a-zombie']);
  });

  it('leads to where its message is explained, else to where its task is, and nowhere once passed', () => {
    const named = { ...zombie.messages['not-a-zombie'], ko: 'ㄱ', en: 'a', explain: 'states' };
    const task = { ...zombie, explain: 'zombies', messages: { 'not-a-zombie': named, other: { ko: 'ㄴ', en: 'b' } } };
    expect(judge(task, run(task, 'fail not-a-zombie pid=1 state=S'), {}).explain).toBe('states');
    expect(judge(task, run(task, 'fail other'), {}).explain).toBe('zombies');
    expect(judge(task, run(task, 'pass'), {}).explain).toBeUndefined();
    expect(judge(zombie, run(zombie, 'fail not-a-zombie pid=1 state=S'), {}).explain).toBeUndefined();
  });

  it.each([
    ['falls off its end', 'true'],
    ['uses a variable that is not set', 'echo "$nothing"; pass'],
    ['ends with 1 and no reason', 'exit 1'],
    ['is no shell script', 'if then ('],
    ['ends with another code', 'exit 3'],
    ['kills itself', 'kill -9 $$'],
    ['has a mistyped word', '[[ -e /nowhere ]] || fial not-a-zombie; pass'],
    ['calls what is not there, inside of something else', 'count=$(no-such-program | tail -n 1); pass'],
  ])('is broken, not passed, when its check %s', (_, script) => {
    const verdict = judge(zombie, run(zombie, script), {});
    expect(verdict).toMatchObject({ outcome: 'error', score: 0 });
    expect(verdict.detail).toBeDefined();
  });

  it('cannot be passed by what the check’s own commands print', () => {
    expect(
      judge(zombie, run(zombie, 'printf "pass\\n"; echo "goal\tdead\tok"; fail not-a-zombie pid=1 state=R'), {}),
    ).toMatchObject({
      outcome: 'not-yet',
      score: 0,
    });
  });

  it('cannot be passed through a parameter with a line break in it', () => {
    expect(judge(zombie, run(zombie, "fail not-a-zombie pid=$'1\\npass\\n' state=R"), {}).outcome).toBe('not-yet');
  });

  it('takes too long in the learner’s language', () => {
    const verdict = judge(
      zombie,
      { exitCode: null, signal: 'SIGKILL', timedOut: true, truncated: false, stdout: '', stderr: '' },
      {},
    );
    expect(verdict.outcome).toBe('error');
    expect(verdict.messages[0]?.ko).toContain('10초');
  });
});

describe('output of a hostile guest', () => {
  const result = (stdout: string): CheckResult => ({
    exitCode: 1,
    signal: null,
    timedOut: false,
    truncated: true,
    stdout,
    stderr: '',
  });

  it('shows no control character, no direction override, no backtick, and at most 200 characters of a value', () => {
    const value = `\u001b[31m\u202e\`${'x'.repeat(5000)}`;
    const [message] = judge(zombie, result(`fail\tnot-a-zombie\tpid=${value}\tstate=S\n`), {}).messages;
    expect(message?.en).toMatch(/^Process \[31m'x+… is in state S\.$/u);
    expect(message?.en.length).toBeLessThan(240);
  });

  it('is not filled in twice, and names nothing the sentence does not', () => {
    const [message] = judge(zombie, result('fail\tnot-a-zombie\tpid={state}\tstate={{port}}\textra=1\n'), {
      port: 1,
    }).messages;
    expect(message?.en).toBe('Process {state} is in state {{port}}.');
  });

  it('yields at most eight messages, only declared ones, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string(), fc.constant('fail\tnot-a-zombie'), fc.constant('say\t__proto__\tconstructor=1')),
        ),
        (lines) => {
          const verdict = judge(zombie, result(lines.join('\n')), {});
          expect(verdict.messages.length).toBeLessThanOrEqual(8);
          expect(verdict.outcome).not.toBe('passed');
        },
      ),
    );
  });
});

describe('a find task', () => {
  const script = 'near that-is-pid 4711\nvalue 97\nexit 0';

  it.each(['97', '98', '95', '９７', '97개'])('accepts %s for 97 give or take 2', (answer) => {
    expect(judge(count, run(count, script), {}, answer)).toMatchObject({ outcome: 'passed', score: 1 });
  });

  it('never says the truth when the answer is wrong', () => {
    const verdict = judge(count, run(count, script), {}, '12');
    expect(verdict.outcome).toBe('wrong');
    expect(JSON.stringify(verdict)).not.toContain('97');
  });

  it('explains a mistake that the check expects', () => {
    const verdict = judge(count, run(count, script), { port: 8080 }, '4711');
    expect(verdict).toMatchObject({ outcome: 'wrong', messageIds: ['that-is-pid'] });
    expect(verdict.messages[0]?.en).toBe('4711 is a pid; the port is 8080.');
  });

  it('says what cannot be read, and does not let a wide range fish for the truth', () => {
    expect(judge(count, run(count, script), {}, 'lots').messages[0]?.en).toContain('No number');
    expect(judge(count, run(count, script), {}, '0-1000').outcome).toBe('wrong');
    expect(judge(count, run(count, script), {}).outcome).toBe('not-yet');
  });
});

describe('a predict task', () => {
  it('wants the prediction before the measurement', () => {
    expect(judge(load, run(load, 'value 2.5\nexit 0'), {})).toMatchObject({ outcome: 'not-yet' });
  });

  it('waits until there is something to measure', () => {
    expect(judge(load, run(load, 'fail ripening seconds=12'), {}, '4').messages).toEqual([text('12 s so far.')]);
  });

  it.each([
    ['2.5', 1],
    ['3.0', 1],
    ['3.5', 0.75],
    ['4', 0.5],
    ['40', 0.5],
  ])('is passed when measured at 2.5; a prediction of %s scores %d', (answer, score) => {
    const verdict = judge(load, run(load, 'value 2.5\nexit 0'), {}, answer);
    expect(verdict).toMatchObject({
      outcome: 'passed',
      measured: { value: 2.5, predicted: Number(answer), tolerance: 0.5 },
    });
    expect(verdict.score).toBeCloseTo(score);
  });
});

describe('a choose task', () => {
  const choose: ChooseTask = {
    id: 'why',
    kind: 'choose',
    title: text('Why'),
    points: 1,
    needs: [],
    explain: undefined,
    hints: [],
    solution: text(''),
    edge: true,
    several: true,
    options: ['a', 'b', 'c'].map((id) => ({ id, text: text(id), right: id !== 'c', reason: text(`because ${id}`) })),
  };

  it('gives each wrong choice its reason, and tells what is missing without naming it', () => {
    expect(judgeChoice(choose, 'a,b')).toMatchObject({ outcome: 'passed', score: 1 });
    expect(judgeChoice(choose, 'a,c').messages).toEqual([text('because c')]);
    expect(judgeChoice(choose, 'a')).toMatchObject({ outcome: 'wrong' });
    expect(judgeChoice(choose, 'x')).toMatchObject({ outcome: 'wrong' });
    expect(judgeChoice({ ...choose, several: false }, 'a,b').outcome).toBe('wrong');
  });
});

describe('what a check is run with', () => {
  it('is bounded, and knows variables and earlier outputs but no answer', () => {
    const context = { outputs: { 'earlier-task': { pid: '42' }, other: { x: '1' } }, committedMsAgo: 61_400 };
    const { script, env, ...rest } = checkInvocation({ ...load, check: 'pass' }, { loops: 4 }, context);
    expect(script).toBe(`${CHECK_PRELUDE}pass`);
    expect(env).toMatchObject({ UH_LOOPS: '4', UH_OUT_EARLIER_TASK_PID: '42', UH_COMMITTED_SECONDS_AGO: '61' });
    expect(env).not.toHaveProperty('UH_OUT_OTHER_X');
    expect(rest).toEqual({ timeoutMs: 10_000, maxOutputBytes: 16_384 });
  });
});

describe('what a check can look with, without starting a program', () => {
  const run = (script: string): string =>
    execFileSync('bash', ['-c', `${CHECK_PRELUDE}${script}`], { encoding: 'utf8' }).trim();

  it('reads numbers with two digits after the point', () => {
    const read = (text: string) => run(`hundredths ${text} x; value "$x"; exit 0`);
    expect(['12.34', '0.05', '08.09', '0.00', '123456.70'].map(read)).toEqual(
      ['1234', '5', '809', '0', '12345670'].map((x) => `value\t${x}`),
    );
  });

  it('counts the programs of a state, whatever they are called, and names one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'uh-states-'));
    const odd = join(folder, 'a) R (b');
    symlinkSync('/bin/sleep', odd);
    const child = spawn(odd, ['600']);
    try {
      child.kill('SIGSTOP');
      const state = () => readFileSync(`/proc/${child.pid}/stat`, 'latin1').replace(/.*\) /s, '')[0];
      await expect.poll(state).toBe('T');
      const [, count, pid, name] = run('programs T; uh_report value "$count" "$pid" "$name"; exit 0').split('\t');
      expect(Number(count)).toBeGreaterThan(0);
      if (count === '1') expect([pid, name]).toEqual([String(child.pid), 'a) R (b']);
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
