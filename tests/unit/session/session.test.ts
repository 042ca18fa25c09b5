// A session on fake machines: taking, setting up, resting, losing and leaving them.
import { afterEach, describe, expect, it } from 'vitest';
import { oneByOne } from '../../../sandbox/machine/one-by-one.ts';
import { DEFAULT_IDLE } from '../../../sandbox/session/idle.ts';
import type { SessionRecord } from '../../../sandbox/session/record.ts';
import { Session } from '../../../sandbox/session/session.ts';
import type { SessionOptions } from '../../../sandbox/session/session.ts';
import type { Attached, ViewerPort } from '../../../sandbox/session/viewer.ts';
import { FakeHost, FakeMachine, FakeSource } from '../../fixtures/fake-machine.ts';

class Page implements ViewerPort {
  text = '';
  epoch = 0;
  seq = 0;
  answers: Attached[] = [];
  #changed: () => void = () => undefined;

  attached(answer: Attached): void {
    this.answers.push(answer);
    if (answer.clear) this.text = '';
    this.epoch = answer.epoch;
    this.seq = answer.from;
    this.#changed();
  }
  output(_terminal: number, epoch: number, seq: number, bytes: Uint8Array): void {
    if (epoch !== this.epoch || seq !== this.seq)
      throw new Error(`output at ${epoch}/${seq}, due ${this.epoch}/${this.seq}`);
    this.seq += bytes.length;
    this.text += Buffer.from(bytes).toString();
    this.#changed();
  }
  size(): void {}
  exited(): void {}
  prompt(): void {}
  inputAck(): void {}

  until(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = () => pattern.test(this.text) && resolve();
      this.#changed();
    });
  }
}

type World = {
  host: FakeHost;
  source: FakeSource;
  records: SessionRecord[];
  clock: { nowMs: number };
  options: SessionOptions;
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0)) await end();
});

function world(more: Partial<SessionOptions> = {}): World {
  const host = new FakeHost();
  const source = new FakeSource({ host });
  const records: SessionRecord[] = [];
  const clock = { nowMs: 1_000_000 };
  open.push(async () => {
    await source.close();
    for (const body of [...host.bodies.values()]) await host.destroy(body);
  });
  const options: SessionOptions = {
    id: 's',
    source,
    bake: undefined,
    setUp: () => Promise.resolve(),
    idle: DEFAULT_IDLE,
    hibernations: oneByOne(),
    outputBytesPerSecond: 100_000_000,
    epochBase: 0,
    save: (record) => {
      records.push(structuredClone(record));
      return Promise.resolve();
    },
    log: () => undefined,
    now: () => clock.nowMs,
    ...more,
  };
  return { host, source, records, clock, options };
}

function reached(session: Session, state: Session['state']): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (session.state === state) resolve();
    };
    session.watch({ changed: look });
    look();
  });
}

/** A page that joined a ready session, and shows the first terminal's prompt. */
async function atPrompt(session: Session): Promise<Page> {
  const page = new Page();
  session.join(page);
  session.terminals.attach(page, 1, null, 80, 24);
  await page.until(/\$ /);
  return page;
}

const type = (session: Session, page: Page, text: string): void => {
  expect(session.input(page, 1, Buffer.from(text))).toBe(true);
};

