// Judging without a browser: what a verdict makes of progress, and when checks run.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Judgement } from '../../../labs/checks/judge.ts';
import { applyJudgement } from '../../../site/server/grading/apply.ts';
import { RunQueue } from '../../../site/server/grading/run-queue.ts';
import type { Due } from '../../../site/server/grading/run-queue.ts';
import { untouched } from '../../../site/server/models/tasks.ts';
import { Learner } from '../../fixtures/learner.ts';
import { FIXTURE_LAB, TestServer } from '../../fixtures/server.ts';

const judgement = (more: Partial<Judgement>): Judgement => ({
  outcome: 'not-yet',
  score: 0,
  messages: [{ ko: '아직', en: 'not yet' }],
  goals: {},
  outputs: {},
  measured: undefined,
  explain: undefined,
  messageIds: [],
  detail: undefined,
  ...more,
});

describe('a judgement', () => {
  const open = untouched('t');

  it('that says the same again by itself is no news, but a button is always answered', () => {
    const { progress, news } = applyJudgement(open, judgement({}), 'command', 1);
    expect(news).toBe(true);
    expect(applyJudgement(progress, judgement({}), 'command', 2).news).toBe(false);
    expect(applyJudgement(progress, judgement({}), 'timer', 2).news).toBe(false);
    expect(applyJudgement(progress, judgement({}), 'button', 2).news).toBe(true);
  });

  it('never takes back what was passed', () => {
    const passed = applyJudgement(open, judgement({ outcome: 'passed', score: 1 }), 'command', 1).progress;
    const later = applyJudgement(passed, judgement({ score: 0 }), 'button', 2).progress;
    expect(later).toMatchObject({ state: 'passed', score: 1 });
  });

  it('with a part of the score is almost there', () => {
    expect(applyJudgement(open, judgement({ score: 0.5 }), 'command', 1).progress.state).toBe('almost');
  });

  it('ticks the goals that hold and takes the tick back when they do not, until the task is passed', () => {
    const half = applyJudgement(open, judgement({ score: 0.5, goals: { a: true, b: false } }), 'command', 1).progress;
    expect(half.goals).toEqual({ a: true, b: false });
    // The other half: the same score and the same words, and yet it is news.
    const other = applyJudgement(half, judgement({ score: 0.5, goals: { a: false, b: true } }), 'command', 2);
    expect(other.news).toBe(true);
    expect(other.progress.goals).toEqual({ a: false, b: true });
    const all = judgement({ outcome: 'passed', score: 1, goals: { a: true, b: true } });
    const passed = applyJudgement(other.progress, all, 'command', 3).progress;
    const later = applyJudgement(passed, judgement({ goals: { a: false, b: false } }), 'button', 4).progress;
    expect(later.goals).toEqual({ a: true, b: true });
  });

  it('of a broken check changes nothing but what is shown', () => {
    const { progress } = applyJudgement(open, judgement({ outcome: 'error' }), 'button', 1);
    expect(progress).toEqual({ ...open, last: progress.last });
  });

  it('counts tries where effort was made, not where time went by', () => {
    const first = applyJudgement(open, judgement({}), 'timer', 1).progress;
    expect(first.tries).toBe(0);
    const asked = applyJudgement(first, judgement({}), 'button', 2).progress;
    expect(asked.tries).toBe(1);
    const worked = applyJudgement(asked, judgement({ messages: [{ ko: '다름', en: 'other' }] }), 'command', 3).progress;
    expect(worked.tries).toBe(2);
  });

  it('keeps a committed prediction committed until it was measured', () => {
    const committed = { ...open, state: 'committed' as const, answer: '5', committedAtMs: 1 };
    expect(applyJudgement(committed, judgement({}), 'answer', 2).progress.state).toBe('committed');
  });
});

