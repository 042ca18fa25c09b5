// What the X-ray remembers: five minutes of a view, and the commands that a moment belongs to.
import { describe, expect, it } from 'vitest';
import { causeOf, note, type Command } from '../../../../site/client/xray/commands.ts';
import { keep, momentAt, momentFrom, stretches, type Moment } from '../../../../site/client/xray/history.ts';

const second = 1000;

describe('the history of a view', () => {
  it('keeps five minutes and forgets what is older', () => {
    let moments: readonly Moment<number>[] = [];
    for (let index = 0; index <= 400; index += 1) moments = keep(moments, { at: index * second, state: index });
    expect(moments[0]?.state).toBe(101);
    expect(moments.at(-1)?.state).toBe(400);
  });

  it('is bounded for a guest that sends far too often', () => {
    let moments: readonly Moment<number>[] = [];
    for (let index = 0; index < 2000; index += 1) moments = keep(moments, { at: index, state: index });
    expect(moments).toHaveLength(400);
  });

  it('goes back to what was to be seen at a time', () => {
    const moments = [0, 1, 2].map((state) => ({ at: state * second, state }));
    expect(momentAt(moments, 1500)?.state).toBe(1);
    expect(momentAt(moments, -5)?.state).toBe(0);
    expect(momentAt([], 0)).toBeUndefined();
  });

  it('leads from a command to what it did, however seldom was looked', () => {
    const moments = [0, 10, 20].map((at) => ({ at: at * second, state: at }));
    const [command] = note([], { kind: 'began', terminal: 1, line: 'stress' }, 10.4 * second);
    const held = momentFrom(moments, command?.from ?? 0);
    expect(held?.state).toBe(20);
    expect(causeOf(command ? [command] : [], held?.at ?? 0)?.line).toBe('stress');
    // begun after the last look: the newest there is
    expect(momentFrom(moments, 21 * second)?.state).toBe(20);
    expect(momentFrom([], 0)).toBeUndefined();
  });

  it('has a gap where nobody looked', () => {
    const moments = [0, 1, 2, 60, 61].map((at) => ({ at: at * second, state: 0 }));
    expect(stretches(moments)).toEqual([
      { from: 0, to: 2 * second },
      { from: 60 * second, to: 61 * second },
    ]);
  });
});

describe('the commands', () => {
  const ran = (line: string, from: number, to: number, commands: readonly Command[] = []): readonly Command[] =>
    note(
      note(commands, { kind: 'began', terminal: 1, line }, from),
      { kind: 'finished', terminal: 1, exitCode: 0 },
      to,
    );

  it('explain a moment while they run and for a while after', () => {
    const commands = ran('podman run web', 10 * second, 14 * second);
    expect(causeOf(commands, 12 * second)?.line).toBe('podman run web');
    expect(causeOf(commands, 20 * second)?.line).toBe('podman run web');
    expect(causeOf(commands, 30 * second)).toBeUndefined();
    expect(causeOf(commands, 5 * second)).toBeUndefined();
  });

  it('end in the terminal they began in', () => {
    const begun = note(
      note([], { kind: 'began', terminal: 1, line: 'a' }, 1),
      { kind: 'began', terminal: 2, line: 'b' },
      2,
    );
    const [a, b] = note(begun, { kind: 'finished', terminal: 1, exitCode: 3 }, 3);
    expect(a).toMatchObject({ line: 'a', to: 3, exitCode: 3 });
    expect(b).toMatchObject({ line: 'b', to: undefined });
  });
});