describe('a session', () => {
  it('remembers its machine before it is set up, so that a crash then leaves no stray', async () => {
    const { options, records } = world({ setUp: () => Promise.resolve() });
    const session = Session.start(options);
    await reached(session, 'ready');
    expect(records[0]).toMatchObject({ state: 'setting-up', machine: session.machine?.facts.id });
    expect(records.at(-1)).toMatchObject({ state: 'ready' });
    await session.close();
    expect(records.at(-1)).toMatchObject({ state: 'closed', reason: 'closed' });
  });

  it('tries a fresh machine once when the set-up fails', async () => {
    let tries = 0;
    const { options, host } = world({
      setUp: () => (++tries === 1 ? Promise.reject(new Error('no')) : Promise.resolve()),
    });
    const session = Session.start(options);
    await reached(session, 'ready');
    expect(tries).toBe(2);
    expect(host.bodies.size).toBe(1);
    await atPrompt(session);
    await session.close();
  });

  it('shows a page the fresh machine’s shell where the first one was thrown away', async () => {
    let tries = 0;
    const seen = Promise.withResolvers<void>();
    const { options } = world({
      setUp: async () => {
        if (++tries > 1) return;
        await seen.promise;
        throw new Error('no');
      },
    });
    const session = Session.start(options);
    await reached(session, 'setting-up');
    const page = new Page();
    session.join(page);
    await new Promise<void>((resolve) => {
      const look = (): void => void (session.view().terminals.length > 0 && resolve());
      session.watch({ changed: look });
      look();
    });
    session.terminals.attach(page, 1, null, 80, 24);
    await page.until(/\$ /);
    const { epoch } = page;
    seen.resolve();
    await reached(session, 'ready');
    type(session, page, 'echo fr""esh\r');
    await page.until(/fresh\r\n/);
    expect(page.answers.at(-1)).toMatchObject({ clear: true });
    expect(page.epoch).toBeGreaterThan(epoch);
    await session.close();
  });

  it('says why when the second machine cannot be set up either, and keeps none', async () => {
    const { options, host } = world({ setUp: () => Promise.reject(new Error('no')) });
    const session = Session.start(options);
    await reached(session, 'failed');
    expect(session.view()).toMatchObject({ state: 'failed', reason: 'setup-failed' });
    expect(host.bodies.size).toBe(0);
    await session.close();
  });

  it('holds the learner’s keys back until the machine is set up', async () => {
    const gate = Promise.withResolvers<void>();
    const { options } = world({ setUp: () => gate.promise });
    const session = Session.start(options);
    await reached(session, 'setting-up');
    const page = new Page();
    session.join(page);
    await new Promise<void>((resolve) => {
      const look = (): void => void (session.view().terminals.length > 0 && resolve());
      session.watch({ changed: look });
      look();
    });
    session.terminals.attach(page, 1, null, 80, 24);
    await page.until(/\$ /);
    type(session, page, 'echo ke""ys\r');
    expect(page.text).not.toContain('keys');
    gate.resolve();
    await page.until(/keys\r\n/);
    await session.close();
  });

  it('is honest about a machine that died', async () => {
    const { options } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    const { machine } = session;
    if (!(machine instanceof FakeMachine)) throw new Error('the source hands out fakes');
    await machine.crash();
    await reached(session, 'failed');
    expect(session.view().reason).toBe('qemu-exited');
    await session.close();
  });

  it('connects again when the stream to the agent breaks, and loses nothing', async () => {
    const { options, host } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    const page = await atPrompt(session);
    type(session, page, 'for i in $(seq 1 200); do echo "row $i"; done; echo fin""ished\r');
    await page.until(/row 20\r/);
    for (const body of host.bodies.values()) body.channel.disconnect();
    await page.until(/finished\r\n/);
    for (let row = 1; row <= 200; row++) expect(page.text).toContain(`row ${row}\r\n`);
    await session.close();
  });

  it('refuses to look into a machine that rests', async () => {
    const { options } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    await session.hibernate();
    const look = { script: 'true', env: {}, timeoutMs: 5000, maxOutputBytes: 100 };
    await expect(session.script(look)).rejects.toThrow('hibernated');
    await session.close();
  });
});

describe('a desk', () => {
  it('is never empty: where the last terminal is closed, another one is opened', async () => {
    const { options } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    await atPrompt(session);
    const filled = new Promise<void>((resolve) => {
      session.watch({ changed: () => session.view().terminals.some(({ id }) => id !== 1) && resolve() });
    });
    await session.terminals.closeTerminal(1);
    await filled;
    expect(session.view().terminals).toEqual([{ id: 2, exitCode: null }]);
    await session.close();
  });
});