describe('the queue of checks', () => {
  afterEach(() => void vi.useRealTimers());

  function queue(): { rounds: Due[][]; finish: () => void; queue: RunQueue } {
    const rounds: Due[][] = [];
    let gate = Promise.withResolvers<void>();
    const finish = (): void => {
      gate.resolve();
      gate = Promise.withResolvers<void>();
    };
    const made = new RunQueue((due) => {
      rounds.push([...due]);
      return gate.promise;
    });
    return { rounds, finish, queue: made };
  }

  it('runs one round at a time and makes one of all that came meanwhile', async () => {
    vi.useFakeTimers();
    const { rounds, finish, queue: checks } = queue();
    checks.add([{ task: 'a', cause: 'command' }]);
    for (let n = 0; n < 50; n++) checks.add([{ task: 'a', cause: 'command' }]);
    checks.add([{ task: 'b', cause: 'timer' }]);
    expect(rounds).toHaveLength(1);
    finish();
    await vi.advanceTimersByTimeAsync(1000);
    expect(rounds).toHaveLength(2);
    expect(rounds[1]).toEqual([
      { task: 'a', cause: 'command' },
      { task: 'b', cause: 'timer' },
    ]);
    finish();
    await vi.advanceTimersByTimeAsync(1000);
    expect(rounds).toHaveLength(2);
  });

  it('lets the guest rest between rounds, but not the learner who pressed the button', async () => {
    vi.useFakeTimers();
    const { rounds, finish, queue: checks } = queue();
    checks.add([{ task: 'a', cause: 'command' }]);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    checks.add([{ task: 'a', cause: 'command' }]);
    expect(rounds).toHaveLength(1);
    checks.add([{ task: 'b', cause: 'button' }]);
    expect(rounds[1]).toEqual([{ task: 'b', cause: 'button' }]);
    finish();
    await vi.advanceTimersByTimeAsync(1000);
    expect(rounds[2]).toEqual([{ task: 'a', cause: 'command' }]);
  });

  it('remembers the strongest of several causes', async () => {
    vi.useFakeTimers();
    const { rounds, finish, queue: checks } = queue();
    checks.add([{ task: 'x', cause: 'button' }]);
    checks.add([{ task: 'a', cause: 'button' }]);
    checks.add([{ task: 'a', cause: 'timer' }]);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(rounds[1]).toEqual([{ task: 'a', cause: 'button' }]);
  });
});

describe('a lab with a set-up', () => {
  async function atSecondLab(server: TestServer): Promise<{ learner: Learner; file: string }> {
    const learner = await Learner.arrive(server.origin);
    const { variables } = await learner.progress('second-steps');
    await learner.claim('second-steps');
    await learner.connect();
    await learner.until(() => learner.view?.state === 'ready', 'a ready machine');
    await learner.prompt();
    return { learner, file: `/tmp/underhood-${String(variables['token'])}` };
  }

  it('is ready only when the set-up is done, with this learner’s variables', async () => {
    await using server = await TestServer.start();
    const { learner, file } = await atSecondLab(server);
    expect(existsSync(file)).toBe(true);
    await learner.run(`rm ${file}`);
    await learner.until(
      () => learner.messages.some(({ message }) => message.type === 'verdict' && message.verdict.outcome === 'passed'),
      'the verdict',
    );
    await learner.close();
  });

  it('has its slow check run once something happened on it, while somebody looks', async () => {
    await using server = await TestServer.start();
    const { learner, file } = await atSecondLab(server);
    const seat = server.server.sessions.seats[0];
    if (seat === undefined) throw new Error('no seat');
    expect(seat.grader.timers).toBe(0);
    await learner.run('true');
    await vi.waitUntil(() => seat.grader.timers === 1, { timeout: 10_000 });
    learner.say({ type: 'reset' });
    await vi.waitUntil(() => seat.grader.timers === 0, { timeout: 10_000 });
    await learner.until(() => learner.view?.state === 'ready', 'a fresh machine');
    await learner.prompt();
    expect(seat.grader.timers).toBe(0);
    await learner.run('true');
    await vi.waitUntil(() => seat.grader.timers === 1, { timeout: 10_000 });
    await learner.close();
    await vi.waitUntil(() => seat.grader.timers === 0, { timeout: 10_000 });
    await rm(file, { force: true });
  });

  it('makes room by putting the machine of longest ago to disk', async () => {
    await using server = await TestServer.start({ env: { UNDERHOOD_MACHINES_PER_LEARNER: '1' } });
    const { learner, file } = await atSecondLab(server);
    const first = server.server.sessions.seats[0];
    await learner.close();
    await learner.claim(FIXTURE_LAB);
    await learner.connect();
    await learner.until(() => learner.view?.state === 'ready', 'the second machine');
    await vi.waitUntil(() => first?.session.state === 'hibernated', { timeout: 10_000 });
    expect(server.source.stats()).toMatchObject({ running: 1, hibernated: 1 });
    await learner.close();
    await rm(file, { force: true });
  });
});