describe('a session nobody looks at', () => {
  it('pauses, and goes on when somebody comes', async () => {
    const { options, clock } = world({ idle: { ...DEFAULT_IDLE, pauseAfterMs: 0 } });
    const session = Session.start(options);
    await reached(session, 'paused');
    const page = new Page();
    session.join(page);
    await reached(session, 'ready');
    session.terminals.attach(page, 1, null, 80, 24);
    type(session, page, 'echo a""wake\r');
    await page.until(/awake\r\n/);
    clock.nowMs += 1;
    session.leave(page);
    await reached(session, 'paused');
    await session.close();
  });

  it('hibernates with its screens kept, and wakes with its shell where it was', async () => {
    const { options, records } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    const page = await atPrompt(session);
    type(session, page, 'secret=4""2; echo st""ored\r');
    await page.until(/stored\r\n[^]*\$ /);

    session.leave(page);
    await session.hibernate();
    expect(session.state).toBe('hibernated');
    expect(records.at(-1)?.screens).toHaveLength(1);

    const back = new Page();
    session.join(back);
    session.terminals.attach(back, 1, { epoch: page.epoch, seq: page.seq }, 80, 24);
    await reached(session, 'ready');
    expect(back.answers.at(-1)).toMatchObject({ clear: false, epoch: 2 });
    type(session, back, 'echo value=$secret\r');
    await back.until(/value=42\r\n/);
    expect(records.at(-1)?.screens).toEqual([]);
    await session.close();
  });

  it('keeps its machine where the disk does not take it, and is tried again, but not at once', async () => {
    const { options, clock, host } = world({ idle: { ...DEFAULT_IDLE, pauseAfterMs: 0, hibernateAfterMs: 0 } });
    let tries = 0;
    host.writeMemory = () => (++tries === 1 ? Promise.reject(new Error('no space left')) : Promise.resolve());
    const refused = Promise.withResolvers<void>();
    const log = (_event: string, { action }: Record<string, unknown>): void =>
      void (action === 'hibernate' && refused.resolve());
    const session = Session.start({ ...options, log });
    await reached(session, 'paused');
    await refused.promise;
    expect(session.state).toBe('paused');

    const page = await atPrompt(session);
    await reached(session, 'ready');
    type(session, page, 'echo st""ill\r');
    await page.until(/still\r\n/);
    session.leave(page);
    await reached(session, 'paused');
    expect(tries).toBe(1);

    clock.nowMs += 600_000;
    const again = await atPrompt(session);
    await reached(session, 'ready');
    session.leave(again);
    await reached(session, 'hibernated');
    expect(tries).toBe(2);
    await session.close();
  });

  it('pauses, comes back and ends where no record of it can be kept', async () => {
    const { options } = world({ idle: { ...DEFAULT_IDLE, pauseAfterMs: 0 } });
    let full = false;
    const save = (record: SessionRecord): Promise<void> =>
      full ? Promise.reject(new Error('database or disk is full')) : options.save(record);
    const session = Session.start({ ...options, save });
    await reached(session, 'paused');
    const page = await atPrompt(session);
    await reached(session, 'ready');
    full = true;
    session.leave(page);
    await reached(session, 'paused');
    const back = await atPrompt(session);
    await reached(session, 'ready');
    type(session, back, 'echo st""ill\r');
    await back.until(/still\r\n/);
    const { machine } = session;
    if (!(machine instanceof FakeMachine)) throw new Error('the source hands out fakes');
    await machine.crash();
    await reached(session, 'failed');
    expect(session.view().reason).toBe('qemu-exited');
  });

  it('runs on where somebody else needs its room and the disk does not take it', async () => {
    const { options, host } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    const page = await atPrompt(session);
    host.writeMemory = () => Promise.reject(new Error('no space left'));
    await expect(session.hibernate()).rejects.toThrow('no space left');
    type(session, page, 'echo st""ill\r');
    await page.until(/still\r\n/);
    await session.close();
  });
});

describe('sessions of one host that nobody looks at', () => {
  it('stop at once and go to disk one after the other; whoever comes back before its turn goes on', async () => {
    const { options, host } = world({ idle: { ...DEFAULT_IDLE, pauseAfterMs: 0, hibernateAfterMs: 0 } });
    const writing: string[] = [];
    const begun = Promise.withResolvers<void>();
    const disk = Promise.withResolvers<void>();
    host.writeMemory = async (machine) => {
      writing.push(machine);
      begun.resolve();
      await disk.promise;
    };
    const sessions = ['a', 'b', 'c'].map((id) => Session.start({ ...options, id }));
    for (const session of sessions) await reached(session, 'paused');
    await begun.promise;
    expect(writing).toHaveLength(1);
    const inHand = (session: Session): number => Number(session.machine?.facts.id === writing[0]);
    const [first, second, third] = sessions.toSorted((a, b) => inHand(b) - inHand(a));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were begun');
    const page = await atPrompt(second);
    await reached(second, 'ready');

    disk.resolve();
    await reached(third, 'hibernated');
    expect(first.state).toBe('hibernated');
    expect(second.state).toBe('ready');
    expect(writing).toHaveLength(2);
    type(second, page, 'echo st""ill\r');
    await page.until(/still\r\n/);
    for (const session of sessions) await session.close();
  });
});

describe('a session that goes back to a checkpoint', () => {
  it('shows its terminals anew, in an epoch above all before, and can be typed into', async () => {
    const { options, records } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    const page = await atPrompt(session);
    await session.checkpoint('first');
    const [checkpoint] = session.view().checkpoints;
    expect(checkpoint?.label).toBe('first');
    const { epoch } = page;
    const states: string[] = [];
    session.watch({ changed: () => void (states.at(-1) !== session.state && states.push(session.state)) });

    await session.rewind(checkpoint?.id ?? 0);
    expect(states).toEqual(['rewinding', 'ready']);
    // A crash in the middle would have left what cannot be taken for the old terminals.
    const midway = records.find(({ state }) => state === 'rewinding');
    expect(midway?.epochBase).toBeGreaterThan(epoch);
    await page.until(/\$ /);
    expect(page.epoch).toBeGreaterThan(epoch);
    expect(page.answers.at(-1)?.clear).toBe(true);
    type(session, page, 'echo he""re\r');
    await page.until(/here\r\n/);
    expect(session.view().checkpoints).toHaveLength(1);
    await session.close();
  });

  it('goes on as it is where the checkpoint is not there', async () => {
    const { options } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    await expect(session.rewind(7)).rejects.toThrow('no such checkpoint');
    expect(session.state).toBe('ready');
    expect(session.view().terminals).toHaveLength(1);
    await session.close();
  });

  it('keeps the machine and answers again where the memory cannot be read', async () => {
    const { options } = world();
    const session = Session.start(options);
    await reached(session, 'ready');
    await session.checkpoint('first');
    const { machine } = session;
    if (machine === undefined) throw new Error('no machine');
    machine.rewind = () => Promise.reject(new Error('unreadable'));
    await expect(session.rewind(1)).rejects.toThrow('unreadable');
    expect(session.state).toBe('ready');
    const look = { script: 'echo still here', env: {}, timeoutMs: 5000, maxOutputBytes: 100 };
    expect((await session.script(look)).stdout.toString()).toBe('still here\n');
    await session.close();
  });
});

describe('after a restart of the server', () => {
  it('the shell is the same and the page goes on at its position', async () => {
    const { options, source, records } = world();
    const first = Session.start(options);
    await reached(first, 'ready');
    const page = await atPrompt(first);
    type(first, page, 'kept=ye""s; echo st""ored\r');
    await page.until(/stored\r\n[^]*\$ /);
    const { epoch, seq } = page;
    await first.detach();

    const record = records.at(-1);
    const machine = await source.adopt(record?.machine ?? '');
    if (record === undefined || machine === undefined) throw new Error('nothing to adopt');
    const second = await Session.adopt(options, machine, record);
    const back = new Page();
    second.join(back);
    await new Promise<void>((resolve) => {
      const look = (): void => void (second.view().terminals.length > 0 && resolve());
      second.watch({ changed: look });
      look();
    });
    second.terminals.attach(back, 1, { epoch, seq }, 80, 24);
    type(second, back, 'echo kept=$kept\r');
    await back.until(/kept=yes\r\n/);
    expect(back.answers[0]).toMatchObject({ clear: false, from: seq });
    await second.close();
  });

  it('a hibernated machine’s text is there at once', async () => {
    const { options, source, records } = world();
    const first = Session.start(options);
    await reached(first, 'ready');
    const page = await atPrompt(first);
    type(first, page, 'echo remem""bered\r');
    await page.until(/remembered\r\n[^]*\$ /);
    first.leave(page);
    await first.hibernate();
    await first.detach();

    const record = records.at(-1);
    const machine = await source.adopt(record?.machine ?? '');
    if (record === undefined || machine === undefined) throw new Error('nothing to adopt');
    const second = await Session.adopt(options, machine, record);
    expect(second.state).toBe('hibernated');
    const back = new Page();
    second.terminals.attach(back, 1, null, 80, 24);
    expect(back.text).toContain('remembered');
    second.join(back);
    await reached(second, 'ready');
    type(second, back, 'echo a""live\r');
    await back.until(/alive\r\n/);
    await second.close();
  });
});
